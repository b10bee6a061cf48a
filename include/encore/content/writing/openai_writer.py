"""Texts by a model, around facts that code puts in. What it cannot be brought to write well, the templates write."""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass, field, replace
from typing import Protocol

from encore.content.facts.sheet import FactSheet
from encore.content.writing.model_request import ModelRequest, Slot, repair_messages, slot_key
from encore.content.writing.openai_call import ModelAnswer, ModelEndpoint
from encore.content.writing.placeholders import Filled, fill_caption, fill_invitation
from encore.content.writing.template_writer import TemplateWriter, flyer_text
from encore.content.writing.writer import CaptionSlot, DraftAsset, WritingPlan
from encore.domain.content import SHARED, AssetType, Language
from encore.domain.job import Platform, Touchpoint
from encore.domain.json import Json

log = logging.getLogger(__name__)

MOST_REASONS = 20
"""Kept of why a text is not the model's."""


class Answers(Protocol):
    """Answers that were paid for, by the digest of what was asked."""

    def get(self, asked: str) -> ModelAnswer | None: ...
    def put(self, asked: str, model: str, answer: ModelAnswer) -> None: ...


class ForgottenAnswers:
    """For where nothing can be kept."""

    def get(self, asked: str) -> ModelAnswer | None:
        return None

    def put(self, asked: str, model: str, answer: ModelAnswer) -> None:
        pass


@dataclass
class _Session:
    """One campaign's conversation: what stands, what is still wrong, what it cost."""

    request: ModelRequest
    texts: dict[str, str] = field(default_factory=dict)
    problems: dict[str, tuple[str, ...]] = field(default_factory=dict)
    tokens: dict[str, int] = field(default_factory=dict)
    requests: int = 0
    asked: str = ""

    def open_slots(self) -> tuple[Slot, ...]:
        return tuple(slot for slot in self.request.slots if slot_key(slot) not in self.texts)


class OpenAIWriter:
    """Implements `Writer`. `repairs`: how often texts are sent back with what is wrong with them."""

    def __init__(
        self, endpoint: ModelEndpoint, prompt_name: str, repairs: int = 2, answers: Answers | None = None
    ) -> None:
        self._endpoint, self._prompt, self._repairs = endpoint, prompt_name, repairs
        self._answers = ForgottenAnswers() if answers is None else answers

    def write(self, facts: FactSheet, plan: WritingPlan, instead_of: str = "") -> list[DraftAsset]:
        slots = tuple(_typed(slot) for slot in (*plan.flyer_languages, *plan.captions))
        if not slots:
            return []
        session = _Session(ModelRequest(facts, slots, self._prompt, instead_of, plan.voice))
        self._converse(session)
        in_template = {slot_key(_slot_of(draft)): draft for draft in TemplateWriter().write(facts, plan)}
        return [self._draft(session, slot, in_template[slot_key(slot)]) for slot in slots]

    def _converse(self, session: _Session) -> None:
        messages = session.request.messages()
        for _ in range(1 + self._repairs):
            slots = session.open_slots()
            answer = self._ask(session, messages, slots)
            if answer.why_not == "refused":
                session.problems = {slot_key(slot): ("The model refused to write.",) for slot in slots}
                return
            self._take(session, slots, answer)
            if not session.open_slots():
                return
            messages = [*messages, *repair_messages(answer.content, session.problems)]

    def _ask(self, session: _Session, messages: list[dict[str, str]], slots: tuple[Slot, ...]) -> ModelAnswer:
        shape = session.request.schema(slots)
        asked = _digest(self._endpoint.base_url, self._endpoint.model, messages, shape.model_json_schema())
        session.asked = session.asked or asked
        answer = self._answers.get(asked)
        if answer is None:
            answer = self._endpoint.ask(messages, shape)
            self._answers.put(asked, self._endpoint.model, answer)
        session.requests += 1
        for name, count in answer.tokens.items():
            session.tokens[name] = session.tokens.get(name, 0) + count
        return answer

    def _take(self, session: _Session, slots: tuple[Slot, ...], answer: ModelAnswer) -> None:
        """Keep each text that is right, and note what is wrong with each other one."""
        session.problems = {}
        written = json.loads(answer.content) if answer.content else {}
        for slot in slots:
            name = slot_key(slot)
            filled = Filled("", (answer.why_not,))
            if answer.content:
                filled = _filled(session.request.facts, slot, written[name])
            if filled.problems:
                session.problems[name] = filled.problems
            else:
                session.texts[name] = filled.text
        if session.problems:
            log.info("%d of %d texts are sent back: %s", len(session.problems), len(slots), ", ".join(session.problems))

    def _draft(self, session: _Session, slot: Slot, template: DraftAsset) -> DraftAsset:
        name = slot_key(slot)
        asked = {
            "model": self._endpoint.model,
            "prompt": self._prompt,
            "input_sha256": session.asked,
            "tokens": session.tokens,
            "requests": session.requests,
        }
        if name in session.texts:
            return replace(template, content=session.texts[name], provenance={"writer": "openai", **asked})
        why = list(session.problems.get(name, ()))[:MOST_REASONS]
        return replace(template, provenance={**template.provenance, "instead_of": {**asked, "why": why}})


def _filled(facts: FactSheet, slot: Slot, written: Json) -> Filled:
    if isinstance(slot, CaptionSlot):
        return fill_caption(facts, slot, written["body"], written.get("headline"))
    sentence = fill_invitation(facts, slot, written["invitation"])
    return Filled(flyer_text(facts, slot, sentence.text), sentence.problems)


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


def _digest(*asked: object) -> str:
    return hashlib.sha256(json.dumps(asked, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
