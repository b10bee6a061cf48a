"""What is particular about TikTok: the upload and its resumption, the creator's rules, what is seen afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from platform_bench import ScriptedWire, appears, drive, json_reply, make_video, platform_settings, settle, until

from encore.domain.job import Action, Platform
from encore.errors import (
    AccountDisconnectedError,
    ContentRejectedError,
    MisconfiguredError,
    OutcomeUnknownError,
    PlatformUnavailableError,
    PublishingError,
    QuotaExceededError,
    RateLimitedError,
)
from encore.platforms.contract import CannotTell, ContentPayload, MediaAsset, NotPublished, Processing, Published
from encore.platforms.tiktok.adapter import TikTokAdapter
from encore.wire.call import NoAnswerError

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)


@pytest.fixture
def whole(make_bench):
    return make_bench("tiktok video")


@pytest.fixture
def chunked(make_bench):
    return make_bench("tiktok video in chunks")


@pytest.fixture
def photo(make_bench):
    return make_bench("tiktok photo")


def with_text(bench, **changes):
    bench.content = ContentPayload(**{**bench.content.__dict__, **changes})
    return bench


# --- what is sent ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ai_generated", [True, False])
def test_text_flags_and_file_arrive_as_approved(chunked, ai_generated):
    chunked.world.switch(tiktok_comment_disabled=True, tiktok_stitch_disabled=True)
    drive(with_text(chunked, ai_generated=ai_generated))
    (post,) = chunked.world.feed()
    assert post["text"] == "Spring recital on Sunday! 🎹\n#recital #piano"
    assert post["media"]["sha256"] == chunked.media.files[0].sha256
    assert post["flags"] == {
        "privacy_level": "PUBLIC_TO_EVERYONE",
        "disable_comment": True,
        "disable_duet": False,
        "disable_stitch": True,
        "brand_content_toggle": False,
        "brand_organic_toggle": False,
        "is_aigc": ai_generated,
    }


def test_pictures_arrive_in_order_with_title_and_description(photo):
    drive(photo)
    (post,) = photo.world.feed()
    assert post["title"] == "Spring recital"
    assert post["text"].startswith("Spring recital on Sunday!")
    assert post["media"]["sha256s"] == [file.sha256 for file in photo.media.files]
    assert post["flags"]["disable_comment"] is False


def test_a_strict_server_accepts_the_cut(whole, media_folder):
    """Chunks of 10 MB and a last one that takes the rest, past TikTok's size for a single chunk."""
    kind = type("Cut", (TikTokAdapter,), {"whole_up_to": 20_000_000})
    whole.adapter = kind(whole.adapter.settings, whole.adapter.clock)
    whole.media = MediaAsset((make_video(media_folder, 21_000_001),))
    checkpoint = whole.prepare()
    assert (checkpoint["chunk"], checkpoint["count"], checkpoint["uploaded"]) == (10_000_000, 2, 10_000_000)
    assert isinstance(whole.commit(checkpoint), Processing)


def test_a_whole_file_is_sent_by_the_commit_alone(whole):
    whole.prepare()
    assert whole.world.operations() == ["creator_info", "video_init"]


def test_publish_id_and_upload_address_are_saved_before_the_first_byte(chunked):
    chunked.world.fault("upload_chunk", "lost_request")
    with pytest.raises(PlatformUnavailableError):
        chunked.prepare()
    (saved,) = chunked.saved
    assert {"publish_id", "upload_url", "closes_at", "size", "chunk", "count"} <= set(saved)
    assert saved["uploaded"] == 0


# --- resuming --------------------------------------------------------------------------------------------------------


def test_an_upload_goes_on_where_tiktok_is(chunked):
    chunked.world.fault("upload_chunk", "lost_answer")
    with pytest.raises(PlatformUnavailableError):
        chunked.prepare()
    checkpoint = chunked.prepare(chunked.saved[-1])
    assert checkpoint["uploaded"] == 2 * checkpoint["chunk"]
    assert chunked.world.operations().count("video_init") == 1
    assert chunked.world.operations().count("upload_chunk") == 2


