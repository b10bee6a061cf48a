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
    "bool": "input.no_yes_or_no",
    "dict_type": "input.no_mapping",
    "extra_forbidden": "input.unknown_field",
    "float": "input.no_number",
    "greater_than": "input.more_than",
    "greater_than_equal": "input.at_least",
    "int": "input.no_whole_number",
    "less_than": "input.less_than",
    "less_than_equal": "input.at_most",
    "list_type": "input.no_list",
    "missing": "input.missing",
    "model": "input.no_mapping",
    "string_pattern_mismatch": "input.wrong_form",
    "string_too_short": "input.too_short",
    "string_type": "input.no_text",
    "time": "input.no_time_of_day",
    "too_long": "input.too_many",
    "too_short": "input.none_given",
    "tuple_type": "input.no_list",
}
"""By pydantic's name of the error, or what it begins with; one for a kind that never occurs with us says no more than
that the value is not valid."""
_BOUNDS = ("ge", "gt", "le", "lt", "max_length", "min_length")


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
    key = _KEYS.get(kind) or _KEYS.get(kind.partition("_")[0], "input.invalid")
    return sentence(key, **{name: values[name] for name in _BOUNDS if name in values})


def shown(value: object) -> str:
    """A refused value as a sentence repeats it: on one line, and not all of a long one."""
    text = " ".join(str(value).split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
