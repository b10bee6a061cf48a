"""The app of the teacher's pages, as the plugin mounts it at `/encore`."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from encore_airflow.http.body_limit import BodyLimit
from encore_airflow.http.gate import Gate
from encore_airflow.http.open_routes import PAGES, OpenTo
from encore_airflow.http.request_log import RequestLog
from encore_airflow.http.surroundings import Surroundings, airflow_surroundings
from encore_airflow.http.tries import Tries
from encore_airflow.http.uploads_at_once import UploadsAtOnce
from encore_airflow.web.headers import SafeHeaders
from encore_airflow.web.refusals import LoginAddress, PageRefusals, add_refusals, encore_login
from encore_airflow.web.routes import (
    accounts,
    anew,
    approval,
    apps,
    by_hand,
    callbacks,
    campaign,
    campaigns,
    choosing,
    connecting,
    facts,
    giving,
    imports,
    invitation,
    jobs,
    media,
    new_password,
    notices,
    off,
    operations,
    people,
    qr,
    run,
    sign_in,
    site,
    texts,
)

AREAS = (
    site, campaigns, imports, apps, by_hand, qr, giving, connecting, accounts, campaign, choosing, facts, texts, anew,
    approval, off, media, jobs, run, notices, operations, sign_in, new_password, invitation, people, callbacks,
)  # fmt: skip


def create_pages(within: Surroundings | None = None, login: LoginAddress = encore_login) -> FastAPI:
    """`within`: what surrounds them; Airflow's API server if left out. `login`: where to sign in."""
    within = within or airflow_surroundings()
    app = FastAPI(title="Encore pages", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.within = within
    app.state.tries = Tries()
    for area in AREAS:
        app.include_router(area.router)
    add_refusals(app)
    refusals = PageRefusals(login)
    # The last one added stands outermost.
    app.add_middleware(BodyLimit, within=within, refuse=refusals.too_large)
    app.add_middleware(UploadsAtOnce, within=within, refuse=refusals.busy)
    app.add_middleware(Gate, within=within, refusals=refusals, open_to=OpenTo(PAGES))
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    app.add_middleware(SafeHeaders)
    app.add_middleware(RequestLog)
    return app