def test_an_upload_out_of_step_is_put_right_by_the_next_attempt(chunked):
    checkpoint = chunked.prepare()
    ahead = {**checkpoint, "uploaded": 0}
    with pytest.raises(OutcomeUnknownError):  # the file's beginning again: 416
        chunked.commit(ahead)
    seen = chunked.observe(checkpoint, NOW)
    assert isinstance(seen, NotPublished) and not seen.final and seen.error.retried
    assert isinstance(drive(chunked), Published)
    assert chunked.world.operations().count("video_init") == 1
    assert len(chunked.world.feed()) == 1


@pytest.mark.parametrize("operation", ["upload_chunk", "upload_last_chunk"])
def test_a_proxy_s_page_in_place_of_an_upload_is_seen_through(chunked, operation):
    """It answers 200 although it has passed nothing on."""
    chunked.world.fault(operation, "down", status=200)
    if operation == "upload_chunk":
        with pytest.raises(PlatformUnavailableError):
            chunked.prepare()
        assert chunked.saved[-1]["uploaded"] == 0
    else:
        checkpoint = chunked.prepare()
        with pytest.raises(OutcomeUnknownError):
            chunked.commit(checkpoint)
    assert isinstance(drive(chunked), Published)
    assert chunked.world.operations().count("video_init") == 1
    assert len(chunked.world.feed()) == 1


def test_a_lost_last_answer_is_found_by_looking(whole):
    whole.world.fault("upload_last_chunk", "lost_answer")
    checkpoint = whole.prepare()
    with pytest.raises(OutcomeUnknownError):
        whole.commit(checkpoint)
    assert isinstance(whole.observe(checkpoint, NOW), Processing | Published)


def test_a_lost_last_chunk_is_sent_again_under_the_same_publish_id(whole):
    whole.world.fault("upload_last_chunk", "lost_request")
    checkpoint = whole.prepare()
    with pytest.raises(OutcomeUnknownError):
        whole.commit(checkpoint)
    seen = whole.observe(checkpoint, NOW)
    assert isinstance(seen, NotPublished) and not seen.final
    assert (seen.error.code, seen.error.retried) == ("upload_incomplete", True)
    again = whole.prepare(checkpoint)
    assert again["publish_id"] == checkpoint["publish_id"]
    assert isinstance(whole.commit(again), Processing)


def test_no_second_init_while_the_first_is_under_way(whole):
    """Even if the publisher forgot that it had committed."""
    whole.world.fault("video_init", "processing_for_ever")
    checkpoint = whole.prepare()
    whole.commit(checkpoint)
    again = whole.prepare(checkpoint)
    assert again["taken"]
    assert isinstance(whole.commit(again), Processing)
    assert whole.world.operations().count("video_init") == 1
    assert whole.world.operations().count("upload_last_chunk") == 1


def test_a_status_that_cannot_be_read_sends_nothing(whole):
    checkpoint = whole.prepare()
    whole.world.fault("status", "down")
    with pytest.raises(PlatformUnavailableError):
        whole.prepare(checkpoint)
    assert whole.world.operations().count("video_init") == 1


def test_a_taken_post_whose_status_cannot_be_read_is_not_called_unpublished(whole):
    checkpoint = {**whole.prepare(), "taken": True}
    whole.world.fault("status", "down")
    assert isinstance(whole.commit(checkpoint), Processing)


def test_a_failed_publish_id_is_final_so_a_new_one_is_begun(whole):
    whole.world.fault("video_init", "fail_processing", reason="internal")
    first = whole.prepare()
    whole.commit(first)
    end = drive(whole)  # sees FAILED, begins again
    assert isinstance(end, Published)
    assert end.evidence["publish_id"] != first["publish_id"]
    assert len(whole.world.feed()) == 1


