"""The error tables as a page for people (include/docs/platform-errors.md), made from the data so that both agree."""

from __future__ import annotations

from collections.abc import Iterator

from encore.domain.job import Platform
from encore.platforms.error_table import ErrorTable, Row
from encore.words import ENGLISH
from encore.words.sentence import Words

_HEADER = """\
# What the platforms' errors mean

Made from `include/encore/platforms/*/errors.yaml` by `python -m encore_airflow known-errors`; edit those, not this.

*Answer* is the platform's code, with its subcode or a part of its text; those that begin with `encore_` are found by
Encore itself, before or instead of an answer. *At* says in which kind of request: one that reads, one that creates
something not yet public, the one that publishes, or any. *Class* decides what happens: `transient`, `throttled` and
`quota` are tried again by themselves, `ambiguous` never before a person has looked, all others end the attempt.
"""


def error_page() -> str:
    return "\n".join([_HEADER, *(line for platform in Platform for line in _table(platform))])


def _table(platform: Platform) -> Iterator[str]:
    words = Words(ENGLISH)
    yield f"## {words.say(f'platform.{platform}')}\n"
    yield "| answer | at | class | code | who acts | for the teacher |"
    yield "|---|---|---|---|---|---|"
    merged: dict[tuple[str, ...], list[str]] = {}
    for row in ErrorTable.load(platform).rows:
        told = (row.stage, row.class_name, row.code, row.action or "", words.say(row.key, platform=platform))
        merged.setdefault(told, []).append(_answer(row))
    for told, answers in merged.items():
        stage, *rest = told
        yield f"| {', '.join(dict.fromkeys(answers))} | {stage} | {' | '.join(map(_cell, rest))} |"
    yield ""


def _answer(row: Row) -> str:
    code = "/".join(part for part in (row.match_code, row.match_subcode) if part)
    parts = [f"`{code}`" if code else "", f"“{_cell(row.match_contains)}”" if row.match_contains else ""]
    parts.append(f"HTTP {row.match_status}" if row.match_status else "")
    return " ".join(part for part in parts if part)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
