"""The bodies of generation's tasks: parse, one call, done. Each takes `{"request_id", "label"}`."""

from __future__ import annotations

import logging
import os
from typing import Unpack

from airflow.sdk import Context

from encore.domain.json import Json
from encore.words.sentence import Sentence, sentence
from encore_airflow.operators.generate import run_id_of, turn_of
from encore_airflow.told_failure import cause_of

log = logging.getLogger(__name__)

ACTOR = "airflow generate_campaign"


def write_content(request: Json, **context: Unpack[Context]) -> int:
    """Write all texts of one campaign; returns how many are new."""
    from encore.campaigns import generation
    from encore_airflow import wiring

    using = wiring.settings()
    with turn_of(context, request) as turn, wiring.patient_store(ACTOR) as on:
        return generation.write_content(on, using, wiring.writer(using, on), turn, wiring.clock(on)())


def draw_flyer(request: Json, **context: Unpack[Context]) -> int:
    """Draw the flyer's pictures and video; returns how many are new."""
    from encore.campaigns import generation
    from encore_airflow import wiring

    # Encoding a video takes all cores; a post that is due goes first.
    os.setpriority(os.PRIO_PROCESS, 0, 10)
    using = wiring.settings()
    with turn_of(context, request) as turn, wiring.patient_store(ACTOR) as on:
        return generation.draw_flyer(on, using, wiring.media_store(using), turn, wiring.clock(on)())


def plan_jobs(request: Json, **context: Unpack[Context]) -> list[str]:
    """Plan the posts if an approval is in force; returns what was left out, as sentences."""
    from encore.campaigns import generation
    from encore_airflow import wiring

    with turn_of(context, request) as turn, wiring.store(ACTOR) as on:
        note, left_out = generation.plan_posts(on, wiring.settings(), turn, wiring.clock(on)())
    log.info("%s", note)
    return list(map(str, left_out))


def note_failure(context: Context) -> None:
    """A request whose task failed for good says so where the teacher looks."""
    from encore.campaigns.requests import Turn, finish
    from encore_airflow import wiring

    ti = context["ti"]
    if ti.map_index is None or ti.map_index < 0:
        return
    # Not from the task's own arguments: it may have failed before they were rendered.
    request = ti.xcom_pull(task_ids="claim_requests")[ti.map_index]
    turn = Turn(request["request_id"], run_id_of(context))
    reason = _told(ti.task_id, context.get("exception"))
    with wiring.store(ACTOR) as on:
        finish(on, turn, "failed", reason, wiring.clock(on)())


def _told(task_id: str, error: object) -> Sentence:
    """Why a task failed, for a teacher. An error that was made to be read says so itself; any other one's words are
    nobody's business but that of staff, and may hold what nobody should read."""
    from encore.errors import EncoreError
    from encore.wire.redaction import redacted

    cause = cause_of(error)
    if isinstance(cause, EncoreError):
        return redacted(cause.said)
    return sentence("generation.broke_off", task=task_id.rpartition(".")[2])
