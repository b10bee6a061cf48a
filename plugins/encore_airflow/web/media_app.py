"""The media app: where platforms fetch pictures and videos. The one anonymous route besides liveness.

An address is unguessable, made for one attempt of one job, and expires; who fetched it when is kept as evidence.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import FileResponse

from encore.media_store import MediaStoreError


def create_media_app() -> FastAPI:
    app = FastAPI(title="Encore media", docs_url=None, redoc_url=None, openapi_url=None)

    @app.api_route("/{name}", methods=["GET", "HEAD"])
    def media(name: str, request: Request) -> Any:
        from encore_airflow import wiring

        token = name.partition(".")[0]
        now = wiring.utcnow()
        with wiring.store("media app") as on:
            row = on.media_at_address(token=token, now=now)
            if row is None:
                raise HTTPException(404, "There is nothing at this address.")
            agent = request.headers.get("user-agent", "")[:200]
            on.note_media_fetch(token=token, now=now, method=request.method, user_agent=agent)
        try:
            path = wiring.media_store(wiring.settings()).local_path(row.file, row.size_bytes)
        except MediaStoreError:
            raise HTTPException(503, "The file cannot be read at the moment.") from None
        if not path.is_file():
            raise HTTPException(404, "There is nothing at this address.")
        return FileResponse(path, media_type=row.mime, headers={"Cache-Control": "private, no-store"})

    return app
