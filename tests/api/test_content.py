"""Texts: read, edit, write anew, look back, and the preview of what would be posted."""

from __future__ import annotations

import pytest


@pytest.fixture
def caption(api, written):
    """The Instagram reminder as the API shows it."""
    content = api.ok("GET", f"/campaigns/{written}/content")
    return next(row for row in content["assets"] if row["asset_id"].endswith("caption.instagram.reminder.en"))


def edited(asset, text, **more):
    return {"assets": [{"asset_id": asset["asset_id"], "content": text, "version": asset["version"], **more}]}


def test_an_edit_makes_a_new_version_and_voids_the_approval(api, concerts, store):
    campaign_id = concerts.planned()
    content = api.ok("GET", f"/campaigns/{campaign_id}/content")
    assert content["approved"] is True
    asset = content["assets"][0]
    after = api.ok("PATCH", f"/campaigns/{campaign_id}/content", json=edited(asset, "Come!\r\nAll of you!  "))
    mine = next(row for row in after["assets"] if row["asset_id"] == asset["asset_id"])
    assert (mine["content"], mine["version"], mine["written_by"]) == ("Come!\nAll of you!", 2, "teacher-li")
    assert after["approved"] is False and after["content_sha256"] != content["content_sha256"]
    assert {job.action_required for job in concerts.jobs(campaign_id)} == {"approve_content"}
    voided = api.ok("GET", f"/campaigns/{campaign_id}/audit")["approvals"][0]
    assert voided["void_reason"] == "a text was edited"


def test_an_edit_of_an_older_version_is_refused_with_the_newer_text(api, written, caption):
    path = f"/campaigns/{written}/content"
    api.ok("PATCH", path, json=edited(caption, "Hers"))
    said = api.problem(412, "PATCH", path, json=edited(caption, "Mine"))
    [newer] = said["current"]["assets"]
    assert (newer["content"], newer["version"]) == ("Hers", 2)


def test_if_match_guards_all_that_was_seen(api, written, caption):
    path = f"/campaigns/{written}/content"
    seen = {"If-Match": api("GET", path).headers["etag"]}
    without = {"assets": [{"asset_id": caption["asset_id"], "content": "One"}]}
    assert api.problem(428, "PATCH", path, json=without)["code"] == "precondition_required"
    fresh = api("PATCH", path, json=without, headers=seen).headers["etag"]
    api.problem(
        412, "PATCH", path, json=without | {"assets": [without["assets"][0] | {"content": "Two"}]}, headers=seen
    )
    assert fresh == api("GET", path).headers["etag"]


def test_edits_are_stored_all_or_none(api, written, caption):
    path = f"/campaigns/{written}/content"
    both = edited(caption, "Changed")["assets"] + [{"asset_id": "no-such-text", "content": "x", "version": 1}]
    assert api.problem(422, "PATCH", path, json={"assets": both})["field"] == "assets.1.asset_id"
    assert caption in api.ok("GET", path)["assets"]


def test_a_text_that_is_named_twice_is_refused(api, written, caption):
    path = f"/campaigns/{written}/content"
    twice = edited(caption, "One")["assets"] + edited(caption, "Two")["assets"]
    assert api.problem(422, "PATCH", path, json={"assets": twice})["field"] == "assets.1.asset_id"
    assert caption in api.ok("GET", path)["assets"]


@pytest.mark.parametrize("text", ["   ", "bell \x07", "nul \x00", "x" * 10_001])
def test_a_text_that_is_none_is_refused(api, written, caption, text):
    said = api.problem(422, "PATCH", f"/campaigns/{written}/content", json=edited(caption, text))
    assert said["field"] == "assets.0.content"


def test_an_edited_flyer_text_is_drawn_anew(api, written, store, caption):
    text = {"asset_type": "flyer_text", "platform": "shared", "touchpoint": None}
    store.connection.execute(
        "INSERT INTO content_asset SELECT (jsonb_populate_record(a, %s)).* FROM content_asset a WHERE asset_id = %s",
        (__import__("json").dumps({**text, "asset_id": f"{written}.flyer_text.shared.-.en"}), caption["asset_id"]),
    )
    asset = {"asset_id": f"{written}.flyer_text.shared.-.en", "version": 1}
    api.ok("PATCH", f"/campaigns/{written}/content", json=edited(asset, "A new flyer"))
    assert api.ok("GET", f"/campaigns/{written}/generation")["state"] == "requested"


