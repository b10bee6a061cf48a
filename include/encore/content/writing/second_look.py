"""A second look of the model at what it wrote: each statement of a text with the words of the facts that support it.

Code verifies that these words stand in the fact sheet. What has no support becomes a finding; nothing ever becomes less
of one. A look that fails adds nothing, and says so.
"""

from __future__ import annotations

import json
import logging
import re
import unicodedata
from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ConfigDict, Field, create_model

from encore.content.facts.claims import FactFinding, FactKind
from encore.content.facts.sheet import FactSheet
from encore.content.writing.asking import Asking
from encore.content.writing.model_request import prompt
from encore.domain.content import Language
from encore.domain.json import Json
from encore.errors import ConfigurationError, WriterUnavailableError
from encore.words.sentence import Sentence, sentence

log = logging.getLogger(__name__)

PROMPT = "second-look-1"
PURPOSE = "second_look"
MOST = 20
"""Findings of one text."""
_LONGEST = 200
_STRICT = ConfigDict(extra="forbid")


class Statement(BaseModel):
    model_config = _STRICT

    statement: str = Field(description="The words of the text.")
    support: list[str] = Field(description="Each a part of the facts, word for word; empty if there is none.")


def second_looks(
    asking: Asking, facts: FactSheet, texts: Mapping[str, str], languages: Iterable[Language]
) -> dict[str, Json]:
    """For each text what is kept of the look with it: `unsupported`, or why the look `failed`; and what it cost."""
    sheet = fact_lines(facts, languages)
    fields: Json = {name: (list[Statement], ...) for name in texts}
    shape = create_model("Statements", __config__=_STRICT, **fields)
    asked = {"facts": sheet, "texts": dict(texts)}
    messages = [
        {"role": "system", "content": prompt(PROMPT)},
        {"role": "user", "content": json.dumps(asked, ensure_ascii=False, indent=1)},
    ]
    try:
        answer = asking.ask(PURPOSE, messages, shape)
    except (WriterUnavailableError, ConfigurationError) as err:
        return _failed(texts, err.said, {})
    taken = {"tokens": answer.tokens, **_cost(asking, answer.tokens)}
    if not answer.content:
        return _failed(texts, sentence(f"made.why.{answer.why_not}"), taken)
    listed: dict[str, list[Statement]] = {
        name: [Statement.model_validate(one) for one in found] for name, found in json.loads(answer.content).items()
    }
    values = "\n".join(sheet.values())
    return {name: {"unsupported": _unsupported(listed[name], values), **taken} for name in texts}


def findings_of(provenance: Json) -> Iterable[FactFinding]:
    """What the looks have found that a text's provenance tells of, both languages of a post."""
    for part in (provenance, provenance.get("second_language", {})):
        for said in part.get("second_look", {}).get("unsupported", ()):
            yield FactFinding(FactKind.STATEMENT, said, 0, len(said))


def kept_after_edit(provenance: Json, content: str) -> Json:
    """Of the looks, for the provenance of an edited text: what it still says."""
    still = list(dict.fromkeys(one.text for one in findings_of(provenance) if _plain(one.text) in _plain(content)))
    return {"second_look": {"unsupported": still}} if still else {}


def fact_lines(facts: FactSheet, languages: Iterable[Language]) -> dict[str, str]:
    """The fact sheet as it is handed over and quoted from: as given, and as the texts' languages render it."""
    lines = {
        "title": facts.title, "where": facts.venue, "zone": facts.zone, "starts at": facts.starts_at.isoformat(" "),
        "highlights": facts.highlights, "link": facts.link, "more": facts.stated.strip(),
    }  # fmt: skip
    for language in languages:
        rendered = vars(facts.in_language(language))
        lines |= {f"{name}, {language}": text for name, text in rendered.items() if name not in lines}
    return {name: text for name, text in lines.items() if text}


def _unsupported(listed: Iterable[Statement], facts: str) -> list[str]:
    found = (one.statement.strip()[:_LONGEST] for one in listed if not _supported(one.support, facts))
    return [said for said in dict.fromkeys(found) if said][:MOST]


def _supported(quotes: list[str], facts: str) -> bool:
    return bool(quotes) and all(_stands_in(_plain(quote), _plain(facts)) for quote in quotes)


def _stands_in(quote: str, facts: str) -> bool:
    """As whole words; of Chinese, which has no spaces, wherever it stands."""
    if len(quote) < 2:
        return quote.isdigit() and re.search(rf"(?<!\d){quote}(?!\d)", facts) is not None
    before = r"(?<![^\W\u2e80-\uffff])" if quote[0].isascii() else ""
    behind = r"(?![^\W\u2e80-\uffff])" if quote[-1].isascii() else ""
    return re.search(before + re.escape(quote) + behind, facts) is not None


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _failed(texts: Iterable[str], why: Sentence, taken: Json) -> dict[str, Json]:
    log.warning("the second look at the texts has failed: %s", why)
    return {name: {"failed": why.stored, **taken} for name in texts}


def _cost(asking: Asking, tokens: dict[str, int]) -> Json:
    cost = asking.meter.cost(tokens)
    return {"cost": cost} if cost else {}
