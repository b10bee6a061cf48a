"""Who is asking: users and roles of Airflow's auth manager, whichever it is. For the API and the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from encore.campaigns.access import Person

if TYPE_CHECKING:
    from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
    from starlette.requests import Request

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


async def signed_in(request: Request) -> Person | None:
    """By bearer token, else by the session cookie; None for nobody. An invalid token is nobody too."""
    from airflow.api_fastapi.core_api.security import get_user
    from anyio import to_thread
    from fastapi import HTTPException
    from fastapi.security import HTTPBearer

    try:
        user = await get_user(request, None, await HTTPBearer(auto_error=False)(request))
    except HTTPException:
        return None
    return await to_thread.run_sync(person_of, user)


def person_of(user: BaseUser) -> Person:
    """Staff are those who could clear a publish task and change a connection: Op and Admin with either auth manager.

    Clearing alone is not enough: it belongs to the role User too, who has no business with others' accounts.
    """
    from airflow.api_fastapi.app import get_auth_manager
    from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity

    manager = get_auth_manager()
    clears = manager.is_authorized_dag(method="PUT", access_entity=DagAccessEntity.TASK_INSTANCE, user=user)
    return Person(user.get_name(), staff=clears and manager.is_authorized_connection(method="PUT", user=user))


def is_cross_site(request: Request) -> bool:
    """Whether another site may have made this browser send its cookie here with a request that changes something.

    A bearer token is no cookie: no other site can make a browser send it. Without one, the browser must say that the
    request comes from our own pages (https://developer.mozilla.org/docs/Web/HTTP/Headers/Sec-Fetch-Site).
    """
    headers = request.headers
    if request.method in SAFE_METHODS or headers.get("authorization", "").lower().startswith("bearer "):
        return False
    if (site := headers.get("sec-fetch-site")) is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin", "")
    return not origin or urlsplit(origin).netloc != headers.get("host")
