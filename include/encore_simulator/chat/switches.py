"""The chat endpoint's switches."""

from __future__ import annotations

from ..switches import Switch

SWITCHES = (
    Switch("chat_seconds", 0.0, "How long an answer takes."),
    Switch("chat_auth", True, "Rule: a bearer token that starts with sim-, else 401 invalid_api_key."),
    Switch("chat_requests_per_minute", 0, "Requests per key in a minute, else 429; 0: no limit."),
)