def test_one_text_is_written_anew_and_every_edit_is_kept(api, written, caption):
    path = f"/campaigns/{written}/content"
    others = [row for row in api.ok("GET", path)["assets"] if row["platform"] == "tiktok"]
    api.ok("PATCH", path, json=edited(others[0], "My own words"))
    api.ok("PATCH", path, json=edited(caption, "My own reminder"))
    fresh = api.ok("POST", f"{path}/{caption['asset_id']}/regenerate", json={"version": 2})
    assert fresh["version"] == 3 and "Spring Recital" in fresh["content"] and fresh["written_by"] == "template"
    after = {row["asset_id"]: row["content"] for row in api.ok("GET", path)["assets"]}
    assert after[others[0]["asset_id"]] == "My own words"
    kept = api.ok("GET", f"{path}/{caption['asset_id']}/revisions")["items"]
    assert [row["version"] for row in kept] == [3, 2, 1]
    assert kept[1]["content"] == "My own reminder" and kept[1]["written_by"] == "teacher-li"
    assert "-instagram reminder" in kept[1]["diff"] and "+My own reminder" in kept[1]["diff"]
    api.problem(412, "POST", f"{path}/{caption['asset_id']}/regenerate", json={"version": 2})
    again = api.ok("POST", f"{path}/{caption['asset_id']}/regenerate")
    assert again["version"] == 4 and again["content"] != fresh["content"], "the templates have other phrases"


def test_a_wish_is_for_a_model(api, written, caption):
    path = f"/campaigns/{written}/content/{caption['asset_id']}/regenerate"
    refused = api.problem(422, "POST", path, json={"wish": "shorter, mention the cellos"})
    assert refused["key"] == "text.wish_needs_model" and refused["field"] == "wish"
    assert api.problem(422, "POST", path, json={"wish": "x" * 201})["field"] == "wish"
    assert api.ok("GET", f"/campaigns/{written}/content/{caption['asset_id']}/revisions")["items"][0]["version"] == 1


def test_a_text_of_older_facts_says_so(api, written, caption, store):
    path = f"/campaigns/{written}/content/{caption['asset_id']}/regenerate"
    assert api.ok("POST", path)["outdated"] is False
    api.ok("PATCH", f"/campaigns/{written}", json={"venue_or_link": "Great Hall"})
    content = api.ok("GET", f"/campaigns/{written}/content")
    assert [row["outdated"] for row in content["assets"] if row["asset_id"] == caption["asset_id"]] == [True]
    assert "Great Hall" in api.ok("POST", path)["content"]


def test_the_preview_shows_what_would_be_sent_and_the_room_left(api, written):
    seen = api.ok("GET", f"/campaigns/{written}/preview")
    assert seen["confirmations"] == ["tiktok_music_usage"] and "SELF_ONLY" in seen["privacy"]["tiktok"]
    assert len(seen["posts"]) == 9
    note = next(post for post in seen["posts"] if (post["platform"], post["touchpoint"]) == ("xiaohongshu", "reminder"))
    assert (note["title"], note["text"]) == ("xiaohongshu reminder", "Come and listen!")
    assert note["media"]["kind"] == "image" and note["problems"] == [] and note["left_out"] is None
    title = next(use for use in note["usage"] if use["field"] == "title")
    assert (title["most"], title["used"] + title["left"]) == (20, 20)


def test_what_a_platform_would_refuse_is_shown_and_cannot_be_scheduled(api, written, approval):
    path = f"/campaigns/{written}"
    content = api.ok("GET", f"{path}/content")
    note = next(row for row in content["assets"] if row["asset_id"].endswith("xiaohongshu.reminder.zh"))
    after = api.ok("PATCH", f"{path}/content", json=edited(note, "标题" * 15 + "\n\n正文"))
    posts = api.ok("GET", f"{path}/preview")["posts"]
    assert [post["problems"][0]["code"] for post in posts if post["problems"]] == ["title_too_long"]
    said = api.problem(422, "POST", f"{path}/schedule", json={**approval, "content_sha256": after["content_sha256"]})
    assert "Xiaohongshu" in said["detail"]
    assert api.ok("GET", path)["approval"] is None, "nothing is half written"


def test_a_campaign_without_content_has_an_empty_preview(api, concerts):
    posts = api.ok("GET", f"/campaigns/{concerts.put()}/preview")["posts"]
    assert {(post["text"], post["payload_ref"], post["media"]) for post in posts} == {(None, None, None)}
