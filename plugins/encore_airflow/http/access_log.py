"""Airflow's log of accesses, without addresses that are secrets and without our queries.

Airflow's middleware stands outside of what a plugin can add, and gives path and query to the logger of its module; so
it is that logger which is given less.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Protocol

from encore_airflow.http.private_paths import told_path, told_query

if TYPE_CHECKING:
    from starlette.types import ASGIApp


class Logger(Protocol):
    def info(self, event: str, **fields: object) -> object: ...


class DiscreetLogger:
    def __init__(self, logger: Logger) -> None:
        self.logger = logger

    def info(self, event: str, **fields: object) -> object:
        path = str(fields.get("path", ""))
        if "query" in fields:
            fields["query"] = told_query(path, str(fields["query"]))
        return self.logger.info(event, **{**fields, "path": told_path(path)})


def discreet_access_log(app: ASGIApp) -> ASGIApp:
    """As a middleware, since these are made in the API server alone, before its first request; `app` is as it was."""
    try:
        from airflow.api_fastapi.common import http_access_log

        if not isinstance(http_access_log.logger, DiscreetLogger):
            http_access_log.logger = DiscreetLogger(http_access_log.logger)
    except (ImportError, AttributeError):  # another version of Airflow's
        logging.getLogger(__name__).error(
            "Airflow's log of accesses is another than the known one: it may hold secrets"
        )
    return app
