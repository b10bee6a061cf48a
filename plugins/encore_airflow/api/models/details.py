"""What else is known of a concert, as it is sent and told."""

from __future__ import annotations

from pydantic import BaseModel, Field

from encore.domain.programme import ProgrammeEntry


class Details(BaseModel):
    """All may be left out."""

    doors_open: str | None = Field(
        None, description="Time of day on the concert's own clock, `18:45`; not after the start."
    )
    ends: str | None = Field(None, description="Likewise, after the start. Give this or `duration_minutes`, not both.")
    duration_minutes: int | None = None
    admission_free: bool = False
    prices: str | None = Field(None, description="Who pays what, in words.")
    where_to_pay: str | None = None
    booking_url: str | None = None
    booking_deadline: str | None = Field(None, description="The last day to book, `2027-03-10`; not after the concert.")
    booking_phone: str | None = None
    pieces: list[ProgrammeEntry] = Field(default_factory=list, description="The programme; only `piece` is needed.")
    accessibility: str | None = None
    streamed_at: str | None = Field(None, description="A link, or in words; for a concert that is in a hall as well.")
