"""A write that is sent twice under one key is done once, and both get the same answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from encore.errors import KeyReusedError
from encore.store.store import Store


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, as it is kept for the key. `body` is JSON."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)
    replayed: bool = False


def answered_once(
    store: Store, person: str, key: str, request_sha256: str, now: datetime, do: Callable[[], Answer]
) -> Answer:
    """Do it, unless this person's `key` has an answer already. What is done and its answer are one transaction.

    A refusal (any error) is not kept: nothing was done, so the same key may be used again. Of requests that come
    together, the second waits for the first. Raises `KeyReusedError` for the same key with another request.
    """
    with store.transaction():
        if store.open_api_key(person=person, key=key, request_sha256=request_sha256, now=now):
            answer = do()
            # As text: jsonb would put the fields of the answer into an order of its own.
            kept = {"body": json.dumps(answer.body), "headers": answer.headers}
            store.keep_answer_of_api_key(person=person, key=key, status=answer.status, answer=kept)
            return answer
        known = store.answer_of_api_key(person=person, key=key)
    if known.request_sha256 != request_sha256:
        raise KeyReusedError(
            "This Idempotency-Key was used for another request.", "Make a new key for each thing to do.",
            field="Idempotency-Key",
        )  # fmt: skip
    return Answer(known.status, json.loads(known.answer["body"]), known.answer["headers"], replayed=True)
