"""A write that is sent twice under one key is done once, and both get the same answer."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from encore.errors import InProgressError, KeyReusedError, StoreUnavailableError
from encore.store.store import Store

log = logging.getLogger(__name__)

RESERVED_FOR = timedelta(minutes=10)
"""How long a key whose work has not ended is believed to be at work; after that its process is gone. Longer than an
import, an upload to a bucket or a model takes."""


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, as it is kept for the key. `body` is JSON."""

    status: int
    body: object
    headers: dict[str, str] = field(default_factory=dict)
    replayed: bool = False


@dataclass(frozen=True)
class Request:
    """What a `person` sent under a `key`, told from anything else by its `sha256`, at the moment `at`."""

    person: str
    key: str
    sha256: str
    at: datetime


def answered_once(store: Store, request: Request, do: Callable[[], Answer]) -> Answer:
    """Do it, unless this person's key has an answer already. What is done and its answer are one transaction, so `do`
    waits for nobody but the database.

    A refusal (any error) is not kept: nothing was done, so the same key may be used again. Of requests that come
    together, the second waits for the first. Raises `KeyReusedError` for the same key with another request.
    """
    with store.transaction():
        if _reserved(store, request):
            answer = do()
            _keep(store, request, answer)
            return answer
    return _known(store, request)


def answered_once_in_steps(store: Store, request: Request, do: Callable[[], Answer]) -> Answer:
    """The same for what takes its time: `do` runs in transactions of its own, and must be harmless if it is done again.

    The key is reserved first. While its work is not done, the same request gets an `InProgressError`. A process that
    dies at it leaves the reservation behind, which lapses, and then the same request is done again.
    """
    if not _reserved(store, request):
        return _known(store, request)
    try:
        answer = do()
    except Exception:
        _give_back(store, request)
        raise
    _keep(store, request, answer)
    return answer


def _reserved(store: Store, request: Request) -> bool:
    """Whether the key is this request's alone from now on."""
    told = {"person": request.person, "key": request.key, "request_sha256": request.sha256, "now": request.at}
    return bool(store.open_api_key(**told) or store.take_over_api_key(**told, lapsed=request.at - RESERVED_FOR))


def _keep(store: Store, request: Request, answer: Answer) -> None:
    # As text: jsonb would put the fields of the answer into an order of its own.
    kept = {"body": json.dumps(answer.body), "headers": answer.headers}
    store.keep_answer_of_api_key(
        person=request.person, key=request.key, reserved_at=request.at, status=answer.status, answer=kept
    )


def _give_back(store: Store, request: Request) -> None:
    try:
        store.give_back_api_key(person=request.person, key=request.key, reserved_at=request.at)
    except StoreUnavailableError:
        log.warning("a reserved key could not be given back; it lapses in %s", RESERVED_FOR)


def _known(store: Store, request: Request) -> Answer:
    known = store.answer_of_api_key(person=request.person, key=request.key)
    if known is not None and known.request_sha256 != request.sha256:
        raise KeyReusedError("api.key_reused", field="Idempotency-Key")
    if known is None or known.status is None or known.answer is None:
        raise InProgressError("api.key_in_progress")
    return Answer(known.status, json.loads(known.answer["body"]), known.answer["headers"], replayed=True)
