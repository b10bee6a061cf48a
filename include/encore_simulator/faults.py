"""Faults: what can be made to go wrong, for which request, how often."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol


class FaultError(ValueError):
    """A fault that could never strike; the control API answers 422 with this text."""


class Stage(Enum):
    """When a fault strikes, relative to the effect of the request."""

    INSTEAD = "instead of the effect"
    BEFORE = "before the effect"
    AFTER_EFFECT = "after the effect, and only if there was one"
    ANSWER = "on the answer, whatever it is (the effect takes place)"
    POST = "on the post that the request makes or concerns"
    CONTENT = "on the text that the chat model writes"


class Concerned(Protocol):
    """What a fault looks at of a request."""

    platform: str
    operation: str
    account: str
    text: str


@dataclass(frozen=True)
class FaultKind:
    name: str
    stage: Stage
    description: str
    args: Mapping[str, str] = field(default_factory=dict)
    platforms: tuple[str, ...] = ("tiktok", "instagram", "facebook", "xiaohongshu", "openai")


META = ("instagram", "facebook")
SOCIAL = ("tiktok", "instagram", "facebook", "xiaohongshu")
ERROR_ARGS = {
    "code": "the platform's error code (Instagram: the number)",
    "subcode": "Instagram error_subcode",
    "details": "Xiaohongshu details, any JSON",
    "message": "error text",
    "status": "HTTP status, else the documented one",
    "headers": 'extra headers, e.g. {"Retry-After": "30"}',
    "transient": "Instagram is_transient",
}

KINDS = {
    kind.name: kind
    for kind in (
        FaultKind("error", Stage.INSTEAD, "Any error of the platform, documented or not.", ERROR_ARGS),
        FaultKind(
            "rate_limited",
            Stage.INSTEAD,
            "The platform's own throttling answer (TikTok and OpenAI 429, Instagram 80002 with the regain minutes in "
            "X-Business-Use-Case-Usage; Xiaohongshu 429 as from a proxy in front of it).",
            {"retry_after": "seconds; sent as Retry-After, on Instagram as minutes", "status": "HTTP status"},
        ),
        FaultKind(
            "token_invalid",
            Stage.INSTEAD,
            "The platform's own authentication error.",
            {"subcode": "Instagram: 458, 459, 460, 463 (default), 464, 467, 492", "status": "HTTP status"},
        ),
        FaultKind(
            "logged_out",
            Stage.INSTEAD,
            "The browser session is gone: status false, slow failures.",
            {"panic": "true: publish ends as INTERNAL_ERROR instead of PUBLISH_FAILED"},
            ("xiaohongshu",),
        ),
        FaultKind("lost_request", Stage.INSTEAD, "The connection drops; nothing has happened."),
        FaultKind(
            "down",
            Stage.INSTEAD,
            "503 from the gateway; use operation * and times 0 for all requests.",
            {
                "how": '"status" (default) or "closed": the connection is closed instead',
                "status": "HTTP status, default 503",
            },
        ),
        FaultKind("error_as_success", Stage.INSTEAD, "Answers success, does nothing."),
        FaultKind(
            "late_effect",
            Stage.BEFORE,
            "Waits, then does it even if the caller has gone, then answers.",
            {"seconds": "default 5"},
        ),
        FaultKind("lost_answer", Stage.AFTER_EFFECT, "Does it, then drops the connection."),
        FaultKind("cut_body", Stage.AFTER_EFFECT, "Does it, then closes in the middle of the body."),
        FaultKind("late_answer", Stage.AFTER_EFFECT, "Does it at once, answers later.", {"seconds": "default 5"}),
        FaultKind(
            "success_as_error",
            Stage.AFTER_EFFECT,
            "Does it, then answers an error: Instagram 4/2207051, Xiaohongshu INTERNAL_ERROR, TikTok and OpenAI 500, "
            'or the one in args (Xiaohongshu: {"code": "PUBLISH_FAILED"} gives 发布未确认成功).',
            ERROR_ARGS,
        ),
        FaultKind("slow_body", Stage.ANSWER, "The body comes one byte at a time.", {"seconds": "per byte, default 1"}),
        FaultKind("html", Stage.ANSWER, "An HTML page instead of JSON.", {"status": "default 200"}),
        FaultKind("truncated_json", Stage.ANSWER, "The first half of the JSON, as a complete body."),
        FaultKind("wrong_content_type", Stage.ANSWER, "The right body, another type.", {"type": "default text/plain"}),
        FaultKind("huge_body", Stage.ANSWER, "The JSON grows by white space.", {"bytes": "default 50,000,000"}),
        FaultKind("wrapped_answer", Stage.ANSWER, 'Single objects come as {"data": [...]}.', {}, META),
        FaultKind("status_only", Stage.ANSWER, "status without status_code.", {}, META),
        FaultKind(
            "processing_for_ever",
            Stage.POST,
            "The post never leaves processing.",
            {},
            ("tiktok", *META),
        ),
        FaultKind(
            "processing_seconds",
            Stage.POST,
            "The post takes this long.",
            {"seconds": "how long"},
            ("tiktok", *META),
        ),
        FaultKind(
            "fail_processing",
            Stage.POST,
            "Processing ends in failure.",
            {"reason": "TikTok fail_reason, default internal", "subcode": "Instagram, default 2207082"},
            ("tiktok", *META),
        ),
        FaultKind("listing_delay", Stage.POST, "Listed this much later.", {"seconds": "default 60"}, SOCIAL),
        FaultKind("refusal", Stage.CONTENT, "message.refusal, no content.", {"text": "the refusal"}, ("openai",)),
        FaultKind("over_long", Stage.CONTENT, "Strings far over every limit.", {"length": "default 5000"}, ("openai",)),
        FaultKind("invented_fact", Stage.CONTENT, "A fact that the prompt does not hold.", {"text": "it"}, ("openai",)),
        FaultKind("empty_choices", Stage.CONTENT, "An answer without any choice.", {}, ("openai",)),
        FaultKind("broken_json", Stage.CONTENT, "Content cut in half, finish_reason length.", {}, ("openai",)),
    )
}


@dataclass
class Fault:
    """A fault as set; `times` is what is left of it, None without end."""

    id: int
    platform: str
    operation: str
    kind: str
    account: str | None
    contains: str | None
    times: int | None
    args: dict[str, Any]
    struck: int = 0

    @property
    def stage(self) -> Stage:
        return KINDS[self.kind].stage

    def concerns(self, call: Concerned) -> bool:
        return (
            self.times != 0
            and self.platform == call.platform
            and self.operation in ("*", call.operation)
            and self.account in (None, call.account)
            and (self.contains is None or self.contains in call.text)
        )

    def seconds(self, default: float) -> float:
        return float(self.args.get("seconds", default))

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "platform": self.platform,
            "account": self.account,
            "operation": self.operation,
            "contains": self.contains,
            "fault": self.kind,
            "times": self.times or 0,
            "args": self.args,
            "struck": self.struck,
        }


class FaultBook:
    """The faults in force, oldest first. A fault that has struck often enough is gone."""

    def __init__(self, operations: Mapping[str, tuple[str, ...]]) -> None:
        self._operations = operations
        self._faults: list[Fault] = []
        self._ids = itertools.count(1)

    def add(self, asked: Mapping[str, Any]) -> Fault:
        unknown = set(asked) - {"platform", "account", "operation", "contains", "fault", "times", "args"}
        if unknown:
            raise FaultError(f"unknown fields: {', '.join(sorted(unknown))}")
        platform, operation, name = asked.get("platform"), asked.get("operation"), asked.get("fault")
        if platform not in self._operations:
            raise FaultError(f"platform is one of {', '.join(self._operations)}")
        if operation != "*" and operation not in self._operations[platform]:
            raise FaultError(f"operation of {platform} is * or one of {', '.join(self._operations[platform])}")
        kind = KINDS.get(str(name))
        if kind is None or platform not in kind.platforms:
            possible = [kind.name for kind in KINDS.values() if platform in kind.platforms]
            raise FaultError(f"fault of {platform} is one of {', '.join(possible)}")
        args, times = asked.get("args") or {}, asked.get("times", 1)
        if not isinstance(args, dict) or set(args) - set(kind.args):
            raise FaultError(f"args of {kind.name} are {', '.join(kind.args) or 'none'}")
        if type(times) is not int or times < 0:
            raise FaultError("times is a whole number; 0 means for ever")
        fault = Fault(
            next(self._ids),
            platform,
            operation,
            kind.name,
            asked.get("account"),
            asked.get("contains"),
            times or None,
            dict(args),
        )
        self._faults.append(fault)
        return fault

    def take(self, call: Concerned) -> Fault | None:
        """The oldest fault that concerns this call, used up by one; POST faults are left for `take_shaping`."""
        for fault in self._faults:
            if fault.stage is not Stage.POST and fault.concerns(call):
                return self._use(fault)
        return None

    def take_shaping(self, call: Concerned) -> list[Fault]:
        return [self._use(fault) for fault in list(self._faults) if fault.stage is Stage.POST and fault.concerns(call)]

    def give_back(self, fault: Fault) -> None:
        """The fault waits for an effect and there was none: it strikes the next one instead."""
        fault.struck -= 1
        if fault.times is not None:
            fault.times += 1
            if fault not in self._faults:
                self._faults.insert(0, fault)

    def _use(self, fault: Fault) -> Fault:
        fault.struck += 1
        if fault.times is not None:
            fault.times -= 1
            if fault.times == 0:
                self._faults.remove(fault)
        return fault

    def remove(self, fault_id: int | None = None) -> int:
        kept = [fault for fault in self._faults if fault_id is not None and fault.id != fault_id]
        removed, self._faults = len(self._faults) - len(kept), kept
        return removed

    def as_json(self) -> list[dict[str, Any]]:
        return [fault.as_json() for fault in self._faults]
