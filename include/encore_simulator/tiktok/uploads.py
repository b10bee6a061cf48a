"""Chunks of a video (platforms.md 1.8): PUT to the upload_url, strictly in order."""

from __future__ import annotations

import re

from ..call import Answer, Call, Refusal
from ..media import look_at_video
from .access import state_of
from .pulls import accept_media
from .submissions import ChunkPlan, Submission

VIDEO_TYPES = ("video/mp4", "video/quicktime", "video/webm")
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
LARGEST_LAST_CHUNK = 128_000_000


def _range_of(call: Call) -> tuple[int, int, int] | None:
    found = _CONTENT_RANGE.fullmatch(call.headers.get("content-range", "").strip())
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def is_last_chunk(call: Call) -> bool:
    announced = _range_of(call)
    return announced is not None and announced[1] + 1 >= announced[2]


def _submission(call: Call) -> Submission | None:
    found = state_of(call).uploads.get(call.path_params.get("upload_id", ""))
    return found if found and found.upload_token == call.query.get("upload_token") else None


def account_of_upload(call: Call) -> str:
    """The upload URL is its own credential: the account is the one that asked for it."""
    submission = _submission(call)
    return submission.account if submission else ""


def text_of_upload(call: Call) -> str:
    submission = _submission(call)
    return submission.whole_text if submission else ""


def _answer(status: int, submission: Submission | None = None, counts: bool = False) -> Answer:
    headers = {}
    if submission and submission.plan and submission.uploaded:
        last = submission.uploaded if counts else submission.uploaded - 1
        headers["Content-Range"] = f"bytes 0-{last}/{submission.plan.size}"
    return Answer(b"", status, headers, "text/plain")


async def put_chunk(call: Call) -> Answer:
    """206 for a chunk, 201 for the one that completes the file: from there TikTok publishes by itself."""
    submission = _submission(call)
    if submission is None or submission.plan is None or submission.stage == "failed":
        raise Refusal(_answer(404))
    counts = call.value("tiktok_range_is_count")
    if submission.upload_expires_at and call.now >= submission.upload_expires_at:
        raise Refusal(_answer(403))
    first, last, total = _headers(call, submission.plan)
    if submission.uploaded >= submission.plan.size:
        raise Refusal(_answer(416, submission, counts))
    if call.value("tiktok_chunk_order") and first != submission.uploaded:
        raise Refusal(_answer(416, submission, counts))
    if call.value("tiktok_chunk_headers") and not _planned(submission.plan, first, last):
        raise Refusal(_answer(400))
    file = submission.open_file()
    file.seek(first)
    file.write(call.body)
    submission.uploaded = max(submission.uploaded, first + len(call.body))
    call.shape(submission)
    if submission.uploaded < total:
        return _answer(206, submission, counts)
    submission.stage, submission.received_at = "checking", call.received_at
    state_of(call).sent.append(submission)
    call.world.in_background(_check_upload(call, submission))
    return _answer(201, submission, counts)


async def _check_upload(call: Call, submission: Submission) -> None:
    file = submission.open_file()
    media = await call.world.off_loop(look_at_video, file)
    call.world.previews.keep_video(media, file)
    accept_media(call, submission, (media,))
    submission.close_file()


def _headers(call: Call, plan: ChunkPlan) -> tuple[int, int, int]:
    """First, last and total of Content-Range, or 400 where the headers disagree."""
    announced = _range_of(call)
    if not call.value("tiktok_chunk_headers"):
        return announced or (0, len(call.body) - 1, plan.size)
    if (
        announced is None
        or call.media_type not in VIDEO_TYPES
        or announced[2] != plan.size
        or announced[1] - announced[0] + 1 != len(call.body)
    ):
        raise Refusal(_answer(400))
    return announced


def _planned(plan: ChunkPlan, first: int, last: int) -> bool:
    """Every chunk has the announced size, the last takes the rest, up to 128 MB."""
    if first % plan.chunk or first // plan.chunk >= plan.count:
        return False
    final = first // plan.chunk == plan.count - 1
    end = plan.size - 1 if final else first + plan.chunk - 1
    return last == end and last - first < LARGEST_LAST_CHUNK


def sham_chunk(call: Call) -> Answer:
    return Answer(b"", 201 if is_last_chunk(call) else 206, {}, "text/plain")
