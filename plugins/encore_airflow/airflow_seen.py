"""How Airflow's own parts do, and which DAGs of ours are paused, from its database: not for a task, which has none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from encore.words.sentence import Sentence, sentence

PUBLISHING_DAG = "publish_due_jobs"
OURS = ("generate_campaign", "keep_house", PUBLISHING_DAG, "seed_campaigns", "send_notices")
PARTS = ("scheduler", "triggerer", "dag_processor")


@dataclass(frozen=True)
class Part:
    """`beat_at`: its last sign of life; None if it never ran here."""

    name: str
    works: bool
    beat_at: datetime | None


@dataclass(frozen=True)
class AirflowSeen:
    """`paused`: those of our DAGs that are."""

    parts: tuple[Part, ...]
    paused: tuple[str, ...]

    @property
    def publishes(self) -> bool:
        return PUBLISHING_DAG not in self.paused


def troubles_of(seen: AirflowSeen | None) -> tuple[Sentence, ...]:
    """What is not well with it."""
    if seen is None:
        return (sentence("airflow.unseen"),)
    silent = [sentence("airflow.part_silent", part=part.name) for part in seen.parts if not part.works]
    return (*silent, *(sentence("airflow.dag_paused", dag=name) for name in seen.paused))


def airflow_seen() -> AirflowSeen | None:
    """None if its database does not tell."""
    from airflow.api.common.airflow_health import HEALTHY, get_airflow_health
    from airflow.models.dag import DagModel  # noqa: TID251 -- what Airflow's own command line uses; the SDK has none
    from airflow.utils.session import create_session
    from sqlalchemy import select
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with create_session(scoped=False) as session:
            ours = select(DagModel.dag_id).where(DagModel.dag_id.in_(OURS), DagModel.is_paused)
            paused = tuple(sorted(session.scalars(ours)))
    except SQLAlchemyError:
        return None
    told = get_airflow_health()
    if told["metadatabase"]["status"] != HEALTHY:
        return None
    return AirflowSeen(tuple(_part(name, told[name], HEALTHY) for name in PARTS), paused)


def _part(name: str, told: dict[str, str | None], healthy: str) -> Part:
    beat = told[f"latest_{name}_heartbeat"]
    return Part(name, told["status"] == healthy, datetime.fromisoformat(beat) if beat else None)