def test_an_expired_upload_address_is_replaced(whole):
    whole.world.switch(tiktok_upload_url_seconds=0.0)
    checkpoint = whole.prepare()
    with pytest.raises(PlatformUnavailableError) as caught:
        whole.commit(checkpoint)
    assert caught.value.code == "upload_expired"
    whole.world.switch(tiktok_upload_url_seconds=3600.0)
    again = whole.prepare(checkpoint)  # the commit noted in the checkpoint that the address is closed
    assert again["publish_id"] != checkpoint["publish_id"]
    assert isinstance(whole.commit(again), Processing)


def test_an_address_that_expires_between_chunks_is_replaced_too(chunked):
    chunked.world.switch(tiktok_upload_url_seconds=0.0)
    with pytest.raises(PlatformUnavailableError):
        chunked.prepare()
    chunked.world.switch(tiktok_upload_url_seconds=3600.0)
    assert isinstance(drive(chunked), Published)
    assert chunked.world.operations().count("video_init") == 2
    assert len(chunked.world.feed()) == 1


@pytest.mark.parametrize("change", [{"text": "Another text"}, {"privacy": "SELF_ONLY"}, {"ai_generated": True}])
def test_an_upload_begun_with_another_text_is_left_lying(whole, change):
    checkpoint = whole.prepare()
    again = with_text(whole, **change).prepare(checkpoint)
    assert again["publish_id"] != checkpoint["publish_id"]
    whole.commit(again)
    assert isinstance(drive(whole), Published)
    assert len(whole.world.feed()) == 1


def test_a_publish_id_that_tiktok_does_not_know_is_waited_for_until_its_window_is_over(whole):
    checkpoint = whole.prepare()
    whole.world.fault("status", "error", code="invalid_publish_id", times=2)
    with pytest.raises(PlatformUnavailableError) as caught:
        whole.prepare(checkpoint)
    assert caught.value.code == "status_unclear"
    closed = {**checkpoint, "closes_at": (datetime.now(UTC) - timedelta(seconds=1)).isoformat()}
    assert whole.prepare(closed)["publish_id"] != checkpoint["publish_id"]


def test_a_publish_id_that_tiktok_does_not_know_is_given_up_once_a_person_has_looked(whole):
    checkpoint = whole.prepare()
    whole.commit(checkpoint)
    whole.world.fault("status", "error", code="invalid_publish_id")
    again = whole.prepare({**checkpoint, "denied": True})
    assert again["publish_id"] != checkpoint["publish_id"]
    assert not [saved for saved in whole.saved if "denied" in saved]
    assert whole.world.operations().count("status") == 1


@pytest.mark.parametrize("name", ["tiktok video", "tiktok video in chunks", "tiktok photo"])
def test_a_post_that_stays_in_processing_is_given_up_once_a_person_has_looked(name, make_bench):
    bench = make_bench(name)
    first = "photo_init" if name.endswith("photo") else "video_init"
    bench.world.fault(first, "processing_for_ever")
    checkpoint = bench.prepare()
    bench.commit(checkpoint)
    again = bench.prepare({**checkpoint, "denied": True})
    assert not again.get("taken") and again.get("publish_id") != checkpoint["publish_id"] and "denied" not in again
    committed_at = datetime.now(UTC)
    end = settle(bench, again, bench.commit(again), committed_at)
    assert isinstance(end, Published)
    assert bench.world.operations().count(first) == 2
    assert len(bench.world.feed()) == 1


@pytest.mark.parametrize("name", ["tiktok video", "tiktok photo"])
def test_a_complete_post_is_adopted_whatever_a_person_has_said(name, make_bench):
    bench = make_bench(name)
    drive(bench)
    again = bench.prepare({**bench.saved[-1], "denied": True})
    assert again["taken"] and "denied" not in again
    assert isinstance(bench.commit(again), Published)
    assert len(bench.world.feed()) == 1


def test_a_status_that_is_down_gives_nothing_up(whole):
    checkpoint = whole.prepare()
    whole.world.fault("status", "down")
    with pytest.raises(PlatformUnavailableError):
        whole.prepare({**checkpoint, "denied": True})
    assert whole.world.operations().count("video_init") == 1


