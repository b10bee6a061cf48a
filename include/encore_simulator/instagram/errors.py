"""Instagram's error answers: the documented (code, subcode) pairs (platforms.md 2.6, 2.7, 2.8)."""

from __future__ import annotations

import json
import math
import secrets
from typing import Any

from ..call import Answer, Call, Refusal

# (code, subcode): message. IG-ERR and FB-ERR unless the wire reference says "field".
PAIRS: dict[tuple[int, int | None], str] = {
    (-2, 2207003): "It takes too long to download the media.",
    (-2, 2207020): "The media you are trying to access has expired. Please try to upload again.",
    (-1, 2207001): "Instagram server error. Try again.",
    (-1, 2207032): "Failed to create a media container, please try to re-create.",
    (-1, 2207053): "Unknown upload error.",
    (1, 2207057): "Thumbnail offset must be greater than or equal to 0 and less than video duration.",
    (4, 2207051): "We restrict certain activity to protect our community.",
    (9, 2207042): "You reached maximum number of posts that is allowed to be published by Content Publishing API.",
    (9, 2207069): "Media Creation Limit Exceeded",
    (24, 2207006): "The media could not be found.",
    (24, 2207008): "The media creation ID does not exist or has expired.",
    (25, 2207050): "The Instagram account is restricted.",
    (100, 2207023): "The media type is unknown.",
    (100, 2207028): "Your post won't work as a carousel. Carousels need between 2 and 10 photos or videos.",
    (100, 2207040): "Cannot use more than 20 tags in caption.",
    (352, 2207026): "The video format is not supported. Please check spec for supported format.",
    (9004, 2207052): "The media could not be fetched from this URI.",
    (9007, 2207027): "Media ID is not available",
    (36000, 2207004): "The image is too large to download. It should be less than 8 MiB.",
    (36001, 2207005): "The image format is not supported. Supported formats are: JPEG.",
    (36003, 2207009): "The submitted image with aspect ratio is not supported.",
    (36004, 2207010): "The submitted caption was too long. Max 2,200 characters, 30 hashtags, and 20 @ tags.",
    (100, 33): "Unsupported request. Object with this ID does not exist, cannot be loaded due to missing permissions, "
    "or does not support this operation.",
    (100, None): "Invalid parameter",
    (190, None): "Invalid OAuth access token - Cannot parse access token",
    (190, 458): "Error validating access token: The user has not authorized application.",
    (190, 459): "The user is checkpointed.",
    (190, 460): "The session has been invalidated because the user changed the password.",
    (190, 463): "Error validating access token: Session has expired.",
    (190, 464): "Sessions for the user are not allowed because the user is not a confirmed user.",
    (190, 467): "Error validating access token: The session is invalid.",
    (190, 492): "Error validating access token: the page role was lost.",
    (80002, 2446079): "There have been too many calls to this Instagram account. Wait a bit and try again.",
    (1, None): "An unknown error occurred",
    (2, None): "Service temporarily unavailable",
    (4, None): "Application request limit reached",
    (10, None): "Application does not have permission for this action",
    (17, None): "User request limit reached",
    (32, None): "Page request limit reached",
    (368, None): "The action attempted has been deemed abusive or is otherwise disallowed.",
    (506, None): "Duplicate status message",
    (613, None): "Calls to this api have exceeded the rate limit.",
}
SUBCODE_CODES = {subcode: code for code, subcode in PAIRS if subcode and subcode > 2_000_000}
SUBCODE_CODES |= {2207077: 9004, 2207081: 100, 2207082: -1, 2207085: -1, 2207073: -1}


def failure(
    code: int | str,
    subcode: int | None = None,
    *,
    message: str | None = None,
    status: int = 400,
    transient: bool = False,
) -> Answer:
    text = message or PAIRS.get((code, subcode)) or PAIRS.get((code, None)) or "Fatal"  # type: ignore[arg-type]
    error: dict[str, Any] = {"message": text, "type": "OAuthException", "code": code}
    if subcode is not None:
        error |= {
            "error_subcode": subcode,
            "is_transient": transient,
            "error_user_title": text.split(".")[0],
            "error_user_msg": text,
        }
    elif transient:
        error["is_transient"] = True
    error["fbtrace_id"] = "A" + secrets.token_urlsafe(16)
    return Answer({"error": error}, status)


def refuse(code: int | str, subcode: int | None = None, message: str | None = None, status: int = 400) -> Refusal:
    return Refusal(failure(code, subcode, message=message, status=status))


def oauth_refusal(message: str, status: int = 400) -> Refusal:
    """An error of the host that exchanges codes, which has a form of its own (platforms-2.md 1.5)."""
    return Refusal(Answer({"error_type": "OAuthException", "code": status, "error_message": message}, status))


def token_failure(call: Call, subcode: int | None) -> Answer:
    """190; whether the status is 400 or 401 is not fixed (2.8), hence a switch."""
    return failure(190, subcode, status=call.value("instagram_auth_status"))


def usage_header(account: str, percent: int, regain_seconds: float = 0) -> dict[str, str]:
    """2.5: X-Business-Use-Case-Usage, with the minutes after which calls are served again."""
    usage = {
        "type": "instagram",
        "call_count": percent,
        "total_cputime": percent // 4,
        "total_time": percent // 4,
        "estimated_time_to_regain_access": math.ceil(regain_seconds / 60),
    }
    return {"X-Business-Use-Case-Usage": json.dumps({f"ig-{account}": [usage]}, separators=(",", ":"))}
