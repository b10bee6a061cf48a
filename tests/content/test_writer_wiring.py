"""Who writes: a model where an Airflow connection has its key, else the templates; and what is kept of its answers."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from encore.content.writing.asking import ForgottenAnswers, Unmetered
from encore.content.writing.model_answers import StoredAnswers
from encore.content.writing.model_spending import StoredMeter
from encore.content.writing.openai_call import ModelAnswer
from encore.content.writing.openai_writer import OpenAIWriter
from encore.content.writing.template_writer import TemplateWriter
from encore.errors import ConfigurationError
from encore.wire.redaction import redact
from encore_airflow import credentials, wiring

KEY = "sk-nobody-may-see-this"


@pytest.fixture
def connected(monkeypatch):
    """Defines the connection with these fields."""

    def define(**fields):
        found = SimpleNamespace(**{"host": None, "password": KEY, "extra_dejson": {}, **fields})
        monkeypatch.setattr(credentials, "connection", lambda conn_id: found)

    return define


def test_without_the_connection_or_without_a_key_the_templates_write(settings, connected, monkeypatch):
    def missing(conn_id):
        assert conn_id == "encore_openai"
        raise ConfigurationError("connection.undefined")

    monkeypatch.setattr(credentials, "connection", missing)
    assert isinstance(wiring.writer(settings), TemplateWriter)
    connected(password=None)
    assert isinstance(wiring.writer(settings), TemplateWriter)


def test_with_it_a_model_does_as_the_settings_say(settings, connected, store):
    connected()
    writer = wiring.writer(settings)
    assert isinstance(writer, OpenAIWriter) and isinstance(writer._asking.answers, ForgottenAnswers)
    assert isinstance(writer._asking.meter, Unmetered)
    endpoint = writer._asking.endpoint
    assert (endpoint.model, endpoint.max_tokens) == (settings.writer.model, settings.writer.max_tokens)
    assert endpoint.call_seconds == settings.writer.call_seconds
    kept = wiring.writer(settings, store)._asking
    assert isinstance(kept.answers, StoredAnswers) and isinstance(kept.meter, StoredMeter)


def test_the_connection_may_name_another_address_and_model(settings, connected):
    connected(host="https://models.school.example/v1", extra_dejson={"model": "school-model"})
    endpoint = credentials.model_endpoint(settings.writer)
    assert (endpoint.base_url, endpoint.model) == ("https://models.school.example/v1", "school-model")


def test_the_key_is_masked_from_then_on(settings, connected):
    connected()
    endpoint = credentials.model_endpoint(settings.writer)
    assert KEY not in repr(endpoint) and KEY not in redact(f"failed with {endpoint.key}")


def test_an_answer_is_kept_once(store, now):
    answers = StoredAnswers(store, lambda: now)
    assert answers.get("a" * 64) is None
    answers.put("a" * 64, "gpt-test", ModelAnswer('{"text": "音乐"}', {"sent": 3}))
    answers.put("a" * 64, "gpt-test", ModelAnswer("another", {}))
    assert answers.get("a" * 64) == ModelAnswer('{"text": "音乐"}', {"sent": 3})
    assert store.forget_model_answers(before=now, most=10) == 0