def test_what_is_live_is_adopted_even_when_nothing_more_could_be_posted(whole):
    drive(whole)
    whole.world.switch(tiktok_creator_blocked="spam_risk_too_many_posts")
    with_text(whole, text="Another text", privacy="FOLLOWER_OF_CREATOR")
    assert isinstance(whole.commit(whole.prepare(whole.saved[-1])), Published)


@pytest.mark.parametrize("change", [{"text": "Another text"}, {"privacy": "SELF_ONLY"}])
@pytest.mark.parametrize("end", ["live", "processing"])
def test_what_an_earlier_attempt_has_begun_is_adopted_after_an_edit(whole, change, end):
    if end == "processing":
        whole.world.fault("video_init", "processing_for_ever")
    checkpoint = whole.prepare()
    whole.commit(checkpoint)
    if end == "live":
        appears(whole)
    again = with_text(whole, **change).prepare(checkpoint)
    assert again["taken"] and again["publish_id"] == checkpoint["publish_id"]
    assert isinstance(whole.commit(again), Published if end == "live" else Processing)
    assert whole.world.operations().count("video_init") == 1


def test_a_file_that_is_not_the_approved_one_is_not_sent(whole, tmp_path):
    checkpoint = whole.prepare()
    for changed in ({**checkpoint, "size": 5}, None):
        if changed is None:
            file = whole.media.files[0]
            gone = file.__class__(**{**file.__dict__, "path": str(tmp_path / "gone.mp4")})
            whole.media = whole.media.__class__((gone,))
        with pytest.raises(MisconfiguredError) as caught:
            whole.commit(changed or checkpoint)
        assert caught.value.code == "media_missing"
    assert "upload_last_chunk" not in whole.world.operations()


# --- the creator's rules ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("privacy", "code"),
    [(None, "privacy_missing"), ("", "privacy_missing"), ("FOLLOWER_OF_CREATOR", "privacy_not_offered")],
)
@pytest.mark.parametrize("name", ["tiktok video", "tiktok photo"])
def test_the_audience_is_chosen_by_a_person_among_what_is_offered(name, privacy, code, make_bench):
    bench = with_text(make_bench(name), privacy=privacy)
    with pytest.raises(ContentRejectedError) as caught:
        bench.prepare()
    assert (caught.value.code, caught.value.action) == (code, Action.APPROVE_CONTENT)
    assert bench.world.operations() == ["creator_info"]


def test_a_private_account_offers_its_followers(whole):
    whole.world.switch(tiktok_private_account=True)
    with pytest.raises(ContentRejectedError):
        whole.prepare()
    end = drive(with_text(whole, privacy="FOLLOWER_OF_CREATOR"))
    assert isinstance(end, Published) and end.post_id is None and end.url is None


def test_a_post_for_oneself_has_no_id(whole):
    end = drive(with_text(whole, privacy="SELF_ONLY"))
    assert isinstance(end, Published)
    assert (end.post_id, end.url, end.evidence["post_ids"]) == (None, None, [])
    assert len(whole.world.feed()) == 1


def test_a_video_longer_than_the_creator_may_post(whole):
    whole.world.switch(tiktok_max_video_seconds=5)
    with pytest.raises(ContentRejectedError) as caught:
        whole.prepare()
    assert (caught.value.code, caught.value.action) == ("video_duration", Action.FIX_CONTENT)
    assert whole.world.operations() == ["creator_info"]


def test_creator_info_is_asked_anew_before_each_attempt(whole):
    whole.prepare(whole.prepare())
    assert whole.world.operations().count("creator_info") == 2


@pytest.mark.parametrize("code", ["spam_risk_too_many_posts", "reached_active_user_cap"])
def test_an_error_with_status_200_stops_the_attempt(whole, code):
    whole.world.switch(tiktok_creator_blocked=code)
    with pytest.raises(QuotaExceededError) as caught:
        whole.prepare()
    assert caught.value.until > datetime.now(UTC) + timedelta(hours=5)
    assert whole.world.operations() == ["creator_info"]


