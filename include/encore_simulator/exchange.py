"""One request from arrival to answer: the operation, and the fault that strikes it, if one does."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from .call import JSON_TYPE, Answer, Call, ClientGone, Operation, Refusal
from .faults import Fault, Stage
from .lookalike import Lookalike

log = logging.getLogger(__name__)
HTML = b"<!doctype html><html><head><title>Please wait</title></head><body><h1>Checking your browser</h1></body></html>"


@dataclass(frozen=True)
class Delivery:
    """How an answer travels. `answer` None: the connection is dropped. `cut`: closed after half the body."""

    answer: Answer | None
    cut: bool = False
    seconds_per_byte: float = 0.0


DROPPED = Delivery(None)


async def carry_out(platform: Lookalike, operation: Operation, call: Call) -> Delivery:
    """Does what the request asks, as far as the fault that concerns it allows."""
    fault = call.fault = call.world.faults.take(call)
    if fault is None or fault.stage is Stage.CONTENT:
        answer, _ = await _handle(operation, call)
        return Delivery(answer) if answer else DROPPED
    log.info("%s %s: fault %s strikes %s", platform.name, call.account, fault.kind, operation.name)
    if fault.stage is Stage.INSTEAD:
        return await _instead(fault, platform, operation, call)
    if fault.stage is Stage.BEFORE:
        call.outlives_client = True
        await asyncio.sleep(fault.seconds(5))
        answer, _ = await _handle(operation, call)
        return Delivery(answer) if answer else DROPPED
    answer, took_effect = await _handle(operation, call)
    if answer is None:
        call.world.faults.give_back(fault)
        return DROPPED
    if fault.stage is Stage.AFTER_EFFECT:
        if not took_effect:
            call.world.faults.give_back(fault)
            call.fault = None
            return Delivery(answer)
        return await _after_effect(fault, platform, call, answer)
    return _on_answer(fault, answer)


async def _handle(operation: Operation, call: Call) -> tuple[Answer | None, bool]:
    """The operation's answer (None: the caller hung up) and whether it was carried out."""
    try:
        return await operation.handle(call), True
    except Refusal as refusal:
        return refusal.answer, False
    except ClientGone:
        return None, False


async def _instead(fault: Fault, platform: Lookalike, operation: Operation, call: Call) -> Delivery:
    if fault.kind == "lost_request" or (fault.kind == "down" and fault.args.get("how") == "closed"):
        return DROPPED
    if fault.kind == "down":
        page = b"<html><body>503 Service Temporarily Unavailable</body></html>"
        return Delivery(Answer(page, int(fault.args.get("status", 503)), {}, "text/html"))
    if fault.kind == "error_as_success":
        if operation.sham is not None:
            return Delivery(operation.sham(call))
        answer, _ = await _handle(operation, call)
        return Delivery(answer)
    if fault.kind == "logged_out":
        try:
            return Delivery(await platform.logged_out(call, fault.args))
        except Refusal as refusal:
            return Delivery(refusal.answer)
    answers = {"error": platform.error, "rate_limited": platform.rate_limited, "token_invalid": platform.token_invalid}
    return Delivery(answers[fault.kind](call, fault.args))


async def _after_effect(fault: Fault, platform: Lookalike, call: Call, answer: Answer) -> Delivery:
    if fault.kind == "lost_answer":
        return DROPPED
    if fault.kind == "cut_body":
        return Delivery(answer, cut=True)
    if fault.kind == "late_answer":
        await asyncio.sleep(fault.seconds(5))
        return Delivery(answer)
    return Delivery(platform.success_as_error(call, fault.args))


def _on_answer(fault: Fault, answer: Answer) -> Delivery:
    """Spoils the answer; which of these exist is declared in `faults.KINDS`."""
    payload = answer.payload()
    match fault.kind:
        case "slow_body":
            return Delivery(answer, seconds_per_byte=fault.seconds(1))
        case "html":
            return Delivery(Answer(HTML, int(fault.args.get("status", 200)), {}, "text/html; charset=utf-8"))
        case "truncated_json":
            body, kind = payload[: len(payload) // 2], answer.content_type
        case "wrong_content_type":
            body, kind = payload, str(fault.args.get("type", "text/plain"))
        case "huge_body":
            body, kind = payload + b" " * int(fault.args.get("bytes", 50_000_000)), JSON_TYPE
        case "wrapped_answer":
            single = isinstance(answer.body, dict) and "data" not in answer.body and answer.status == 200
            return Delivery(Answer({"data": [answer.body]}, 200, answer.headers) if single else answer)
        case "status_only" if not isinstance(answer.body, dict):
            return Delivery(answer)
        case "status_only":
            rest = {key: value for key, value in answer.body.items() if key != "status_code"}
            return Delivery(Answer(rest, answer.status, answer.headers))
        case _:
            raise AssertionError(f"{fault.kind} has no effect on an answer")
    return Delivery(Answer(body, answer.status, answer.headers, kind))
