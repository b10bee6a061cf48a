"""What the facts do not support, as the API tells it and has it confirmed."""

from __future__ import annotations

import pytest


@pytest.fixture
def doubtful(api, written):
    """A campaign with one caption that states a price; and what the edit was answered."""
    asset_id = f"{written}.caption.instagram.reminder.en"
    edit = {"assets": [{"asset_id": asset_id, "content": "Tickets: 10 EUR.", "version": 1}]}
    return written, api.ok("PATCH", f"/campaigns/{written}/content", json=edit)


def test_edit_content_and_preview_list_each_statement_with_its_key(api, doubtful):
    campaign_id, edited = doubtful
    [found] = edited["unsupported_facts"]
    assert found["key"] == f"fact:{campaign_id}.caption.instagram.reminder.en@2:price:10 EUR"
    assert (found["kind"], found["text"], found["start"], found["end"]) == ("price", "10 EUR", 9, 15)
    assert (found["asset_id"], found["version"]) == (f"{campaign_id}.caption.instagram.reminder.en", 2)
    assert "“10 EUR”" in found["message"]
    for path in ("content", "preview"):
        assert api.ok("GET", f"/campaigns/{campaign_id}/{path}")["unsupported_facts"] == [found]


def test_supported_content_lists_nothing(api, written):
    assert api.ok("GET", f"/campaigns/{written}/content")["unsupported_facts"] == []


def test_scheduling_is_refused_until_it_is_confirmed(api, doubtful, approval):
    campaign_id, edited = doubtful
    asked = {**approval, "content_sha256": edited["content_sha256"]}
    for given in ([], ["fact:something"]):
        said = api.problem(422, "POST", f"/campaigns/{campaign_id}/schedule", json={**asked, "confirmed_facts": given})
        assert said["field"] == "confirmed_facts" and "“10 EUR”" in said["detail"]
    assert api.ok("GET", f"/campaigns/{campaign_id}/jobs")["items"] == []
    key = edited["unsupported_facts"][0]["key"]
    done = api.ok("POST", f"/campaigns/{campaign_id}/schedule", json={**asked, "confirmed_facts": [key]})
    assert len(done["jobs"]) == 9
    assert done["approval"]["confirmations"] == ["tiktok_music_usage", key]


def test_a_key_has_a_length(api, written, approval):
    asked = {**approval, "content_sha256": "0" * 64, "confirmed_facts": ["x" * 401]}
    assert api.problem(422, "POST", f"/campaigns/{written}/schedule", json=asked)["field"] == "confirmed_facts.0"


def test_a_writer_that_is_away_is_a_503(api, written, monkeypatch):
    from encore.content.writing.template_writer import TemplateWriter
    from encore.errors import WriterUnavailableError

    def away(*args, **more):
        raise WriterUnavailableError("writer.asks_to_wait")

    monkeypatch.setattr(TemplateWriter, "write", away)
    path = f"/campaigns/{written}/content/{written}.caption.instagram.reminder.en/regenerate"
    assert api.problem(503, "POST", path)["code"] == "writer_unavailable"


def test_a_key_that_has_its_answer_has_nothing_written_again(api, written, monkeypatch):
    from encore.content.writing.template_writer import TemplateWriter

    asked = []
    write = TemplateWriter.write
    monkeypatch.setattr(TemplateWriter, "write", lambda *args, **more: asked.append(1) or write(*args, **more))
    path = f"/campaigns/{written}/content/{written}.caption.instagram.reminder.en/regenerate"
    first = api.ok("POST", path, headers={"Idempotency-Key": "k-1"})
    assert api.ok("POST", path, headers={"Idempotency-Key": "k-1"}) == first
    assert asked == [1]