def test_an_app_that_is_not_audited(whole):
    whole.world.switch(tiktok_unaudited=True, tiktok_active_users_per_day=1_000_000)
    with pytest.raises(MisconfiguredError) as caught:
        whole.prepare()
    assert caught.value.code == "app_not_audited"
    whole.world.switch(tiktok_private_account=True)
    assert isinstance(drive(with_text(whole, privacy="SELF_ONLY")), Published)


def test_throttling_and_a_dead_token(whole):
    whole.world.fault("video_init", "rate_limited", retry_after=7)
    with pytest.raises(RateLimitedError) as caught:
        whole.prepare()
    assert caught.value.retry_after == timedelta(seconds=7)
    whole.world.fault("creator_info", "token_invalid")
    with pytest.raises(AccountDisconnectedError):
        whole.prepare()
    whole.world.switch(tiktok_scopes="user.info.basic")
    with pytest.raises(AccountDisconnectedError) as caught:
        whole.prepare()
    assert caught.value.code == "permission_missing"


# --- what is seen afterwards -----------------------------------------------------------------------------------------


def test_several_ids_and_none(whole, make_bench):
    whole.world.switch(tiktok_post_ids=3)
    end = drive(whole)
    assert len(end.evidence["post_ids"]) == 3 and end.post_id == end.evidence["post_ids"][0]


def test_before_moderation_a_public_post_is_there_without_an_id(whole):
    whole.world.switch(tiktok_moderation_seconds=60)
    end = drive(whole)
    assert isinstance(end, Published) and end.post_id is None
    whole.world.switch(tiktok_moderation_seconds=None)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ({"status": "PROCESSING_UPLOAD", "uploaded_bytes": 100}, Processing),
        ({"status": "PROCESSING_UPLOAD"}, Processing),
        ({"status": "PROCESSING_UPLOAD", "uploaded_bytes": 99}, NotPublished),
        ({"status": "PROCESSING_UPLOAD", "uploaded_bytes": "99"}, Processing),
        ({"status": "PROCESSING_DOWNLOAD"}, Processing),
        ({"status": "SEND_TO_USER_INBOX"}, Processing),
        ({"status": "IN_REVIEW_BY_THE_MOON"}, Processing),
        ({}, Processing),
        ({"status": "PUBLISH_COMPLETE"}, Published),
        ({"status": "PUBLISH_COMPLETE", "publicaly_available_post_id": []}, Published),
        ({"status": "PUBLISH_COMPLETE", "publicaly_available_post_id": 7400000000188972369}, Published),
        ({"status": "PUBLISH_COMPLETE", "publicaly_available_post_id": ["7400000000188972369"]}, Published),
    ],
)
def test_every_status(whole, data, kind):
    answer = json_reply({"data": data, "error": {"code": "ok", "message": "", "logid": "1"}})
    settings = platform_settings(Platform.TIKTOK)
    posting = TikTokAdapter(settings, lambda: NOW, ScriptedWire(answer))
    checkpoint = {"publish_id": "v1", "size": 100, "username": "school"}
    seen = posting.observe(whole.content, whole.media, whole.credentials, checkpoint, NOW)
    assert isinstance(seen, kind)
    if data.get("publicaly_available_post_id"):
        assert seen.post_id == "7400000000188972369"
        assert seen.url == "https://www.tiktok.com/@school/video/7400000000188972369"


def test_a_video_without_a_publish_id_was_never_sent(whole):
    seen = whole.observe({}, NOW)
    assert isinstance(seen, NotPublished) and seen.final and seen.error.retried
    assert whole.world.operations() == []


# --- an id that is named late, or never -----------------------------------------------------------------------------


def identify(bench, committed_at, checkpoint=None):
    known = checkpoint or bench.saved[-1]
    return bench.adapter.identify(bench.content, bench.media, bench.credentials, known, committed_at)


