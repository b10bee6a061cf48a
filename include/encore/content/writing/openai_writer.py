"""Texts by a model, around facts that code puts in. What it cannot be brought to write well, the templates write."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field, replace

from encore.content.facts.sheet import FactSheet
from encore.content.writing.asking import Asking
from encore.content.writing.flaws import Flaw, Problem, said_again, sentences
from encore.content.writing.model_request import ModelRequest, Slot, prompt, repair_messages, slot_key
from encore.content.writing.openai_call import ModelAnswer, WhyNot
from encore.content.writing.placeholders import Filled, fill_caption, fill_invitation, own_words
from encore.content.writing.second_look import second_looks
from encore.content.writing.template_writer import TemplateWriter, flyer_text
from encore.content.writing.writer import CaptionSlot, DraftAsset, WritingPlan
from encore.domain.content import SHARED, AssetType, Language
from encore.domain.job import Platform, Touchpoint
from encore.domain.json import Json

log = logging.getLogger(__name__)

PURPOSE = "write"
MOST_REASONS = 20
"""Kept of why a text is not the model's."""
_TOLD = {
    WhyNot.NO_CHAT: "The answer was not one of a chat endpoint.",
    WhyNot.CUT_OFF: "The answer was cut off; it must be complete JSON.",
    WhyNot.NO_JSON: "The answer was not JSON of the schema.",
    WhyNot.REFUSED: "The model refused to write.",
    WhyNot.OVER_BUDGET: "The month's budget does not allow another call.",
}
_LAST = (WhyNot.REFUSED, WhyNot.OVER_BUDGET)
"""After which nothing is asked again."""


@dataclass
class _Session:
    """One campaign's conversation: what stands, what is still wrong, what it cost."""

    request: ModelRequest
    texts: dict[str, str] = field(default_factory=dict)
    own: dict[Slot, str] = field(default_factory=dict)
    """What the model itself has written of a text that stands."""
    problems: dict[str, tuple[Problem, ...]] = field(default_factory=dict)
    tokens: dict[str, int] = field(default_factory=dict)
    requests: int = 0
    asked: str = ""

    def open_slots(self) -> tuple[Slot, ...]:
        return tuple(slot for slot in self.request.slots if slot_key(slot) not in self.texts)


