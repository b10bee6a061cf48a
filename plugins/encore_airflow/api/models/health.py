"""Is Encore alive, and does it make progress."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from encore.domain.json import Json
from encore.upkeep.progress import Progress
from encore.words.sentence import Sentence
from encore_airflow.api.models.fields import Instant, Output, Told


class Liveness(Output):
    """The process answers; nothing more is claimed."""

    status: Literal["alive"] = "alive"


class Health(Output):
    """Whether work that is due gets done. `failing` with a sentence for each trouble."""

    status: Literal["ok", "failing"]
    last_tick_at: Instant | None = Field(description="When publish_due_jobs last claimed.")
    oldest_due_at: Instant | None = Field(description="Since when a post waits for a run, ahead of its time.")
    oldest_request_at: Instant | None = Field(description="Since when a request for content waits.")
    lost_jobs: int
    unbound_campaigns: int = Field(description="Their posts could not be made right; nothing of them goes out.")
    late_posts: int = Field(description="Should have been sent or handed over two minutes ago, and nothing holds them.")
    failed_posts: int = Field(description="Somebody can still do something about them.")
    doubtful_posts: int = Field(description="Nobody knows whether they are live.")
    closed_pools: list[str] | None = Field(
        description="Airflow's pools that are missing or have no slots, so that no task in them starts; null: not seen."
    )
    troubles: list[Told]

    @classmethod
    def of(cls, seen: Progress, of_airflow: tuple[Sentence, ...]) -> Health:
        troubles = [*seen.troubles, *of_airflow]
        told: Json = {**vars(seen), "troubles": troubles}
        return cls(status="failing" if troubles else "ok", **told)