def test_a_post_in_moderation_is_identified_once_it_is_through(whole):
    whole.world.switch(tiktok_moderation_seconds=1.0)
    committed_at = datetime.now(UTC)
    end = drive(whole)
    assert isinstance(end, Published) and end.post_id is None
    assert "video_list" not in whole.world.operations()  # the quick looks ask for no list
    # A status may be asked for thirty times a minute, and the posting has asked already.
    found = until(lambda: identify(whole, committed_at), every=0.25)
    (post,) = whole.world.feed()
    assert (found.post_id, found.url) == (post["post_id"], post["url"])


@pytest.mark.parametrize("name", ["tiktok video", "tiktok photo"])
def test_a_post_whose_id_the_status_never_names_is_found_in_the_list(name, make_bench):
    bench = make_bench(name)
    bench.world.switch(tiktok_post_ids=0, tiktok_photos_listed=True)
    committed_at = datetime.now(UTC)
    end = drive(bench)
    assert isinstance(end, Published) and end.post_id is None
    # Whatever an edit has made of the text since, it is the one that was posted that is looked for.
    found = identify(with_text(bench, text="Another text", title="Another title"), committed_at)
    (post,) = bench.world.feed()
    assert (found.post_id, found.url) == (post["post_id"], post["url"])


def test_a_post_that_is_not_public_is_not_looked_for(whole):
    committed_at = datetime.now(UTC)
    drive(with_text(whole, privacy="SELF_ONLY"))
    assert identify(with_text(whole, privacy="PUBLIC_TO_EVERYONE"), committed_at) is None
    assert "video_list" not in whole.world.operations()


def test_a_post_of_an_earlier_attempt_is_identified_by_the_time_of_that_one(whole):
    whole.world.switch(tiktok_post_ids=0)
    drive(whole)
    adopted = whole.prepare(whole.saved[-1])
    assert identify(whole, datetime.now(UTC) + timedelta(minutes=10), adopted).post_id


COMPLETE = {"data": {"status": "PUBLISH_COMPLETE"}, "error": {"code": "ok"}}
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("status", "listing", "found"),
    [
        (json_reply(COMPLETE), [("1", "Recital", NOW)], "1"),
        (json_reply(COMPLETE), [("1", "Recital", NOW), ("2", "Another", NOW)], "1"),
        (json_reply(COMPLETE), [("1", "Recital", NOW), ("2", "Recital", NOW + HOUR)], None),
        (json_reply(COMPLETE), [("1", "Recital", NOW - HOUR)], None),
        (json_reply(COMPLETE), [("1", "Recital", NOW + 7 * HOUR)], None),
        (json_reply(COMPLETE), [], None),
        (json_reply({"error": {"code": "invalid_publish_id"}}, 400), [("1", "Recital", NOW)], "1"),
        (json_reply({**COMPLETE, "data": {"status": "PROCESSING_UPLOAD"}}), None, None),
        (json_reply({**COMPLETE, "data": {"status": "FAILED"}}), None, None),
        (json_reply(COMPLETE), json_reply({"error": {"code": "scope_not_authorized"}}, 401), None),
        (json_reply(COMPLETE), NoAnswerError("x"), None),
    ],
)
def test_only_the_one_post_that_fits_gives_its_id(whole, status, listing, found):
    if isinstance(listing, list):
        listing = listed(*(video(number, text, at) for number, text, at in listing))
    wire = ScriptedWire(status, *([] if listing is None else [listing]))
    posting = TikTokAdapter(platform_settings(Platform.TIKTOK), lambda: NOW + 9 * HOUR, wire)
    content = with_text(whole, text="Recital", title="", hashtags=()).content
    seen = posting.identify(content, whole.media, whole.credentials, {"publish_id": "v1", "username": "school"}, NOW)
    assert (seen and seen.post_id) == found
    assert not found or seen.url == "https://www.tiktok.com/@school/video/1"
    assert wire.answers == []


def test_a_status_that_is_down_leaves_a_post_for_later(whole):
    posting = TikTokAdapter(platform_settings(Platform.TIKTOK), lambda: NOW, ScriptedWire(NoAnswerError("x")))
    with pytest.raises(PlatformUnavailableError):
        posting.identify(whole.content, whole.media, whole.credentials, {"publish_id": "v1"}, NOW)


