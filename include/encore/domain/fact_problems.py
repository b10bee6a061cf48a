"""What `CampaignFacts` refuses, in sentences for whoever wrote it, wherever that was: a form, a request, a table."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from encore.domain.campaign import CampaignFacts
from encore.domain.job import Platform

_SHOWN = 80
"""Characters of a refused value that are shown."""


def field_problems(err: ValidationError) -> list[tuple[str, str]]:
    """What `CampaignFacts` refuses, as the field's name ("" for the whole) and a sentence for a person, each once."""
    found: dict[tuple[str, str], None] = {}
    for detail in err.errors(include_url=False):
        column = str(detail["loc"][0]) if detail["loc"] else ""
        reason = _reason(detail)
        if not column:
            # A rule over several fields names the field in its message.
            named, _, rest = reason.partition(": ")
            field, _, part = named.partition(".")
            if rest and field in CampaignFacts.model_fields:
                column, reason = field, f"{part}: {rest}" if part else rest
        found[column, _sentence(reason)] = None
    return list(found)


def _reason(detail: Any) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "value_error":
        return str(context.get("error", detail["msg"]))
    if kind == "missing" or (kind == "string_type" and detail["input"] is None):
        return "Is missing."
    if kind in ("too_long", "string_too_long") and isinstance(detail["input"], str):
        return f"Is too long: {len(detail['input']):,} characters, at most {context['max_length']:,} are allowed."
    if kind.startswith("datetime") or kind == "timezone_aware":
        return "Is not a date and time; write it as 2027-03-14T19:30+01:00, or as +21d 19:30."
    if kind == "enum" and detail["loc"][0] == "platforms":
        return f"'{shown(detail['input'])}' is not a platform; use {', '.join(Platform)}."
    if kind == "string_pattern_mismatch":
        return "May hold only letters, digits and . _ @ -, and must begin with a letter or digit."
    return f"{detail['msg']}."


def _sentence(reason: str) -> str:
    text = reason[:1].upper() + reason[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."


def shown(value: Any) -> str:
    """A refused value as a sentence repeats it: on one line, and not all of a long one."""
    text = " ".join(str(value).split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
