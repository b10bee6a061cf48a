"""Wait, without a worker slot, for whoever decides first on what a review shows: staff in Airflow, or its owner on the
pages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from itertools import count
from typing import TYPE_CHECKING, Any

from airflow.providers.standard.triggers.hitl import HITLTrigger
from airflow.sdk.timezone import utcnow
from airflow.triggers.base import TriggerEvent

from encore.domain.json import Json
from encore.words.sentence import Sentence, sentence
from encore_airflow.triggers.observe import threads

if TYPE_CHECKING:
    from encore.campaigns.review import Reviewed
    from encore.store.store import Store

AIRFLOW_EACH = 12
"""Of so many looks, one asks Airflow. Its API resumes the task by itself when staff answer; asked is for an answer that
came before the task waited."""

GONE = sentence("review.gone")


class ReviewTrigger(HITLTrigger):
    """Airflow's own trigger for answers, which looks besides whether what was shown is decided: approved elsewhere,
    changed, or gone. Fires `{"decided": sentence}` then, else what `HITLTrigger` fires.

    Writes nothing but the default answer when the time to answer is over. A look that fails is tried again.
    """

    def __init__(self, *, campaign_id: str, digest: str, **answer: Any) -> None:
        super().__init__(**answer)
        self.campaign_id = campaign_id
        self.digest = digest

    def serialize(self) -> tuple[str, Json]:
        path = f"{type(self).__module__}.{type(self).__qualname__}"
        return path, super().serialize()[1] | {"campaign_id": self.campaign_id, "digest": self.digest}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        for look in count():
            over = self.timeout_datetime is not None and self.timeout_datetime < utcnow()
            event = await self._seen(self._decided())
            if event is None and over:
                event = await self._seen(self._handle_timeout())
            elif event is None and look % AIRFLOW_EACH == 0:
                event = await self._seen(self._handle_response())
            if event is not None:
                yield event
                return
            await asyncio.sleep(self.poke_interval)

    async def _seen(self, look: Awaitable[TriggerEvent | None]) -> TriggerEvent | None:
        try:
            return await look
        except Exception as err:
            self.log.warning("could not look at the review of %s: %s", self.campaign_id, type(err).__name__)
            return None

    async def _decided(self) -> TriggerEvent | None:
        said = await asyncio.get_running_loop().run_in_executor(threads("reviews", 2), self._standing)
        return TriggerEvent({"decided": str(said)}) if said else None

    def _standing(self) -> Sentence | None:
        from encore_airflow.http.pooled_store import WATCH

        return decided(WATCH.store(f"review of {self.campaign_id}"), self.campaign_id, self.digest)


def decided(on: Store, campaign_id: str, digest: str) -> Sentence | None:
    """Why nobody needs to answer any more for content of this digest; None while somebody does."""
    from encore.campaigns.review import review_of

    campaign = on.campaign(campaign_id=campaign_id)
    said = decided_of(on, review_of(on, campaign), digest) if campaign else GONE
    # Deleted while it was looked at, its content is changed to nothing.
    return GONE if said and on.campaign(campaign_id=campaign_id) is None else said


def decided_of(on: Store, reviewed: Reviewed, digest: str) -> Sentence | None:
    """The same for whoever has read the content."""
    in_force = on.approval_in_force(campaign_id=reviewed.campaign.campaign_id)
    if in_force and in_force.content_sha256 == digest:
        return sentence("review.approved_elsewhere", who=in_force.approved_by)
    if reviewed.digest == digest:
        return None
    return sentence("review.changed")
