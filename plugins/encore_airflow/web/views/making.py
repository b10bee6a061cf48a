"""How a text was made, in words: who was asked, what it cost, why it is not the model's, what a second look found."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from babel.numbers import format_currency

from encore.content.writing.model_spending import MILLION
from encore.domain.json import Json
from encore.words.sentence import sentence_of
from encore_airflow.web.visit import Visit


def made_lines(visit: Visit, provenance: Json) -> tuple[str, ...]:
    """Nothing of a text that no model had to do with."""
    parts = (provenance, provenance.get("second_language", {}))
    return tuple(dict.fromkeys(line for part in parts for line in _lines(visit, part)))


def money(visit: Visit, millionths: int, currency: str) -> str:
    """With so many places that a single text's price can be seen."""
    amount = Decimal(millionths) / MILLION
    places = "0.00" if amount >= 1 or not amount else "0.0000"
    return format_currency(
        amount, currency, f"¤#,##{places}", locale=visit.clock.locale, currency_digits=False
    )  # fmt: skip


def _lines(visit: Visit, made: Json) -> Iterator[str]:
    say = visit.say
    if wish := made.get("wish"):
        yield say("made.wish", wish=wish)
    instead = made.get("instead_of")
    if instead:
        yield say("made.instead", model=instead["model"])
        for flaw in instead.get("flaws", ()):
            yield say(f"made.why.{flaw}")
    elif model := made.get("model"):
        yield say("made.by_model", model=model)
    yield from _cost(visit, instead or made)
    if look := made.get("second_look"):
        yield from _look(visit, look)


def _cost(visit: Visit, asked: Json) -> Iterator[str]:
    tokens = asked.get("tokens")
    if not tokens:
        return
    yield visit.say(
        "made.tokens", texts=asked.get("texts", 1), sent=tokens.get("sent", 0), received=tokens.get("received", 0)
    )
    if cost := asked.get("cost"):
        yield visit.say("made.cost", cost=money(visit, cost["millionths"], cost["currency"]))


def _look(visit: Visit, look: Json) -> Iterator[str]:
    if why := look.get("failed"):
        yield visit.say("made.look_failed", why=sentence_of(why))
        return
    found = len(look.get("unsupported", ()))
    yield visit.say("made.look_found", n=found) if found else visit.say("made.look_fine")
    yield from _cost(visit, look) if "tokens" in look else ()
