"""The review of generated content in Airflow: a person approves exactly what is shown, or it is asked again."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Context, Param

from encore.domain.job import Platform
from encore.domain.json import Json
from encore.platforms.about import declarations
from encore.store import rows
from encore.words.sentence import Sentence, sentence
from encore_airflow.operators.fields import WORDS, field, no_choice
from encore_airflow.operators.generate import run_id_of, turn_of

if TYPE_CHECKING:
    from uuid import UUID

    from encore.campaigns.scheduling import Choices
    from encore.settings import Settings
    from encore.store.store import Store

FACTS_CHECKED, SEND_PAST = "facts_checked", "send_past_at_once"
LONGEST_LABEL = 250
"""Of what Airflow calls an element of a mapped group."""


class ReviewContentOperator(ApprovalOperator):
    """Lets a person approve exactly what is shown, in Airflow, for a request that came from there.

    For a request from the API or the pages it returns at once: the teacher approves there. While staff are asked,
    the teacher may approve too, and whoever is first ends it. What the approval refuses is asked again until the time
    to answer is over. Nothing is approved by a timeout, and only the `approval` row, never this task's state, lets jobs
    be planned.

    :param request: `{"request_id", "label"}`.
    """

    # The request first: the subject is rendered from it.
    template_fields = ("request", *ApprovalOperator.template_fields)

    def __init__(self, *, request: Json, **kwargs: Any) -> None:
        # In place of the DAG's own params, which arrive here too: the review asks for nothing else.
        kwargs["params"] = dict(_form())
        kwargs.setdefault("subject", WORDS.say("review.subject", concert="{{ task.request['label'] }}"))
        super().__init__(defaults=self.REJECT, **kwargs)
        self.request = request

    def execute(self, context: Context) -> str:
        from airflow.sdk.configuration import conf

        from encore.campaigns.requests import BY_NOBODY, BY_TEACHER, await_review, show_life
        from encore.campaigns.scheduling import Choices, schedule
        from encore_airflow import wiring
        from encore_airflow.operators.literal import one_line
        from encore_airflow.operators.review_body import review_body, up_for_approval

        with turn_of(context, self.request) as turn, wiring.store(f"airflow {run_id_of(context)}") as on:
            using, now = wiring.settings(), wiring.clock(on)()
            show_life(on, turn, now)
            request = rows.there(on.generation_request(request_id=self.request["request_id"]))
            if request.review == BY_TEACHER:
                return WORDS.say("review.by_teacher")
            await_review(on, turn)
            up = up_for_approval(on, using, request.campaign_id, now)
            if request.review == BY_NOBODY:
                asked = [one.key for wants in up.wanted.values() for one in wants.confirmations]
                schedule(
                    on, using, request.campaign_id, f"nobody (requested by {request.requested_by})",
                    up.shown.digest, Choices(request.privacy, asked), now,
                    by_staff=using.generation.auto_approve,  # which the school has decided
                )  # fmt: skip
                return WORDS.say("review.by_nobody")
        self.subject = WORDS.say("review.subject", concert=one_line(up.shown.campaign.concert_title))
        self.body = review_body(up, conf.get("api", "base_url", fallback="").rstrip("/"))
        return self._ask(
            context,
            request.campaign_id,
            # What was shown is what can be approved, whatever happens to the texts meanwhile.
            shown=up.shown.parts,
            doubtful=up.doubtful,
            past=list(up.past),
            until=(now + timedelta(hours=using.generation.review_hours)).isoformat(),
        )

    def execute_complete(  # ty: ignore[incompatible-method-override]  what `_ask` has kept comes back too
        self,
        context: Context,
        event: Json,
        shown: dict[str, str],
        doubtful: list[str] | None = None,
        past: list[str] | None = None,
        until: str | None = None,
    ) -> str:
        """`until` is None for a review that began before it could be asked again; its form lacks what is wanted now."""
        from encore.domain.content import approval_sha256
        from encore.errors import ConflictError, NotFoundError, OutdatedError, RefusedError
        from encore_airflow import wiring
        from encore_airflow.triggers.review import GONE, decided

        if "decided" in event:
            return self._ends(event["decided"])
        if "error" in event and event["error_type"] != "validation":
            self.process_trigger_event_error(event)
        user = event.get("responded_by_user") or {}
        name = user.get("name") or user.get("id")
        digest = approval_sha256(shown)
        with wiring.store(f"airflow {run_id_of(context)} ({name})") as on:
            request = on.generation_request(request_id=self.request["request_id"])
            if request is None:
                return self._ends(GONE)
            if said := decided(on, request.campaign_id, digest):
                return self._ends(said)
            if "error" in event:
                missing = WORDS.say("review.no_choice")
            elif event["chosen_options"] != [self.APPROVE] or not name:
                return self._ends(sentence("review.rejected" if name else "review.unanswered"))
            else:
                try:
                    choices = _choices(event.get("params_input") or {}, doubtful or (), past or ())
                    return self._ends(_approve(on, wiring.settings(), request, name, digest, choices))
                except (OutdatedError, NotFoundError) as err:
                    return self._ends(sentence("review.refused", why=str(err)))
                except (RefusedError, ConflictError) as err:
                    missing = str(err)
        if until is None:
            return self._ends(sentence("review.cannot_ask", why=missing))
        self._say(WORDS.say("review.asked_again", why=missing))
        return self._ask(context, request.campaign_id, shown=shown, doubtful=doubtful, past=past, until=until)

    def _ask(self, context: Context, campaign_id: str, **kept: Any) -> str:
        """Wait for an answer; `kept` comes back with it. Ends quietly where Airflow shows something else: it keeps the
        first body of a task, also when the task is cleared or asks again."""
        from encore.domain.content import approval_sha256
        from encore_airflow.operators.review_body import shows
        from encore_airflow.triggers.review import ReviewTrigger

        digest, ti_id = approval_sha256(kept["shown"]), context["task_instance"].id
        if not shows(self._put_form(ti_id), digest):
            return self._ends(sentence("review.earlier_shown"))
        for notifier in self.notifiers:
            notifier(context)
        return self.defer(
            trigger=ReviewTrigger(
                campaign_id=campaign_id,
                digest=digest,
                ti_id=ti_id,
                options=self.options,
                defaults=self.defaults,
                params=self.serialized_params,
                multiple=self.multiple,
                timeout_datetime=datetime.fromisoformat(kept["until"]),
            ),
            method_name="execute_complete",
            kwargs=kept,
        )

    def _put_form(self, ti_id: UUID) -> str | None:
        """Put the form before people, without the answer that it had; returns the body that Airflow shows with it."""
        from airflow.sdk.execution_time import task_runner
        from airflow.sdk.execution_time.comms import CreateHITLDetailPayload

        stands = task_runner.SUPERVISOR_COMMS.send(
            CreateHITLDetailPayload(
                ti_id=ti_id,
                options=self.options,
                subject=self.subject,
                body=self.body,
                defaults=self.defaults,
                multiple=self.multiple,
                params=self.serialized_params,
                assigned_users=[],
            )
        )
        return getattr(stands, "body", None)

    def _say(self, said: str) -> None:
        """Where the form cannot be changed any more: in the log, and beside the campaign's name on the page of required
        actions."""
        from airflow.sdk.execution_time import task_runner
        from airflow.sdk.execution_time.comms import SetRenderedMapIndex

        from encore_airflow.operators.literal import one_line

        self.log.info(said)
        label = one_line(f"{self.request['label']} · {said}")
        task_runner.SUPERVISOR_COMMS.send(SetRenderedMapIndex(rendered_map_index=label[:LONGEST_LABEL]))

    def _ends(self, said: Sentence | str) -> str:
        self.log.info(WORDS.told(said))
        return WORDS.told(said)


def _form() -> Iterator[tuple[str, Param]]:
    """All that any platform wants: which of it a campaign needs is seen when it is shown, and may change until the
    answer."""
    for platform in Platform:
        wants = declarations(platform)
        if wants.audiences:
            audiences = {audience.key: WORDS.told(audience.said) for audience in wants.audiences}
            yield (
                _audience_of(platform),
                field(
                    sentence("review.audience", platform=platform),
                    type=["null", "string"],
                    enum=[None, *audiences],
                    values_display=no_choice() | audiences,
                    source="task",
                ),
            )
        for asked in wants.confirmations:
            declared = sentence("review.declare", platform=platform, declared=asked.said, link=asked.link)
            yield asked.key, field(declared, False, described="description_md", type="boolean", source="task")
    for key in (FACTS_CHECKED, SEND_PAST):
        yield key, field(sentence(f"review.{key}"), False, type="boolean", source="task")


def _audience_of(platform: Platform) -> str:
    return f"{platform}_privacy"


def _choices(given: Json, doubtful: Collection[str], past: Collection[str]) -> Choices:
    from encore.campaigns.scheduling import Choices

    chosen = {platform: given.get(_audience_of(platform)) for platform in Platform}
    return Choices(
        audiences={str(platform): audience for platform, audience in chosen.items() if audience},
        confirmations=[
            asked.key for platform in Platform for asked in declarations(platform).confirmations
            if given.get(asked.key) is True
        ],
        confirmed=doubtful if given.get(FACTS_CHECKED) is True else (),
        at_once=past if given.get(SEND_PAST) is True else (),
    )  # fmt: skip


def _approve(
    on: Store, using: Settings, request: rows.GenerationRequest, name: str, digest: str, choices: Choices
) -> Sentence:
    """Under the campaign's lock, so that of two who approve the first wins. Only staff come to where it is answered."""
    from encore.campaigns.review import review_of
    from encore.campaigns.scheduling import schedule_in_turn
    from encore.campaigns.turn import lock_if_there
    from encore_airflow import wiring
    from encore_airflow.triggers.review import GONE, decided_of

    now = wiring.clock(on)()
    with on.transaction():
        campaign = lock_if_there(on, request.campaign_id)
        if campaign is None:
            return GONE
        reviewed = review_of(on, campaign)
        if said := decided_of(on, reviewed, digest):
            return said
        schedule_in_turn(on, using, reviewed, name, digest, choices, now, by_staff=True)
    return sentence("review.approved", who=name)
