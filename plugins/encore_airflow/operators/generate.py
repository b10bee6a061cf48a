"""The steps of content generation that are more than one call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import BaseOperator, Param
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException, TaskAwaitingInput

from encore.errors import ConflictError, NotFoundError, RefusedError
from encore.platforms.declarations import declarations

if TYPE_CHECKING:
    from encore.generation_requests import Turn


def run_id_of(context: Any) -> str:
    return f"{context['dag_run'].dag_id}/{context['run_id']}"


@contextmanager
def turn_of(context: Any, request: dict[str, Any]) -> Iterator[Turn]:
    """The run's turn on a request, `{"request_id", "label"}`. Once another run has it, the task ends as skipped."""
    from encore.errors import LostRequestError
    from encore.generation_requests import Turn

    try:
        yield Turn(request["request_id"], run_id_of(context))
    except LostRequestError as err:
        raise AirflowSkipException(err.message) from None


class ClaimGenerationRequestsOperator(BaseOperator):
    """Takes up what was requested: by this run's form if it is filled in, else what waits in the database.

    Returns one `{"request_id", "label"}` for each. Fails without a retry, naming the field, for a form that does not
    make a campaign.
    """

    def execute(self, context: Any) -> list[dict[str, Any]]:
        from encore import generation_requests
        from encore_airflow import wiring
        from encore_airflow.operators.form import campaign_of_form

        run_id = run_id_of(context)
        staff = getattr(context["dag_run"], "triggering_user_name", None) or "staff in Airflow"
        with wiring.store(f"airflow {run_id} ({staff})") as on:
            now = wiring.clock(on)()
            try:
                campaign_id = campaign_of_form(on, wiring.settings(), context["params"], now)
                if campaign_id:
                    generation_requests.request_from_form(on, wiring.settings(), campaign_id, staff, run_id, now)
            except (RefusedError, NotFoundError, ConflictError) as err:
                # The same form would be refused again.
                raise AirflowFailException(str(err)) from None
            claimed = generation_requests.claim_requests(on, wiring.settings(), run_id, now) if not campaign_id else [
                generation_requests.ClaimedRequest(row.request_id, row.concert_title)
                for row in on.generation_requests_of_run(run_id=run_id)
            ]  # fmt: skip
        return [{"request_id": row.request_id, "label": row.label} for row in claimed]


class ReviewContentOperator(ApprovalOperator):
    """Lets a person approve exactly what is shown, in Airflow, for a request that came from there.

    For a request from the API or the pages it returns at once: the teacher approves there. Nothing is approved by
    a timeout, and only the `approval` row, never this task's state, lets jobs be planned.

    :param request: `{"request_id", "label"}`.
    """

    # The request first: the subject is rendered from it.
    template_fields = ("request", *ApprovalOperator.template_fields)

    def __init__(self, *, request: dict[str, Any], review_hours: float = 72, **kwargs: Any) -> None:
        privacy = Param(
            None,
            type=["null", "string"],
            enum=[None, *(audience.key for audience in declarations("tiktok").audiences)],
            title="Who may see the TikTok posts",
            description="TikTok allows no default: choose, if the campaign posts there.",
            source="task",
        )
        # In place of the DAG's own params, which arrive here too: the review asks for nothing else.
        checked = Param(
            False,
            type="boolean",
            title="I have checked them",
            description="Needed where the review lists statements that are not in the concert's facts.",
            source="task",
        )
        declared = Param(
            False,
            type="boolean",
            title="I declare what the platforms want declared",
            description="TikTok: by posting, I agree to its Music Usage Confirmation.",
            source="task",
        )
        kwargs["params"] = {"tiktok_privacy": privacy, "platforms_declared": declared, "facts_checked": checked}
        kwargs.setdefault("subject", "Approve the posts of {{ task.request['label'] }}?")
        super().__init__(defaults=self.REJECT, response_timeout=timedelta(hours=review_hours), **kwargs)
        self.request = request

    def execute(self, context: Any) -> str:
        from airflow.sdk.configuration import conf

        from encore import campaigns
        from encore.fact_review import unsupported_facts
        from encore.generation_requests import await_review, show_life
        from encore.scheduling import Choices, schedule, wanted_of
        from encore_airflow import wiring
        from encore_airflow.operators.form import review_text

        with turn_of(context, self.request) as turn, wiring.store(f"airflow {run_id_of(context)}") as on:
            now = wiring.clock(on)()
            show_life(on, turn, now)
            request = on.generation_request(request_id=self.request["request_id"])
            shown = campaigns.review(on, request.campaign_id)
            if request.review == campaigns.BY_TEACHER:
                return "the teacher approves on the campaign's page"
            if request.review == campaigns.BY_NOBODY:
                wanted = wanted_of(on, wiring.settings(), shown.campaign)
                declared = [asked.key for wants in wanted.values() for asked in wants.confirmations]
                await_review(on, turn)
                schedule(
                    on, wiring.settings(), request.campaign_id, f"nobody (requested by {request.requested_by})",
                    shown.digest, Choices(request.privacy, declared), now,
                )  # fmt: skip
                return "approved without a person, as the settings allow"
            await_review(on, turn)
        self.body = review_text(shown, conf.get("api", "base_url", fallback="").rstrip("/"))
        try:
            super().execute(context)
        except TaskAwaitingInput as parked:
            # What was shown is what can be approved, whatever happens to the texts meanwhile.
            parked.kwargs = {"shown": shown.parts, "doubtful": [fact.key for fact in unsupported_facts(shown)]}
            raise
        raise RuntimeError("a review did not wait for its answer")

    def execute_complete(
        self, context: Any, event: dict[str, Any], shown: dict[str, str], doubtful: list[str] | None = None
    ) -> str:
        from encore.domain.content import approval_sha256
        from encore.scheduling import Choices, schedule, wanted_of
        from encore_airflow import wiring

        if "error" in event:
            self.process_trigger_event_error(event)
        user = event.get("responded_by_user") or {}
        name = user.get("name") or user.get("id")
        with wiring.store(f"airflow {run_id_of(context)} ({name})") as on:
            request = on.generation_request(request_id=self.request["request_id"])
            if event["chosen_options"] != [self.APPROVE] or not name:
                self.log.info("not approved by %s; nothing is planned", name or "anybody in time")
                return "rejected" if name else "nobody answered in time"
            chosen = event.get("params_input") or {}
            privacy, checked = chosen.get("tiktok_privacy"), chosen.get("facts_checked")
            campaign = on.campaign(campaign_id=request.campaign_id)
            wanted = wanted_of(on, wiring.settings(), campaign)
            declared = [asked.key for wants in wanted.values() for asked in wants.confirmations]
            schedule(
                on, wiring.settings(), request.campaign_id, name, approval_sha256(shown),
                Choices(
                    {"tiktok": privacy} if privacy else {},
                    declared if chosen.get("platforms_declared") is True else (),
                    (doubtful or ()) if checked is True else (),
                ),
                wiring.clock(on)(),
            )  # fmt: skip
        return f"approved by {name}"
