"""What a pydantic model refuses, in sentences for whoever wrote it: in a form, a request, a table or the settings."""

from __future__ import annotations

import re

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from encore.domain.campaign import IDENTIFIER
from encore.words.sentence import Sentence, sentence

_SHOWN = 80
"""Characters of a refused value that are shown."""
_KEYS = {
    "dict_type": "input.no_mapping",
    "extra_forbidden": "input.unknown_field",
    "missing": "input.missing",
    "string_type": "input.no_text",
    "too_short": "input.none_given",
    "tuple_type": "input.no_list",
}


def field_problems(err: ValidationError) -> list[tuple[str, Sentence]]:
    """The name of each field at fault ("" for the whole) with what is wrong with it, each once."""
    found: list[tuple[str, Sentence]] = []
    for detail in err.errors(include_url=False):
        one = (str(detail["loc"][0]) if detail["loc"] else "", problem(detail))
        if one not in found:
            found.append(one)
    return found


def problem(detail: ErrorDetails) -> Sentence:
    """`detail`: one of pydantic's errors, or one of ours (`encore.domain.refused`), whose type is its key."""
    kind, given, values = detail["type"], detail["input"], detail.get("ctx", {})
    if "." in kind:
        return sentence(kind, part=".".join(map(str, detail["loc"][1:])), **values)
    if given is None:
        return sentence("input.missing")
    if kind in ("too_long", "string_too_long") and isinstance(given, str):
        return sentence("input.too_long", length=len(given), most=values["max_length"])
    if kind in ("enum", "literal_error"):
        return sentence("input.no_choice", value=shown(given), choices=re.findall("'([^']*)'", values["expected"]))
    if kind == "string_pattern_mismatch" and values["pattern"] == IDENTIFIER:
        return sentence("input.no_identifier")
    if kind.startswith(("datetime", "timezone")):
        return sentence("input.no_moment")
    return sentence(_KEYS.get(kind, "input.invalid"), reason=detail["msg"])


def shown(value: object) -> str:
    """A refused value as a sentence repeats it: on one line, and not all of a long one."""
    text = " ".join(str(value).split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
