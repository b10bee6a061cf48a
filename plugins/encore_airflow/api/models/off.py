"""A concert that is called off or put off."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from encore.domain.content import Language
from encore.posts.calling_off import Off, words_for
from encore_airflow.api.models.campaigns import Campaign
from encore_airflow.api.models.fields import Input, Output, shown_as
from encore_airflow.api.models.jobs import Job


class CallOff(Input):
    """Whether it does not take place at all, or at another time that is not known yet."""

    model_config = shown_as({"how": "put_off"})

    how: Literal["called_off", "put_off"]


class OffCampaign(Output):
    """What became of its posts."""

    campaign: Campaign
    held: list[Job] = Field(description="Posts that do not go out.")
    live: list[Job] = Field(description="Posts that are live and tell of the concert; only you can mend them.")
    may_be_live: list[Job] = Field(description="Posts that it may have been too late for; look at them.")
    texts: dict[Language, str] = Field(description="What to tell the audience.")

    @classmethod
    def of(cls, off: Off, now: datetime) -> OffCampaign:
        held, live, maybe = ([Job.of(row, now) for row in rows] for rows in (off.held, off.live, off.may_be_live))
        return cls(
            campaign=Campaign.of(off.campaign), held=held, live=live, may_be_live=maybe, texts=words_for(off.campaign)
        )
