"""What a person is told, before it is known in which language: the key of a sentence and what is filled in; and
`Words`, which say it. Babel and the catalogue are read when something is said, since most sentences never are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from encore.domain.json import Json
from encore.words import CHINESE, ENGLISH

if TYPE_CHECKING:
    from encore.words.catalogue import Catalogue


@dataclass(frozen=True)
class Sentence:
    """`key`: of the catalogue. `values`: what stands for its `{names}`: texts, numbers, instants (in the zone in which
    they are said), further sentences, or lists of these. As a string it is English; `in_full` with its hint."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return Words(ENGLISH).told(self)

    @property
    def in_full(self) -> str:
        return Words(ENGLISH).in_full(self)

    @property
    def stored(self) -> Json:
        """As JSON, for a column."""
        return self.as_stored(str)

    def as_stored(self, text: Callable[[str], str]) -> Json:
        """With each text that is filled in as `text` makes it."""
        return {"key": self.key, "values": _plain(self.values, text)}


def sentence(key: str, /, **values: object) -> Sentence:
    return Sentence(key, values)


def sentence_of(stored: Json) -> Sentence:
    """What was `stored`. Instants stay the text that JSON made of them; `Words` reads them where it shows a time."""
    return Sentence(stored["key"], {name: _known(one) for name, one in stored["values"].items()})


def verbatim(text: str) -> Sentence:
    """What somebody else has said: a person, a platform, a row of before."""
    return Sentence("verbatim", {"text": text})


def of_field(field: str, said: Sentence) -> Sentence:
    """`said` of that input; "" for the whole."""
    return sentence("facts.of_field", field=field, said=said) if field else said


def said_by(job: Any) -> Sentence:
    """What a row of `publish_job` says went wrong, which can be told whatever it was that wrote it (`Words.stored`)."""
    row = {"said": job.error_said, "english": job.error_message, "chinese": job.error_message_zh}
    return sentence("verbatim", text=row)


def _plain(value: object, text: Callable[[str], str]) -> object:
    if isinstance(value, Sentence):
        return value.as_stored(text)
    if isinstance(value, Mapping):
        return {name: _plain(one, text) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one, text) for one in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, int | float) else text(str(value))


def _known(value: object) -> object:
    if isinstance(value, Mapping):
        if value.keys() == {"key", "values"}:
            return sentence_of(dict(value))
        return {name: _known(one) for name, one in value.items()}
    return [_known(one) for one in value] if isinstance(value, list) else value


@dataclass(frozen=True)
class Words:
    """What a person reads, in their language: one of `catalogue.languages()`."""

    language: str

    @cached_property
    def catalogue(self) -> Catalogue:
        from encore.words.catalogue import Catalogue

        return Catalogue.of(self.language)

    def say(self, key: str, /, **values: object) -> str:
        """The sentence of `key` with its `{names}` filled in; `n` decides between singular and plural. A key that
        nobody knows is said as its last word, and a value that is not there as "…": nothing ever breaks about words."""
        text = self.catalogue.text(key, values.get("n"))
        return key.rpartition(".")[2].replace("_", " ") if text is None else self.catalogue.filled(text, values, self)

    def told(self, said: object) -> str:
        """A sentence, or several in a row; a text (a person's own words, a row of before) as it is."""
        if isinstance(said, Sentence):
            return self.say(said.key, **said.values)
        if isinstance(said, Mapping):  # a row: `said_by`
            return self.stored(said["said"], said["english"], said["chinese"])
        return "" if said is None else str(said)

    def hint(self, said: Sentence) -> str:
        """The next step, "" where the catalogue has none."""
        return self.say(key, **said.values) if self.catalogue.text(key := f"{said.key}.hint") is not None else ""

    def in_full(self, said: Sentence | str | None) -> str:
        """With the next step."""
        return self.all_told((said, self.hint(said)) if isinstance(said, Sentence) else (said,))

    def stored(self, said: Json | Sentence | None, *texts: str | None) -> str:
        """A sentence as its column keeps it, in full. `texts`: the row's own, English and Chinese, told where it keeps
        none, or one that the catalogue of today does not have or fills in with more than was known then."""
        if said:
            known = said if isinstance(said, Sentence) else sentence_of(said)
            if self.catalogue.can_say(known.key, known.values):
                return self.in_full(known)
        english, chinese = (*texts, None, None)[:2]
        return (chinese if self.language == CHINESE else None) or english or ""

    def all_told(self, said: Iterable[object]) -> str:
        """One sentence after the other."""
        return self.catalogue.gap.join(filter(None, map(self.told, said)))
