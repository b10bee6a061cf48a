"""The app of the HTTP API, as the plugin mounts it at `/api/v1`."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.requests import Request
from starlette.responses import HTMLResponse

from encore_airflow.api.openapi import DESCRIPTION, EVERYWHERE, describe, refusals, serve_document
from encore_airflow.api.problems import ProblemRefusals, add_problem_handlers
from encore_airflow.api.routes import accounts, campaigns, content, health, imports, jobs, media, off, schedule, stops
from encore_airflow.http.body_limit import BodyLimit
from encore_airflow.http.gate import Gate
from encore_airflow.http.open_routes import API, OpenTo
from encore_airflow.http.request_log import RequestLog
from encore_airflow.http.surroundings import Surroundings, airflow_surroundings
from encore_airflow.http.uploads_at_once import UploadsAtOnce

AREAS = (campaigns, content, schedule, off, jobs, accounts, stops, media, imports, health)


def create_api(within: Surroundings | None = None) -> FastAPI:
    """`within`: what surrounds it; Airflow's API server if left out."""
    within = within or airflow_surroundings()
    app = FastAPI(
        title="Encore", version="1", description=DESCRIPTION, openapi_url=None, docs_url=None, redoc_url=None,
        redirect_slashes=False, responses=refusals(*EVERYWHERE),
        generate_unique_id_function=lambda route: f"{route.tags[0]}_{route.name}" if route.tags else route.name,
    )  # fmt: skip
    app.state.within = within
    for area in AREAS:
        app.include_router(area.router)
    add_problem_handlers(app)
    describe(app)
    serve_document(app)
    _serve_docs(app)
    gate = ProblemRefusals()
    # The last one added stands outermost.
    app.add_middleware(BodyLimit, within=within, refuse=gate.too_large)
    app.add_middleware(UploadsAtOnce, within=within, refuse=gate.busy)
    app.add_middleware(Gate, within=within, refusals=gate, open_to=OpenTo(API))
    app.add_middleware(RequestLog)
    return app


def _serve_docs(app: FastAPI) -> None:
    @app.get("/docs", include_in_schema=False)
    def docs(request: Request) -> HTMLResponse:
        return get_swagger_ui_html(openapi_url=f"{request.scope.get('root_path', '')}/openapi.json", title=app.title)
