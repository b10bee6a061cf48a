"""The OpenAI-compatible endpoint: schema-conforming answers from the user's words, scripts and faults."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

SCHEMA = {
    "type": "object",
    "properties": {
        "concert_title": {"type": "string", "maxLength": 60},
        "caption": {"type": "string", "maxLength": 120, "minLength": 20},
        "hashtags": {"type": "array", "items": {"type": "string"}, "minItems": 3, "maxItems": 5},
        "tone": {"enum": ["warm", "formal"]},
        "note": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/Note"}]},
    },
    "$defs": {"Note": {"type": "object", "properties": {"length": {"type": "integer", "minimum": 4}}}},
}
FACTS = "Write about this concert:\nConcert title: Spring Recital\nVenue: Town Hall\nWhen: 12 May 2027, 19:00"


@pytest.fixture
def ask(sim):
    def send(token: str = "sim-key", **changes: Any) -> requests.Response:
        body = {
            "model": "gpt-test",
            "messages": [{"role": "system", "content": "You write."}, {"role": "user", "content": FACTS}],
            "response_format": {"type": "json_schema", "json_schema": {"name": "copy", "schema": SCHEMA}},
            **changes,
        }
        headers = {"Authorization": f"Bearer {token}"}
        return requests.post(f"{sim.url}/openai/v1/chat/completions", json=body, headers=headers, timeout=5)

    return send


def message(answer: requests.Response) -> dict[str, Any]:
    return answer.json()["choices"][0]["message"]


def test_the_answer_conforms_and_invents_nothing(ask) -> None:
    answer = ask().json()
    written = json.loads(answer["choices"][0]["message"]["content"])
    assert written["concert_title"] == "Spring Recital"
    assert "Town Hall" in written["caption"] and 20 <= len(written["caption"]) <= 120
    assert 3 <= len(written["hashtags"]) <= 5
    assert (written["tone"], written["note"]) == ("warm", {"length": 4})
    assert answer["choices"][0]["finish_reason"] == "stop" and answer["usage"]["total_tokens"] > 0


def test_facts_may_be_json(ask) -> None:
    facts = json.dumps({"campaign": {"concert_title": "Winter Gala", "venue": "Church"}})
    written = json.loads(message(ask(messages=[{"role": "user", "content": f"Facts: {facts}"}]))["content"])
    assert written["concert_title"] == "Winter Gala" and "Church" in written["caption"]


def test_a_description_may_name_the_placeholders_to_write(ask) -> None:
    schema = {"type": "object", "properties": {"body": {"type": "string", "description": "around {title} and {link}"}}}
    wanted = {"type": "json_schema", "json_schema": {"name": "copy", "schema": schema}}
    assert json.loads(message(ask(response_format=wanted))["content"]) == {"body": "♪ {title}\n♪ {link}"}


def test_limits_of_the_schema_hold(ask) -> None:
    words = f"Concert title: {'long ' * 40}\nVenue: Town Hall"
    written = json.loads(message(ask(messages=[{"role": "user", "content": words}]))["content"])
    assert len(written["concert_title"]) == 60


def test_scripted_answers_come_first_and_in_order(sim, ask) -> None:
    for content in ("one", {"caption": "two"}):
        requests.post(f"{sim.url}/_sim/answers", json={"content": content}, timeout=5)
    assert message(ask())["content"] == "one"
    assert json.loads(message(ask())["content"]) == {"caption": "two"}
    assert "Spring Recital" in message(ask())["content"]
    assert requests.post(f"{sim.url}/_sim/answers", json={}, timeout=5).status_code == 422


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"model": ""}, 400), ({"messages": []}, 400), ({"stream": True}, 400), ({"token": "x"}, 401)],
)
def test_wrong_requests(ask, changes, status) -> None:
    answer = ask(**changes)
    assert answer.status_code == status and answer.json()["error"]["code"]


def test_faults_of_the_text(sim, ask) -> None:
    sim.fault("openai", "chat", "refusal")
    assert message(ask())["content"] is None
    sim.fault("openai", "chat", "over_long", args={"length": 3000})
    assert len(json.loads(message(ask())["content"])["caption"]) >= 3000
    sim.fault("openai", "chat", "invented_fact", args={"text": "Free champagne."}, contains="Spring")
    assert "Free champagne." in message(ask())["content"]
    sim.fault("openai", "chat", "broken_json")
    broken = ask().json()["choices"][0]
    assert broken["finish_reason"] == "length"
    with pytest.raises(json.JSONDecodeError):
        json.loads(broken["message"]["content"])


def test_faults_of_the_wire(sim, ask) -> None:
    sim.fault("openai", "chat", "rate_limited", args={"retry_after": 3})
    answer = ask()
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3")
    sim.fault("openai", "chat", "error", args={"status": 503})
    assert ask().status_code == 503
    sim.fault("openai", "chat", "lost_answer")
    with pytest.raises(requests.ConnectionError):
        ask()
