"""What belongs to no page: style and script, how a person wants to read, and where signing in leads back to."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse
from starlette.responses import Response as PlainResponse

from encore.words.catalogue import languages
from encore_airflow.web.assets import static_files
from encore_airflow.web.preferences import CONCERT, LANGUAGE, OWN, TIMES
from encore_airflow.web.visit import Form, Response, Visiting, text_of

router = APIRouter()
_A_YEAR = 365 * 86400


@router.get("/static/{name}")
def static(name: str) -> PlainResponse:
    found = static_files().get(name)
    if found is None:
        raise HTTPException(404)
    headers = {"Cache-Control": f"private, max-age={_A_YEAR}, immutable"}
    return PlainResponse(found.content, media_type=found.mime, headers=headers)


@router.post("/preferences")
def prefer(request: Request, sent: Form) -> Response:
    base = request.scope.get("root_path", "")
    answer = RedirectResponse(_back(base, text_of(sent, "back")), 303)
    chosen = {LANGUAGE: (text_of(sent, "language"), languages()), TIMES: (text_of(sent, "times"), [CONCERT, OWN])}
    for name, (value, known) in chosen.items():
        if value in known:
            answer.set_cookie(
                name, value, max_age=_A_YEAR, path=base or "/", samesite="lax", httponly=True,
                secure=request.url.scheme == "https",
            )  # fmt: skip
    return answer


@router.get("/signed-in")
def signed_in(visit: Visiting) -> Response:
    """Opened beside a page whose session was over."""
    return visit.page("signed_in.html")


def _back(base: str, path: str) -> str:
    """Only to a page of ours."""
    parts = urlsplit(path)
    inside = not parts.scheme and not parts.netloc and parts.path.startswith(f"{base}/") and "\\" not in path
    return path if inside and not path.startswith("//") else f"{base}/"
