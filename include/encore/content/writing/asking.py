"""Asking a model: what was answered before is not asked again, and nothing is asked that the budget does not allow."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from encore.content.writing.openai_call import ModelAnswer, ModelEndpoint, WhyNot
from encore.domain.json import Json
from encore.errors import ConfigurationError, WriterUnavailableError

if TYPE_CHECKING:
    from pydantic import BaseModel

SCHEMA_TOKENS = 200
"""What servers put around a request."""


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


class Meter(Protocol):
    """Counts what calls cost. `sent` and `received` are tokens."""

    def hold(self, purpose: str, model: str, sent: int, received: int) -> int | None:
        """Set the most that a call may take aside, before it is made; None where the budget does not allow it."""

    def settle(self, held: int, tokens: dict[str, int]) -> None:
        """What it took; where nobody told, the most stays."""

    def release(self, held: int) -> None:
        """It took nothing."""

    def cost(self, tokens: dict[str, int]) -> Json:
        """In money, `{"millionths", "currency"}`; empty where no prices are set."""


class Unmetered:
    """For where nothing can be counted."""

    def hold(self, purpose: str, model: str, sent: int, received: int) -> int | None:
        return 0

    def settle(self, held: int, tokens: dict[str, int]) -> None:
        pass

    def release(self, held: int) -> None:
        pass

    def cost(self, tokens: dict[str, int]) -> Json:
        return {}


@dataclass(frozen=True)
class Asking:
    """A model, with what keeps its answers and what counts their cost."""

    endpoint: ModelEndpoint
    answers: Answers = field(default_factory=ForgottenAnswers)
    meter: Meter = field(default_factory=Unmetered)

    @property
    def model(self) -> str:
        return self.endpoint.model

    def digest(self, messages: list[dict[str, str]], shape: type[BaseModel]) -> str:
        asked = (self.endpoint.base_url, self.model, messages, shape.model_json_schema())
        return hashlib.sha256(json.dumps(asked, ensure_ascii=False, sort_keys=True).encode()).hexdigest()

    def ask(self, purpose: str, messages: list[dict[str, str]], shape: type[BaseModel]) -> ModelAnswer:
        """Raises as `ModelEndpoint.ask`. What no chat endpoint answers is not kept: it may pass."""
        asked = self.digest(messages, shape)
        if kept := self.answers.get(asked):
            return kept
        most = self.endpoint.max_tokens * (1 + self.endpoint.retries)
        sent = estimated_tokens(json.dumps([messages, shape.model_json_schema()], ensure_ascii=False))
        held = self.meter.hold(purpose, self.model, sent * (1 + self.endpoint.retries), most)
        if held is None:
            return ModelAnswer("", {}, WhyNot.OVER_BUDGET)
        answer = self._answer(held, messages, shape)
        self.meter.settle(held, answer.tokens)
        if answer.why_not != WhyNot.NO_CHAT:
            self.answers.put(asked, self.model, answer)
        return answer

    def _answer(self, held: int, messages: list[dict[str, str]], shape: type[BaseModel]) -> ModelAnswer:
        try:
            return self.endpoint.ask(messages, shape)
        except ConfigurationError:
            self.meter.release(held)
            raise
        except WriterUnavailableError as err:
            if not err.may_cost:
                self.meter.release(held)
            raise


def estimated_tokens(text: str) -> int:
    """Rather too many: Latin letters have about four bytes a token, Chinese ones two or three."""
    return len(text.encode(errors="replace")) // 2 + SCHEMA_TOKENS