class OpenAIWriter:
    """Implements `Writer`. `repairs`: how often texts are sent back with what is wrong with them. `verify`: whether the
    model looks at them once more, when they stand."""

    takes_wishes = True

    def __init__(self, asking: Asking, prompt_name: str, repairs: int = 2, *, verify: bool = False) -> None:
        self._asking, self._prompt, self._repairs, self._verify = asking, prompt_name, repairs, verify

    def write(self, facts: FactSheet, plan: WritingPlan, instead_of: str = "", wish: str = "") -> list[DraftAsset]:
        slots = tuple(_typed(slot) for slot in (*plan.flyer_languages, *plan.captions))
        if not slots:
            return []
        session = _Session(ModelRequest(facts, slots, self._prompt, instead_of, plan.voice, wish))
        self._converse(session)
        looks = self._looks(session)
        in_template = {
            slot_key(_slot_of(draft)): draft for draft in TemplateWriter().write(facts, plan, instead_of=instead_of)
        }
        return [self._draft(session, slot, in_template[slot_key(slot)], looks) for slot in slots]

    def _converse(self, session: _Session) -> None:
        messages = session.request.messages()
        for _ in range(1 + self._repairs):
            slots = session.open_slots()
            answer = self._ask(session, messages, slots)
            self._take(session, slots, answer)
            if not session.open_slots() or answer.why_not in _LAST:
                return
            if answer.why_not != WhyNot.NO_CHAT:  # which has nothing to learn from
                told = {name: tuple(each.told for each in found) for name, found in session.problems.items()}
                messages = [*messages, *repair_messages(answer.content, told)]

    def _ask(self, session: _Session, messages: list[dict[str, str]], slots: tuple[Slot, ...]) -> ModelAnswer:
        shape = session.request.schema(slots)
        session.asked = session.asked or self._asking.digest(messages, shape)
        answer = self._asking.ask(PURPOSE, messages, shape)
        if answer.why_not != WhyNot.OVER_BUDGET:
            session.requests += 1
        for name, count in answer.tokens.items():
            session.tokens[name] = session.tokens.get(name, 0) + count
        return answer

    def _take(self, session: _Session, slots: tuple[Slot, ...], answer: ModelAnswer) -> None:
        """Keep each text that is right, and note what is wrong with each other one."""
        before, session.problems = session.problems, {}
        written = json.loads(answer.content) if answer.content else {}
        for slot in slots:
            name = slot_key(slot)
            if answer.content:
                found = self._taken(session, slot, written[name])
            else:
                why = WhyNot(answer.why_not)
                # What was wrong with the text is still why there is none, where no other could be asked for.
                found = (*(before.get(name, ()) if why == WhyNot.OVER_BUDGET else ()), Problem(why, _TOLD[why]))
            if found:
                session.problems[name] = found
        if session.problems:
            log.info("%d of %d texts are not taken: %s", len(session.problems), len(slots), ", ".join(session.problems))

    def _taken(self, session: _Session, slot: Slot, written: Json) -> tuple[Problem, ...]:
        filled = _filled(session.request.facts, slot, written, prompt(self._prompt))
        own = own_words("\n".join(written.values()))
        if again := _again(session, slot, filled.text, own):
            filled = Filled(filled.text, (*filled.problems, Problem(Flaw.REPEATS, again)))
        if not filled.problems:
            session.texts[slot_key(slot)], session.own[slot] = filled.text, own
        return filled.problems

    def _looks(self, session: _Session) -> dict[str, Json]:
        if not self._verify or not session.texts:
            return {}
        languages = dict.fromkeys(_language_of(slot) for slot in session.own)
        return second_looks(self._asking, session.request.facts, session.texts, languages)

    def _draft(self, session: _Session, slot: Slot, template: DraftAsset, looks: dict[str, Json]) -> DraftAsset:
        name = slot_key(slot)
        cost = self._asking.meter.cost(session.tokens)
        asked = {
            "model": self._asking.model,
            "prompt": self._prompt,
            "input_sha256": session.asked,
            "tokens": session.tokens,
            "requests": session.requests,
            "texts": len(session.request.slots),
            **({"cost": cost} if cost else {}),
        }
        if name in session.texts:
            look = {"second_look": looks[name]} if name in looks else {}
            return replace(template, content=session.texts[name], provenance={"writer": "openai", **asked, **look})
        found = session.problems.get(name, ())[:MOST_REASONS]
        why = {"why": [each.told for each in found], "flaws": list(dict.fromkeys(str(each.flaw) for each in found))}
        return replace(template, provenance={**template.provenance, "instead_of": {**asked, **why}})


def _again(session: _Session, slot: Slot, text: str, own: str) -> str:
    """How the model is told of what it has said already, in the text that is to be replaced or at another moment."""
    request = session.request
    if request.instead_of and text and sentences(text).keys() <= sentences(request.instead_of).keys():
        return "This is `instead_of` once more. Write something clearly different."
    if not isinstance(slot, CaptionSlot):
        return ""
    others = [
        words
        for other, words in session.own.items()
        if isinstance(other, CaptionSlot) and (other.touchpoint, other.language) != (slot.touchpoint, slot.language)
    ]
    again = said_again(own, others)
    return f"Another text says “{again}” already. Say it in other words." if again else ""


def _filled(facts: FactSheet, slot: Slot, written: Json, instructions: str) -> Filled:
    if isinstance(slot, CaptionSlot):
        return fill_caption(facts, slot, written["body"], written.get("headline"), instructions)
    sentence = fill_invitation(facts, slot, written["invitation"], instructions)
    return Filled(flyer_text(facts, slot, sentence.text), sentence.problems)


def _language_of(slot: Slot) -> Language:
    return slot.language if isinstance(slot, CaptionSlot) else slot


def _typed(slot: Slot) -> Slot:
    """Names as the database has them do as well as enums."""
    if isinstance(slot, CaptionSlot):
        return replace(
            slot,
            platform=Platform(slot.platform),
            touchpoint=Touchpoint(slot.touchpoint),
            language=Language(slot.language),
        )
    return Language(slot)


def _slot_of(draft: DraftAsset) -> Slot:
    if draft.asset_type == AssetType.FLYER_TEXT or draft.platform == SHARED:
        return Language(draft.language)
    return CaptionSlot(Platform(draft.platform), Touchpoint(draft.touchpoint), Language(draft.language))