# --- pictures whose answer was lost ----------------------------------------------------------------------------------


def test_a_listed_picture_post_is_found(photo):
    photo.world.switch(tiktok_photos_listed=True)
    photo.world.fault("photo_init", "lost_answer")
    end = drive(photo)
    assert isinstance(end, Published)
    (post,) = photo.world.feed()
    assert end.post_id == post["post_id"]
    assert end.evidence["matches"] == 1


def test_a_picture_post_that_is_not_listed_leaves_a_doubt_with_its_evidence(photo):
    photo.world.fault("photo_init", "lost_answer")
    end = drive(photo)
    assert isinstance(end, CannotTell)
    assert end.evidence["matches"] == 0 and end.evidence["looked_for"] == "Spring recital" and end.evidence["sent_at"]


@pytest.mark.parametrize(
    ("fetched", "told"), [((), "it has not fetched"), ((NOW + timedelta(seconds=5),), "it has fetched")]
)
def test_whether_the_pictures_were_fetched_is_part_of_the_evidence(photo, fetched, told):
    """An address of this attempt is known to TikTok alone; one fetched before it proves nothing about it."""
    earlier = NOW - timedelta(hours=1)
    media = MediaAsset(tuple(replace(file, fetched=lambda: (earlier, *fetched)) for file in photo.media.files))
    posting = TikTokAdapter(platform_settings(Platform.TIKTOK), lambda: NOW, ScriptedWire(listed()))
    seen = posting.observe(photo.content, media, photo.credentials, {}, NOW)
    assert isinstance(seen, CannotTell) and told in seen.reason
    assert seen.evidence["pictures_fetched_at"] == [moment.isoformat() for moment in fetched * len(media.files)]


def listed(*videos):
    return json_reply({"data": {"videos": list(videos)}, "error": {"code": "ok"}})


def video(number, text, at=NOW, **more):
    return {"id": str(number), "title": "", "video_description": text, "create_time": int(at.timestamp()), **more}


LONG = "word " * 60
TAGGED = "#recital #piano"


@pytest.mark.parametrize(
    ("answer", "text", "found"),
    [
        (listed(video(1, f"Recital {TAGGED}", share_url="https://t.example/1")), "Recital", "1"),
        (listed(video(1, f"Recital\n{TAGGED}"), video(2, "Another")), "Recital", "1"),
        (listed(video(1, LONG[:150])), LONG, "1"),
        (listed(video(1, "x", title="Spring recital")), "Recital", "1"),
        (listed(video(1, f"Recital {TAGGED}"), video(2, f"Recital {TAGGED}")), "Recital", None),
        (listed(video(1, f"Recital {TAGGED}", NOW - timedelta(seconds=61))), "Recital", None),
        (listed(video(1, "Another")), "Recital", None),
        (listed({"id": "1", "video_description": f"Recital {TAGGED}"}), "Recital", None),
        (listed(), "Recital", None),
        (json_reply({"data": {}, "error": {"code": "ok"}}), "Recital", None),
        (json_reply({"error": {"code": "scope_not_authorized"}}, 401), "Recital", None),
    ],
)
def test_only_a_unique_match_counts(photo, answer, text, found):
    posting = TikTokAdapter(platform_settings(Platform.TIKTOK), lambda: NOW, ScriptedWire(answer))
    content = with_text(photo, text=text).content
    seen = posting.observe(content, photo.media, photo.credentials, {"username": "school"}, NOW)
    if found is None:
        assert isinstance(seen, CannotTell)
        assert seen.reason and "looked_for" in seen.evidence
    else:
        assert isinstance(seen, Published) and seen.post_id == found and seen.url


