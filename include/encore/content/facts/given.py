"""What one concert's facts say: their words, and each date, time, price and number in them with its role."""

from __future__ import annotations

import re
from dataclasses import fields
from functools import cached_property

from encore.content.facts.claims import Claim, FactKind
from encore.content.facts.comparable import comparable
from encore.content.facts.fact_patterns import claims_of
from encore.content.facts.given_words import pinyin, plain, without_marks
from encore.content.facts.number_patterns import HAN
from encore.content.facts.place_patterns import in_full
from encore.content.facts.sheet import WITH_A_ROLE, FactSheet
from encore.domain.content import Language
from encore.words.zones import zone_label

_HAN = re.compile(f"[{HAN}]")
_HAN_GAP = re.compile(rf"(?<=[{HAN}])[ \u3000]+(?=[{HAN}])")


class Given:
    def __init__(self, facts: FactSheet) -> None:
        self.facts = facts
        parts = tuple(map(comparable, (facts.title, facts.venue, facts.highlights, facts.link)))
        self.text = "\n".join((*parts, comparable(facts.stated)))
        rendered = [
            comparable(getattr(facts.in_language(language), field.name))
            for language in Language
            for field in fields(facts.in_language(language))
            if field.name not in ("today", *WITH_A_ROLE)
        ]
        zones = [zone_label(facts.zone, facts.starts_at, language) for language in Language]
        self.quotable = {variant for value in parts for variant in without_marks(value)}
        self.rendered = {variant for value in (*rendered, *zones) for variant in without_marks(value)}
        variants = {variant for one in without_marks(self.text) for variant in (one, _HAN_GAP.sub("", one))}
        self._words = [in_full(plain(variant)) for variant in variants]
        self.is_chinese = _HAN.search(self.text) is not None
        self._spoken = re.sub("[^a-z]", "", pinyin(self.text)) if self.is_chinese else ""

    @cached_property
    def claims(self) -> dict[FactKind, list[Claim]]:
        """What the given texts state themselves, by kind."""
        found: dict[FactKind, list[Claim]] = {kind: [] for kind in FactKind}
        for variant in without_marks(self.text):
            for claim in claims_of(variant):
                found[claim.kind].append(claim)
        return found

    def values(self, kind: FactKind, *roles: str) -> list[object]:
        return [claim.value for claim in self.claims[kind] if not roles or claim.role in roles]

    def says(self, words: str) -> bool:
        wanted = re.escape(in_full(plain(words)))
        own = "s?" if len(wanted) > 3 and wanted[-1].isalpha() else ""  # Vivaldis
        return any(re.search(rf"(?<![a-z0-9]){wanted}{own}(?![a-z0-9])", said) for said in self._words)

    def spells(self, name: str) -> bool:
        """Whether it may be how a Chinese name of the facts is written in Latin letters."""
        letters = re.sub("[^a-z]", "", plain(name))
        return len(letters) > 3 and not re.search(r"\d", name) and letters in self._spoken

    def dials(self, digits: str) -> bool:
        """Whether it is a telephone number of the facts, by its digits alone."""
        runs = re.findall(r"\d[\d ()/-]{5,}\d", self.text)
        return digits.isdecimal() and digits in {re.sub(r"\D", "", run) for run in runs}

    def says_beginning(self, cut: str) -> bool:
        return any(plain(cut) in said for said in self._words)

    def is_put_together(self, chinese: str) -> bool:
        """Whether it is made of words of the facts: 中环大会堂 where they say 香港大会堂 and 中环."""
        if not re.fullmatch(rf"[{HAN}]+", chinese):
            return False
        reached = {0}
        for start in range(len(chinese)):
            if start in reached:
                reached |= {end for end in range(start + 2, len(chinese) + 1) if chinese[start:end] in self.text}
        return len(chinese) in reached

    def says_in_part(self, words: str) -> bool:
        """Whether all of them stand close together in the facts: First Church for First Parish Church."""
        parts = [re.escape(word) for word in re.findall(r"[\w'&]+", in_full(plain(words)))]
        gap = r"(?:\W+[\w']+){0,2}?\W+"
        return len(parts) > 1 and any(re.search(rf"\b{gap.join(parts)}\b", said) for said in self._words)
