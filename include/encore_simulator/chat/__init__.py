"""An OpenAI-compatible chat endpoint, under `/openai/v1`: enough for the content service and its tests."""

from __future__ import annotations

import json
import secrets
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ..accounts import account_of_token
from ..call import Answer, Call, Operation, Refusal
from ..lookalike import Lookalike
from .filling import Filler, over_long, with_invention
from .switches import SWITCHES

INVENTION = "With special guest Lang Lang, doors 23:59, tickets 999 EUR at https://example.invalid/tickets."
MINUTE = timedelta(minutes=1)


@dataclass
class ChatState:
    """`scripted`: answers to give before any rule is asked; `answered`: how many were given."""

    scripted: deque[Any] = field(default_factory=deque)
    answered: int = 0

    def as_json(self, now: datetime) -> dict[str, Any]:
        return {"scripted": list(self.scripted), "answered": self.answered}


def failure(status: int, code: str, message: str, kind: str = "invalid_request_error") -> Answer:
    return Answer({"error": {"message": message, "type": kind, "param": None, "code": code}}, status)


def refuse(status: int, code: str, message: str) -> Refusal:
    return Refusal(failure(status, code, message))


def text_of_messages(call: Call) -> str:
    messages = call.fields.get("messages")
    return "\n".join(_text(message) for message in messages) if isinstance(messages, list) else ""


def _text(message: Any) -> str:
    content = message.get("content") if isinstance(message, dict) else None
    if isinstance(content, list):
        return "\n".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return str(content or "")


async def chat(call: Call) -> Answer:
    if call.value("chat_auth") and not call.bearer.startswith("sim-"):
        raise refuse(401, "invalid_api_key", "Incorrect API key provided.")
    limit = call.value("chat_requests_per_minute")
    if not call.world.allowances.spend(("openai", call.bearer), call.now, MINUTE, limit):
        raise refuse(429, "rate_limit_exceeded", "Rate limit reached for requests.")
    asked, messages = call.fields, call.fields.get("messages")
    if not asked.get("model") or not isinstance(messages, list) or not messages:
        raise refuse(400, "missing_required_parameter", "Missing required parameter: 'model' or 'messages'.")
    if asked.get("stream"):
        raise refuse(400, "unsupported_value", "The simulator does not stream.")
    await call.pause(call.value("chat_seconds"))
    answer = _completion(call, asked, *_content(call, asked, messages))
    if call.fault and call.fault.kind == "empty_choices":
        answer.body["choices"] = []
    return answer


def _content(call: Call, asked: dict[str, Any], messages: list[Any]) -> tuple[str | None, str | None, str]:
    """Content, refusal, finish_reason."""
    state: ChatState = call.world.parts["openai"]
    state.answered += 1
    fault = call.fault
    if fault and fault.kind == "refusal":
        return None, str(fault.args.get("text", "I'm sorry, I can't assist with that request.")), "stop"
    value = state.scripted.popleft() if state.scripted else _by_rule(asked, messages)
    if fault and fault.kind == "over_long":
        value = over_long(value, int(fault.args.get("length", 5000)))
    if fault and fault.kind == "invented_fact":
        value = with_invention(value, str(fault.args.get("text", INVENTION)))
    content = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if fault and fault.kind == "broken_json":
        return content[: len(content) // 2], None, "length"
    return content, None, "stop"


def _by_rule(asked: dict[str, Any], messages: list[Any]) -> Any:
    prompt = "\n".join(_text(one) for one in messages if isinstance(one, dict) and one.get("role") == "user")
    wanted = asked.get("response_format") or {}
    if wanted.get("type") == "json_schema":
        schema = (wanted.get("json_schema") or {}).get("schema")
        if not isinstance(schema, dict):
            raise refuse(400, "invalid_value", "Missing required parameter: 'response_format.json_schema.schema'.")
        return Filler(schema, prompt).fill(schema)
    if wanted.get("type") == "json_object":
        return {"text": prompt[:500]}
    return prompt[:1000]


def _completion(
    call: Call, asked: dict[str, Any], content: str | None, refusal: str | None, finish_reason: str
) -> Answer:
    sent, came = len(text_of_messages(call)) // 4 + 1, len(content or refusal or "") // 4 + 1
    return Answer(
        {
            "id": f"chatcmpl-{secrets.token_hex(12)}",
            "object": "chat.completion",
            "created": int(call.now.timestamp()),
            "model": asked["model"],
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": content, "refusal": refusal},
                    "logprobs": None,
                    "finish_reason": finish_reason,
                }
            ],
            "usage": {"prompt_tokens": sent, "completion_tokens": came, "total_tokens": sent + came},
        }
    )


class Chat(Lookalike):
    name, title, prefix = "openai", "OpenAI-compatible chat", "/openai"
    switches = SWITCHES
    new_state = ChatState
    operations = (Operation("chat", "POST", "/v1/chat/completions", "Write something", chat, text_of_messages),)

    def account_of(self, call: Call) -> str:
        return account_of_token(call.bearer)

    def error(self, call: Call, args: Mapping[str, Any]) -> Answer:
        status = int(args.get("status", 500))
        code, message = args.get("code", "server_error"), args.get("message", "The server had an error.")
        answer = failure(status, str(code), str(message))
        answer.headers |= args.get("headers", {})
        return answer

    def rate_limited(self, call: Call, args: Mapping[str, Any]) -> Answer:
        answer = failure(int(args.get("status", 429)), "rate_limit_exceeded", "Rate limit reached.", "requests")
        answer.headers["Retry-After"] = str(args.get("retry_after", 20))
        return answer

    def token_invalid(self, call: Call, args: Mapping[str, Any]) -> Answer:
        return failure(int(args.get("status", 401)), "invalid_api_key", "Incorrect API key provided.")

    def success_as_error(self, call: Call, args: Mapping[str, Any]) -> Answer:
        return self.error(call, args)

    def unknown_route(self, call: Call) -> Answer:
        return failure(404, "unknown_url", f"Unknown request URL: {call.method} {call.path}.")