@pytest.mark.parametrize("lie", [{}, {"code": "rate_limit_exceeded", "status": 429}])
def test_a_picture_post_that_has_appeared_is_adopted_after_an_edit(photo, lie):
    photo.world.switch(tiktok_photos_listed=True)
    photo.world.fault("photo_init", "success_as_error", **lie)
    checkpoint = photo.prepare()
    with pytest.raises(PublishingError):
        photo.commit(checkpoint)
    appears(photo)
    with_text(photo, text="Another text", title="Another title")
    again = photo.prepare(checkpoint)
    (post,) = photo.world.feed()
    for seen in (photo.commit(again), photo.observe(again, datetime.now(UTC))):
        assert isinstance(seen, Published) and (seen.post_id, seen.url) == (post["post_id"], post["url"])
    assert photo.world.operations().count("photo_init") == 1


def test_a_picture_post_whose_answer_was_lost_is_not_begun_again_until_a_person_has_looked(photo):
    photo.world.fault("photo_init", "lost_request")
    checkpoint = photo.prepare()
    with pytest.raises(OutcomeUnknownError):
        photo.commit(checkpoint)
    with_text(photo, text="Another text")
    with pytest.raises(PlatformUnavailableError) as caught:
        photo.prepare(checkpoint)
    assert (caught.value.code, caught.value.retried) == ("status_unclear", True)
    again = photo.prepare({**checkpoint, "denied": True})
    assert "denied" not in again and "begun_at" not in again
    photo.commit(again)
    appears(photo)
    assert [post["text"].split("\n")[0] for post in photo.world.feed()] == ["Another text"]


def test_a_picture_post_that_tiktok_has_refused_is_begun_again(photo):
    photo.world.fault("photo_init", "rate_limited")
    checkpoint = photo.prepare()
    with pytest.raises(RateLimitedError):
        photo.commit(checkpoint)
    assert isinstance(photo.commit(photo.prepare(checkpoint)), Processing)


def test_a_lost_picture_post_is_looked_for_as_what_it_was_begun(photo, whole):
    """Not as the video that an edit has put in its place, for which no byte can have been sent."""
    photo.world.fault("photo_init", "lost_answer")
    checkpoint = photo.prepare()
    with pytest.raises(OutcomeUnknownError):
        photo.commit(checkpoint)
    photo.media = whole.media
    assert isinstance(photo.observe(checkpoint, datetime.now(UTC)), CannotTell)


def test_a_private_picture_post_is_not_even_looked_for(photo):
    wire = ScriptedWire()
    posting = TikTokAdapter(platform_settings(Platform.TIKTOK), lambda: NOW, wire)
    content = with_text(photo, privacy="SELF_ONLY").content
    seen = posting.observe(content, photo.media, photo.credentials, {}, NOW)
    assert isinstance(seen, CannotTell) and wire.calls == []


def test_a_listing_that_is_down_is_asked_again(photo):
    posting = TikTokAdapter(platform_settings(Platform.TIKTOK), lambda: NOW, ScriptedWire(NoAnswerError("x")))
    with pytest.raises(PlatformUnavailableError):
        posting.observe(photo.content, photo.media, photo.credentials, {}, NOW)


def test_pictures_without_a_public_address_are_not_sent(photo):
    files = tuple(file.__class__(**{**file.__dict__, "address": None}) for file in photo.media.files)
    photo.media = photo.media.__class__(files)
    checkpoint = photo.prepare()
    with pytest.raises(ContentRejectedError):
        photo.commit(checkpoint)
    assert "photo_init" not in photo.world.operations()


def test_pictures_that_cannot_be_fetched_fail_and_are_tried_again(photo):
    files = photo.media.files
    broken = files[0].__class__(**{**files[0].__dict__, "address": lambda: "http://127.0.0.1:9/x.jpg"})
    good, photo.media = photo.media, photo.media.__class__((broken,))
    checkpoint = photo.prepare()
    photo.commit(checkpoint)
    for _ in range(100):
        seen = photo.observe(checkpoint, NOW)
        if isinstance(seen, NotPublished):
            break
    assert seen.final and seen.error.code == "media_unreachable" and seen.error.max_tries == 3
    photo.media = good
    assert isinstance(drive(photo), Published)
