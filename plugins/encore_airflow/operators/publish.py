"""Publish a group of jobs through their platform's adapter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from airflow.sdk import BaseOperator, BaseOperatorLink, Context
from airflow.sdk.exceptions import AirflowSkipException

from encore.domain.json import Json
from encore_airflow.told_failure import told_failure
from encore_airflow.triggers.observe import ObservePostsTrigger

if TYPE_CHECKING:
    from airflow.sdk.types import RuntimeTaskInstanceProtocol, TaskInstanceKey

    from encore.publishing.group import Ended


class LivePostLink(BaseOperatorLink):
    """A button on the task that opens the live post, where the task has published one."""

    name = "Live post"

    def get_link(self, operator: object, *, ti_key: object) -> str:
        """Called in the task's own process when it ends; Airflow keeps what it returns."""
        return getattr(operator, "live_url", None) or ""


class PublishOperator(BaseOperator):
    """Takes each job of a claimed group as far as it gets: published at its planned second, tried again, sent back to
    the queue, or failed.

    :param group: `{"label", "job_ids"}` as `ClaimDueJobsOperator` returns them; `{"label", "job_id"}` of runs that
        began before there were groups.

    Fails if a job has failed in this task and still stands so, and its log ends with the sentences about that; of a
    single one the DAG's retry policy reads the `retry_in` of its `PublishingError`. Succeeds, with the address of a
    single post, if one is live or left to its platform; skips if there were only waits. Defers while the platform is
    working.
    """

    # No template fields, and only one link is pushed: each is a request to the API server that every task would pay.
    operator_extra_links = (LivePostLink(),)

    def __init__(self, *, group: Json, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.group = group
        self.live_url: str | None = None
        self._stopping = False

    @property
    def job_ids(self) -> Sequence[str]:
        return self.group["job_ids"] if "job_ids" in self.group else [self.group["job_id"]]

    def execute(self, context: Context) -> str | None:
        return self._run(context, cleared=_was_cleared(context["ti"], self.retries or 0))

    def look_again(self, context: Context, event: Json | None = None) -> str | None:
        """After a deferral. What the trigger saw is not carried over: the task looks for itself, by the ledger."""
        event = event or {}
        return self._run(context, cleared=False, over=bool(event.get("over")), until=event.get("until"))

    def on_kill(self) -> None:
        """Airflow asks the task to end. Read before the next step; a commit under way is never interrupted."""
        self._stopping = True

    def _run(self, context: Context, *, cleared: bool, over: bool = False, until: str | None = None) -> str | None:
        with told_failure(self.log):
            ended = self._publish(f"{context['dag_run'].dag_id}/{context['run_id']}", cleared=cleared, watched=over)
        if ended.parked:
            watched_until = datetime.fromisoformat(until) if until else ended.watch_until
            self.log.info("%d posts are being worked on by their platform", len(ended.parked))
            trigger = ObservePostsTrigger(list(ended.parked), ended.interval.total_seconds(), watched_until.isoformat())
            self.defer(trigger=trigger, method_name="look_again")
        for reason in ended.waits:
            self.log.info("%s", reason)
        if not ended.live and not ended.left:
            raise AirflowSkipException("\n".join(map(str, ended.waits)) or "there is nothing to do for this task")
        self.log.info("%s: %d of %d are live", self.group["label"], len(ended.live), len(self.job_ids))
        if len(self.job_ids) == 1 and ended.live:
            self.live_url = ended.live[0].url
        return self.live_url

    def _publish(self, run_id: str, *, cleared: bool, watched: bool) -> Ended:
        from encore.publishing.lines import name_posts
        from encore_airflow import wiring

        name_posts()
        group = wiring.group(run_id, self.job_ids, stopping=lambda: self._stopping)
        return group.publish(cleared=cleared, watched=watched)


class PostsLink(BaseOperatorLink):
    """A button on the task that opens Encore's page about the posts that it took, from before it begins.

    Made in the API server, when somebody looks at the task: the plugin adds it. Were it the operator's, each task would
    push it. `root`: the path below which Airflow is served.
    """

    name = "Posts of this task"
    operators = [PublishOperator]

    def __init__(self, root: str) -> None:
        self.root = root

    def get_link(self, operator: object, *, ti_key: TaskInstanceKey) -> str:
        """A group's number is its task's map index; before the tasks are mapped there is only the run."""
        group = {"group": ti_key.map_index} if ti_key.map_index >= 0 else {}
        return f"{self.root}/encore/run?{urlencode({'run_id': f'{ti_key.dag_id}/{ti_key.run_id}', **group})}"


def _was_cleared(ti: RuntimeTaskInstanceProtocol, retries: int) -> bool:
    """Whether this is the first try after a person cleared the task, and not one that Airflow makes by itself.

    A clear sets `max_tries` to the tries made so far plus the task's retries; a retry leaves it alone.
    """
    return ti.try_number > 1 and ti.try_number == ti.max_tries - retries + 1
