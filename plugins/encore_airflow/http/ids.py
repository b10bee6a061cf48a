"""Ids as they stand in an address: a path that holds anything else leads nowhere."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

_ID = r"^[A-Za-z0-9][A-Za-z0-9._@-]*$"
CampaignId = Annotated[str, Path(max_length=64, pattern=_ID, examples=["c-4f1c2d3e5a6b7c8d"])]
JobId = Annotated[str, Path(max_length=80, pattern=_ID, examples=["job-4f1c2d3e5a6b7c8d"])]
AssetId = Annotated[str, Path(max_length=160, pattern=_ID, examples=["c-4f1c.caption.tiktok.reminder.en"])]
MediaId = Annotated[str, Path(max_length=160, pattern=_ID, examples=["m-c-4f1c-tiktok-video-0123456789ab"])]
StopId = Annotated[int, Path(ge=1, lt=2**63, examples=[1])]
AccountName = Annotated[str, Path(max_length=80, pattern=_ID, examples=["tiktok-school"])]
AttemptId = Annotated[str, Path(max_length=64, pattern=_ID, examples=["4f1c2d3e5a6b7c8d"])]
