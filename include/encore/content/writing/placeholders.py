"""A model's text with placeholders: what is wrong with it, and the finished text.

The model writes `{title}` where the title belongs; code puts the facts in. Every problem is a sentence that is sent
back to the model, and names what to change.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from encore.content.facts.fact_check import check_facts, stated_facts
from encore.content.facts.sheet import FactSheet
from encore.content.shorten import shorten
from encore.content.writing.caption import Caption
from encore.content.writing.conduct import unfit
from encore.content.writing.facts_said import facts_said
from encore.content.writing.flaws import Flaw, Problem
from encore.content.writing.hashtags import hashtags
from encore.content.writing.language_check import in_another_language
from encore.content.writing.limits_check import problems, usage
from encore.content.writing.manners import talks_about_itself, without_markup
from encore.content.writing.writer import CaptionSlot
from encore.domain.content import Language
from encore.domain.job import Touchpoint
from encore.domain.written import without_marks
from encore.platforms.limits import LIMITS

MOST_INVITATION = 140
"""Characters of the flyer's one sentence."""
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_SAME = {"title": ("title", "quoted_title"), "when": ("when", "date", "time")}
_MEDIA_KINDS = ("image", "video")


@dataclass(frozen=True)
class Filled:
    """`text` is what can be posted; with any `problems` it must not be."""

    text: str
    problems: tuple[Problem, ...]


def placeholders(facts: FactSheet, slot: CaptionSlot) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names that a caption may use, and those among them that it needs."""
    said = facts_said(facts, slot)
    may = tuple(name for name, value in said.items() if value)
    return may, tuple(name for name in ("title", "when", "where", "watch_link", "highlights", "link") if said[name])


def fill_caption(
    facts: FactSheet, slot: CaptionSlot, body: str, headline: str | None, instructions: str = ""
) -> Filled:
    """`headline`: the post's own title, where the platform has one. Hashtags are added, as the facts give them.
    `instructions`: what the model was told, which is no post."""
    said = facts_said(facts, slot)
    may, needed = placeholders(facts, slot)
    body, headline = _clean(body), None if headline is None else " ".join(_clean(headline).split())
    whole = f"{headline or ''}\n{body}"
    found = [*_form(whole, may), *_manners(whole, slot.language, instructions)]
    if about := talks_about_itself(body):
        found.append(Problem(Flaw.FORM, f"Write the post alone, without “{about}”."))
    if not body:
        found.append(Problem(Flaw.FORM, "The body is empty."))
    if headline == "":
        found.append(Problem(Flaw.FORM, "The headline is empty."))
    used = set(_PLACEHOLDER.findall(body))
    for name in needed:
        if not used.intersection(_SAME.get(name, (name,))) or (name == "when" and not _says_when(used)):
            found.append(Problem(Flaw.FORM, f"The body must hold {{{name}}}."))
    if found:
        return Filled("", tuple(found))
    title = None if headline is None else _headline(headline, said, slot)
    try:
        text = _caption(facts, slot, body, title, said).render()
    except ValueError as err:
        return Filled("", (Problem(Flaw.FORM, f"It cannot be posted like this: {err}."),))
    refused = [
        Problem(Flaw.LIMITS, str(problem.said))
        for kind in _MEDIA_KINDS
        for problem in problems(slot.platform, text, kind)
    ]
    return Filled(text, tuple(dict.fromkeys([*refused, *_unsupported(text, facts, slot.touchpoint, slot.on)])))


def fill_invitation(facts: FactSheet, language: Language, sentence: str, instructions: str = "") -> Filled:
    """The flyer's sentence between the facts and the highlights. Only the title may be put in."""
    said = {name: value for name, value in vars(facts.in_language(language)).items() if "title" in name}
    sentence = " ".join(_clean(sentence).split())
    found = [*_form(sentence, tuple(said)), *_manners(sentence, language, instructions)]
    if not sentence:
        found.append(Problem(Flaw.FORM, "The invitation is empty."))
    text = _PLACEHOLDER.sub(lambda match: said.get(match[1], ""), sentence)
    if len(text) > MOST_INVITATION:
        too_long = f"The invitation is too long by {len(text) - MOST_INVITATION} characters."
        found.append(Problem(Flaw.LIMITS, too_long))
    return Filled(text, (*found, *_unsupported(text, facts, Touchpoint.ANNOUNCEMENT)))


def own_words(text: str) -> str:
    """What of it a model wrote itself."""
    return _PLACEHOLDER.sub(" ", _clean(text))


def _unsupported(text: str, facts: FactSheet, touchpoint: Touchpoint, on: date | None = None) -> list[Problem]:
    return [Problem(Flaw.FACTS, str(finding.said)) for finding in check_facts(text, facts, touchpoint, on)]


def _form(text: str, may: tuple[str, ...]) -> list[Problem]:
    unknown = sorted(set(_PLACEHOLDER.findall(text)) - set(may))
    found = [f"There is no placeholder {{{name}}} for this text." for name in unknown]
    bare = _PLACEHOLDER.sub(" ", text)
    if re.search(r"[{}]", bare):
        found.append("Braces are for placeholders only.")
    if re.search(r"[#＃]", bare):
        found.append("Leave out hashtags; they are added.")
    typed = dict.fromkeys(claim.text for claim in stated_facts(bare))
    return [Problem(Flaw.FORM, told) for told in found] + [
        Problem(Flaw.FACTS, f"Do not type “{words}”; facts come from placeholders only.") for words in typed
    ]


def _manners(text: str, language: Language, instructions: str) -> list[Problem]:
    bare = _PLACEHOLDER.sub(" ", text)
    found = [Problem(Flaw.CONDUCT, told) for told in unfit(bare, instructions)]
    if in_another_language(bare, language):
        found.append(Problem(Flaw.LANGUAGE, f"Write it in its language, which is {language}."))
    return found


def _says_when(used: set[str]) -> bool:
    return "when" in used or {"date", "time"} <= used


def _headline(headline: str, said: dict[str, str], slot: CaptionSlot) -> str:
    """The concert's title cut to the room that the headline's own words leave."""
    limit = LIMITS[slot.platform].title
    if limit is None:
        return _fill(headline, said).strip()
    names = {name: "" for name in _SAME["title"]}
    room = limit.most - limit.count(_fill(headline, {**said, **names}))
    cut = {name: shorten(said[name], room, limit.count, sentences=False) for name in names}
    return _fill(headline, {**said, **cut}).strip()


def _caption(facts: FactSheet, slot: CaptionSlot, body: str, title: str | None, said: dict[str, str]) -> Caption:
    tags = hashtags(facts, slot.language, LIMITS[slot.platform].manner.tags)
    without = Caption(_fill(body, {**said, "highlights": ""}).strip(), title, tags).render()
    room = min(use.left for kind in _MEDIA_KINDS for use in usage(slot.platform, without, kind) if use.field == "text")
    room = min(room, LIMITS[slot.platform].manner.highlights)
    highlights = shorten(said["highlights"], room, LIMITS[slot.platform].text.count)
    return Caption(_fill(body, {**said, "highlights": highlights}).strip(), title, tags)


def _fill(template: str, said: dict[str, str]) -> str:
    """Facts are put in once, so that braces within them stay what they are."""
    return _PLACEHOLDER.sub(lambda match: said.get(match[1], match[0]), template)


def _clean(text: str) -> str:
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    text = without_markup(without_marks(text))
    text = "".join(char for char in text if char == "\n" or unicodedata.category(char) not in ("Cc", "Cs"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in text.split("\n"))).strip()
