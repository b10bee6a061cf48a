"""Answers of the model that writes, kept in the database: the same question is not paid for twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from encore.content.writing.openai_call import ModelAnswer
from encore.store.store import Store


@dataclass(frozen=True)
class StoredAnswers:
    """Implements `Answers`."""

    store: Store
    now: Callable[[], datetime]

    def get(self, asked: str) -> ModelAnswer | None:
        row = self.store.model_answer(asked=asked)
        return ModelAnswer(row.content, row.tokens, row.why_not) if row else None

    def put(self, asked: str, model: str, answer: ModelAnswer) -> None:
        self.store.put_model_answer(
            asked=asked,
            model=model,
            content=answer.content,
            why_not=answer.why_not,
            tokens=answer.tokens,
            now=self.now(),
        )
