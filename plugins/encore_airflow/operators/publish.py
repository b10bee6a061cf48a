"""Publish one job through its platform's adapter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator, BaseOperatorLink, Context
from airflow.sdk.exceptions import AirflowSkipException

from encore.domain.json import Json
from encore_airflow.triggers.observe import ObservePostTrigger

if TYPE_CHECKING:
    from airflow.sdk.types import RuntimeTaskInstanceProtocol

    from encore.publishing.outcome import Outcome


class LivePostLink(BaseOperatorLink):
    """A button on the task that opens the live post."""

    name = "Live post"

    def get_link(self, operator: object, *, ti_key: object) -> str:
        """Called in the task's own process when it ends; Airflow keeps what it returns."""
        return getattr(operator, "live_url", None) or ""


class PublishJobOperator(BaseOperator):
    """Takes a claimed job as far as it gets: published at its planned second, tried again, sent back to the queue, or
    failed.

    :param job: `{"job_id", "label"}` as `ClaimDueJobsOperator` returns them.

    Succeeds with the post's address. Skips when there is nothing (more) to do for this task. Defers while the
    platform is working. Fails with a `PublishingError`, whose `retry_in` the DAG's retry policy reads.
    """

    # No template fields, and only the link is pushed: each is a request to the API server that every post would pay.
    operator_extra_links = (LivePostLink(),)

    def __init__(self, *, job: dict[str, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.job = job
        self.live_url: str | None = None
        self._stopping = False

    def execute(self, context: Context) -> str | None:
        return self._run(context, cleared=_was_cleared(context["ti"], self.retries or 0))

    def look_again(self, context: Context, event: Json | None = None) -> str | None:
        """After a deferral. What the trigger saw is not carried over: the task looks for itself, by the ledger."""
        return self._run(context, cleared=False)

    def on_kill(self) -> None:
        """Airflow asks the task to end. Read before the next step; a commit under way is never interrupted."""
        self._stopping = True

    def _run(self, context: Context, *, cleared: bool) -> str | None:
        from encore.publishing.outcome import Done, Parked, Skipped, Waiting
        from encore.words.sentence import sentence

        run_id = f"{context['dag_run'].dag_id}/{context['run_id']}"
        match self._publish(run_id, cleared=cleared):
            case Done(url):
                self.log.info("%s is live: %s", self.job["label"], url or "(the platform gave no address)")
                self.live_url = url
                return url
            case Skipped(reason):
                raise AirflowSkipException(str(reason))
            case Waiting(until, reason):
                waits = sentence("publishing.waits", reason=reason, until=f"{until:%Y-%m-%d %H:%M:%S}")
                raise AirflowSkipException(str(waits))
            case Parked(interval):
                trigger = ObservePostTrigger(self.job["job_id"], interval.total_seconds())
                self.defer(trigger=trigger, method_name="look_again")

    def _publish(self, run_id: str, *, cleared: bool) -> Outcome:
        """A database that goes away is waited for here: Airflow's next try would come ever later, in a new process."""
        from encore.store.outlasting import outlasting
        from encore_airflow import wiring

        job_id = self.job["job_id"]
        asked = [cleared]  # a person has asked for one try

        def once() -> Outcome:
            with wiring.resting_store(f"airflow {run_id} {job_id}") as on:
                publisher = wiring.publisher(on, stopping=lambda: self._stopping)
                return publisher.publish(job_id, run_id, cleared=bool(asked) and asked.pop())

        return outlasting(once, stopping=lambda: self._stopping)


def _was_cleared(ti: RuntimeTaskInstanceProtocol, retries: int) -> bool:
    """Whether this is the first try after a person cleared the task, and not one that Airflow makes by itself.

    A clear sets `max_tries` to the tries made so far plus the task's retries; a retry leaves it alone.
    """
    return ti.try_number > 1 and ti.try_number == ti.max_tries - retries + 1
