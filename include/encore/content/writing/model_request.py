"""One request to a model for the texts of a campaign: the messages, and the schema of the answer.

The schema has a property for each text, so that an answer holds all of them. Descriptions name the placeholders.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, create_model

from encore.content.facts.sheet import FactSheet
from encore.content.writing.placeholders import MOST_INVITATION, placeholders
from encore.content.writing.writer import CaptionSlot
from encore.domain.content import Language, Voice
from encore.domain.json import Json
from encore.platforms.limits import LIMITS
from encore.words import ENGLISH
from encore.words.sentence import Words

Slot = CaptionSlot | Language
"""A caption, or the flyer in a language."""

SAY = Words(ENGLISH).say

_STRICT = ConfigDict(extra="forbid")


@cache
def prompt(name: str) -> str:
    return (Path(__file__).with_name("prompts") / f"{name}.md").read_text(encoding="utf-8")


def slot_key(slot: Slot) -> str:
    """The property's name in the answer."""
    if isinstance(slot, CaptionSlot):
        key = f"{slot.platform}_{slot.touchpoint}_{slot.language}"
    else:
        key = f"flyer_{slot}"
    return key.replace("-", "_")


@dataclass(frozen=True)
class ModelRequest:
    """`instead_of`: what the only slot's text is, to be written differently; `wish`: how, as a person asks for it."""

    facts: FactSheet
    slots: tuple[Slot, ...]
    prompt_name: str
    instead_of: str = ""
    voice: Voice = Voice.WARM
    wish: str = ""

    def messages(self) -> list[dict[str, str]]:
        asked = {
            "voice": self.voice,
            "texts": {slot_key(slot): self._task(slot) for slot in self.slots},
            "concert": {
                "title": self.facts.title,
                "where": self.facts.venue,
                "online": self.facts.online,
                "highlights": self.facts.highlights,
                **self.facts.details.details,
            },
        }
        if self.instead_of:
            asked["instead_of"] = self.instead_of
        if self.wish:
            asked["wish"] = self.wish
        return [
            {"role": "system", "content": prompt(self.prompt_name)},
            {"role": "user", "content": json.dumps(asked, ensure_ascii=False, indent=1)},
        ]

    def schema(self, slots: tuple[Slot, ...]) -> type[BaseModel]:
        """The answer for some of the slots."""
        fields: Json = {slot_key(slot): (self._shape(slot), ...) for slot in slots}
        return create_model("Texts", __config__=_STRICT, **fields)

    def _task(self, slot: Slot) -> Json:
        if not isinstance(slot, CaptionSlot):
            task = "One inviting sentence for the flyer, between the facts and the highlights."
            return {
                "task": task,
                "language": slot,
                "placeholders": ["{title}"],
                "at_most": f"{MOST_INVITATION} characters",
            }
        limits = LIMITS[slot.platform]
        may, needed = placeholders(self.facts, slot)
        texts = [limits.text] if limits.photo_text is None else [limits.text, limits.photo_text]
        task = {
            "platform": slot.platform,
            "moment": slot.touchpoint,
            "language": slot.language,
            "habits": limits.habits,
            "placeholders": [f"{{{name}}}" for name in may],
            "needed": [f"{{{name}}}" for name in needed],
            "body_at_most": f"{min(limit.most for limit in texts)} {SAY(f'unit.{limits.text.unit}')}",
        }
        if limits.title:
            task["headline_at_most"] = f"{limits.title.most} {SAY(f'unit.{limits.title.unit}')}"
        return task

    def _shape(self, slot: Slot) -> type[BaseModel]:
        if not isinstance(slot, CaptionSlot):
            return create_model(
                "Flyer",
                __config__=_STRICT,
                invitation=(str, Field(description="One sentence that invites to {title}.")),
            )
        _, needed = placeholders(self.facts, slot)
        around = " ".join(f"{{{name}}}" for name in needed)
        fields: Json = {"body": (str, Field(description=f"The post around {around}"))}
        if LIMITS[slot.platform].title:
            fields = {"headline": (str, Field(description="One line with {title}")), **fields}
        return create_model(f"Caption_{slot_key(slot)}", __config__=_STRICT, **fields)


def repair_messages(answer: str, problems: dict[str, tuple[str, ...]]) -> list[dict[str, str]]:
    """What is sent after an answer that cannot be used, with the exact reasons by text."""
    told = {"problems": problems, "task": "Write these texts again, without these problems."}
    said = [{"role": "assistant", "content": answer}] if answer else []
    return [*said, {"role": "user", "content": json.dumps(told, ensure_ascii=False, indent=1)}]
