"""One request as a route sees it, of the API or of the pages: who asks, the store, the settings, the moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from starlette.requests import Request

from encore.campaigns.access import Person, campaign_of, job_of
from encore.domain.json import Json
from encore.errors import NotFoundError
from encore.settings import Settings
from encore.store import rows
from encore.store.store import Store
from encore_airflow.http.surroundings import Surroundings


@dataclass(frozen=True)
class Context:
    """`base`: where the app is mounted."""

    person: Person
    store: Store
    settings: Settings
    now: datetime
    within: Surroundings
    base: str

    def campaign(self, campaign_id: str) -> rows.Campaign:
        return campaign_of(self.store, self.person, campaign_id)

    def job(self, job_id: str) -> rows.Report:
        return job_of(self.store, self.person, job_id)

    def media(self, campaign_id: str, media_id: str) -> rows.MediaAsset:
        self.campaign(campaign_id)
        found = [row for row in self.store.media_assets(campaign_id=campaign_id) if row.media_id == media_id]
        if not found:
            raise NotFoundError("media.unknown", media=media_id)
        return found[0]

    def file_of(self, media: rows.MediaAsset) -> Path:
        """Where the file of a row of media lies on this machine."""
        path = self.within.media_store(self.settings).local_path(media.file, media.size_bytes)
        if not path.is_file():
            raise NotFoundError("media.file_gone")
        return path

    def address(self, path: str) -> str:
        return f"{self.base}{path}"


def surrounding(request: Request, part: str) -> Json:
    """The fields of a `Context`. `part`: by which app it came, as the audit trail tells it beside the person."""
    within: Surroundings = request.app.state.within
    person: Person = request.state.person
    return {
        "person": person,
        "store": within.open_store(f"{person.name} ({part})"),
        "settings": within.settings(),
        "now": within.now(),
        "within": within,
        "base": request.scope.get("root_path", ""),
    }
