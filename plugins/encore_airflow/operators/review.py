"""The review of generated content in Airflow: a person approves exactly what is shown, or it is asked again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Param

from encore.domain.job import Platform
from encore.platforms.about import declarations, names_of
from encore_airflow.operators.generate import run_id_of, turn_of

if TYPE_CHECKING:
    from encore.campaigns.scheduling import Choices
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

    def __init__(self, *, request: dict[str, Any], **kwargs: Any) -> None:
        # In place of the DAG's own params, which arrive here too: the review asks for nothing else.
        kwargs["params"] = dict(_form())
        kwargs.setdefault("subject", "Approve the posts of {{ task.request['label'] }}?")
        super().__init__(defaults=self.REJECT, **kwargs)
        self.request = request

    def execute(self, context: Any) -> str:
        from airflow.sdk.configuration import conf

        from encore.campaigns.requests import BY_NOBODY, BY_TEACHER, await_review, show_life
        from encore.campaigns.scheduling import Choices, schedule
        from encore_airflow import wiring
        from encore_airflow.operators.literal import one_line
        from encore_airflow.operators.review_body import review_body, up_for_approval

        with turn_of(context, self.request) as turn, wiring.store(f"airflow {run_id_of(context)}") as on:
            using, now = wiring.settings(), wiring.clock(on)()
            show_life(on, turn, now)
            request = on.generation_request(request_id=self.request["request_id"])
            if request.review == BY_TEACHER:
                return "the teacher approves on the campaign's page"
            await_review(on, turn)
            up = up_for_approval(on, using, request.campaign_id, now)
            if request.review == BY_NOBODY:
                asked = [one.key for wants in up.wanted.values() for one in wants.confirmations]
                schedule(
                    on, using, request.campaign_id, f"nobody (requested by {request.requested_by})",
                    up.shown.digest, Choices(request.privacy, asked), now,
                )  # fmt: skip
                return "approved without a person, as the settings allow"
        self.subject = f"Approve the posts of {one_line(up.shown.campaign.concert_title)}?"
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

    def execute_complete(
        self,
        context: Any,
        event: dict[str, Any],
        shown: dict[str, str],
        doubtful: list[str] | None = None,
        past: list[str] | None = None,
        until: str | None = None,
    ) -> str:
        """`until` is None for a review that began before it could be asked again; its form lacks what is wanted now."""
        from encore.domain.content import approval_sha256
        from encore.errors import ConflictError, NotFoundError, OutdatedError, RefusedError
        from encore_airflow import wiring
        from encore_airflow.triggers.review import decided

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
                return self._ends("the campaign is gone; nothing was approved")
            if sentence := decided(on, request.campaign_id, digest):
                return self._ends(sentence)
            if "error" in event:
                missing = "what was chosen is not among the choices"
            elif event["chosen_options"] != [self.APPROVE] or not name:
                return self._ends("rejected" if name else "nobody answered in time")
            else:
                try:
                    choices = _choices(event.get("params_input") or {}, doubtful or (), past or ())
                    return self._ends(_approve(on, wiring.settings(), request, name, digest, choices))
                except (OutdatedError, NotFoundError) as err:
                    return self._ends(f"nothing was approved: {err}")
                except (RefusedError, ConflictError) as err:
                    missing = str(err)
        if until is None:
            return self._ends(f"nothing was approved, and this form cannot ask again: {missing} Approve on the pages.")
        self._say(f"asked again: {missing}")
        return self._ask(context, request.campaign_id, shown=shown, doubtful=doubtful, past=past, until=until)

    def _ask(self, context: Any, campaign_id: str, **kept: Any) -> str:
        """Wait for an answer; `kept` comes back with it. Ends quietly where Airflow shows something else: it keeps the
        first body of a task, also when the task is cleared or asks again."""
        from encore.domain.content import approval_sha256
        from encore_airflow.operators.review_body import shows
        from encore_airflow.triggers.review import ReviewTrigger

        digest, ti_id = approval_sha256(kept["shown"]), context["task_instance"].id
        if not shows(self._put_form(ti_id), digest):
            return self._ends("Airflow still shows an earlier content here, so nobody is asked; trigger a new run")
        for notifier in self.notifiers:
            notifier(context)
        self.defer(
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

    def _put_form(self, ti_id: Any) -> str | None:
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
        return stands.body

    def _say(self, sentence: str) -> None:
        """Where the form cannot be changed any more: in the log, and beside the campaign's name on the page of required
        actions."""
        from airflow.sdk.execution_time import task_runner
        from airflow.sdk.execution_time.comms import SetRenderedMapIndex

        from encore_airflow.operators.literal import one_line

        self.log.info(sentence)
        label = one_line(f"{self.request['label']} · {sentence}")
        task_runner.SUPERVISOR_COMMS.send(SetRenderedMapIndex(rendered_map_index=label[:LONGEST_LABEL]))

    def _ends(self, sentence: str) -> str:
        self.log.info(sentence)
        return sentence


def _form() -> Iterator[tuple[str, Param]]:
    """All that any platform wants: which of it a campaign needs is seen when it is shown, and may change until the
    answer."""
    for platform in Platform:
        wants, name = declarations(platform), names_of(platform)[0]
        if wants.audiences:
            yield (
                _audience_of(platform),
                Param(
                    None,
                    type=["null", "string"],
                    enum=[None, *(audience.key for audience in wants.audiences)],
                    values_display={
                        "null": "Not chosen",
                        **{audience.key: audience.en for audience in wants.audiences},
                    },
                    title=f"Who may see the {name} posts",
                    description=f"{name} allows no default: choose, if the campaign posts there.",
                    source="task",
                ),
            )
        for asked in wants.confirmations:
            yield (
                asked.key,
                Param(
                    False,
                    type="boolean",
                    title=f"I declare, for {name}",
                    description_md=f"{asked.en} [Read it]({asked.link}). Needed if the campaign posts there.",
                    source="task",
                ),
            )
    yield (
        FACTS_CHECKED,
        Param(
            False,
            type="boolean",
            title="I have checked them",
            description="Needed where the review lists what is not in the concert's facts, or not of today's.",
            source="task",
        ),
    )
    yield (
        SEND_PAST,
        Param(
            False,
            type="boolean",
            title="Send at once what is past its day",
            description="Where the review lists posts whose day has passed; else they are left out.",
            source="task",
        ),
    )


def _audience_of(platform: Platform) -> str:
    return f"{platform}_privacy"


def _choices(given: Mapping[str, Any], doubtful: Collection[str], past: Collection[str]) -> Choices:
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


def _approve(on: Store, using: Any, request: Any, name: str, digest: str, choices: Choices) -> str:
    """Under the campaign's lock, so that of two who approve the first wins."""
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
        if sentence := decided_of(on, reviewed, digest):
            return sentence
        schedule_in_turn(on, using, reviewed, name, digest, choices, now)
    return f"approved by {name}"
