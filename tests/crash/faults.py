"""What goes wrong on the platform's side: the faults that the matrix crosses with every moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from crash.routes import Route

from encore.domain.job import Platform

LATE_SECONDS = 0.8
"""Longer than the adapters wait in the matrix for the answer to a commit (`COMMIT_SECONDS`)."""
COMMIT_SECONDS = 0.5
LISTED_LATE_SECONDS = 120
"""By the simulator's clock, which runs with the publisher's."""
_WAIT = {"status": 503, "headers": {"Retry-After": "3"}}


@dataclass(frozen=True)
class Fault:
    """`kind` is the simulator's name; it strikes the request that publishes unless `on` names the route's other one.

    `doubt`: whether even a route that can always be reconciled may need a person after it. `refused`: whether it is
    the platform's own no, with which the job may fail. `elsewhere`: another account was just left without an answer,
    too, so that the platform as a whole rests.
    """

    name: str
    kind: str = ""
    on: str = "commit_operation"
    times: int = 1
    args: dict[str, Any] = field(default_factory=dict, hash=False)
    doubt: bool = False
    refused: bool = False
    elsewhere: bool = False

    def exists(self, route: Route) -> bool:
        """A note of Xiaohongshu is never seen being processed and goes out under no login of ours; some routes make
        nothing before the commit."""
        if self.kind in ("processing_for_ever", "processing_seconds", "token_invalid"):
            return route.platform is not Platform.XIAOHONGSHU
        before_the_commit = self.on == "create_operation" and self.kind in ("error", "down")
        return not before_the_commit or route.create_operation != route.commit_operation

    def orders(self, route: Route, account: str) -> Iterator[dict[str, Any]]:
        """What to ask of the simulator's control API."""
        if not self.kind:
            return
        common = {"platform": str(route.platform), "account": account, "fault": self.kind, "args": self.args}
        yield {**common, "operation": getattr(route, self.on), "times": self.times}
        if self.kind == "down":
            yield {**common, "operation": route.observe_operation, "times": 2}


FAULTS = (
    Fault("none"),
    Fault("request lost", "lost_request"),
    Fault("answer lost", "lost_answer"),
    Fault("answer late", "late_answer", args={"seconds": LATE_SECONDS}),
    Fault("effect late", "late_effect", args={"seconds": LATE_SECONDS}),
    Fault("success as error", "success_as_error"),
    # An answer that says success and proves nothing: where the platform then shows no post, a person looks.
    Fault("error as success", "error_as_success", doubt=True),
    Fault("body cut", "cut_body"),
    Fault("platform down", "down"),
    Fault("platform away", "down", on="create_operation", elsewhere=True),
    Fault("platform down for long", "down", on="create_operation", times=7),
    Fault("processing a while", "processing_seconds", on="create_operation", times=0, args={"seconds": 90}),
    Fault("processing for ever", "processing_for_ever", on="create_operation", times=0, doubt=True),
    Fault("listed late", "listing_delay", args={"seconds": LISTED_LATE_SECONDS}),
    # More often than a job may be tried: a wait that the platform asks for is no attempt.
    Fault("asked to wait", "error", on="create_operation", times=8, args=_WAIT),
    Fault("throttled", "rate_limited", on="create_operation", args={"retry_after": 30}),
    Fault("login refused", "token_invalid", on="create_operation"),
    Fault("refused strangely", "error", on="create_operation", args={"code": "123456", "status": 400}, refused=True),
)
