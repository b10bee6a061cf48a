"""A field of one of Airflow's forms, which is in English as all of Airflow is."""

from __future__ import annotations

from airflow.sdk import Param

from encore.domain.json import Json
from encore.words import ENGLISH
from encore.words.sentence import Sentence, Words, sentence

WORDS = Words(ENGLISH)


def field(said: Sentence, default: object = None, *, described: str = "description", **more: object) -> Param:
    """Its title is `said`, and what describes it is the hint. `described`: `description_md` for one with a link."""
    given: Json = {described: WORDS.hint(said) or None, **more}
    return Param(default, title=WORDS.told(said), **given)


def no_choice() -> dict[str, str]:
    """How a field that may stay empty shows that it is."""
    return {"null": WORDS.told(sentence("form.not_chosen"))}
