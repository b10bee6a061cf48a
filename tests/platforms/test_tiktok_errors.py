"""Every row of the error tables in platforms.md 1.3, 1.8, 1.10 and 1.11: a wire answer, and what we make of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from platform_bench import ScriptedWire, in_chinese, json_reply, make_picture, make_video, platform_settings

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
from encore.platforms.contract import CannotTell, ContentPayload, Credentials, MediaAsset, NotPublished, Processing
from encore.platforms.tiktok.adapter import TikTokAdapter
from encore.platforms.tiktok.token import refresh
from encore.wire.call import NoAnswerError, NotSentError, Reply

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
HOUR6, MINUTE = timedelta(hours=6), timedelta(seconds=60)
FIX, APPROVE, RECONNECT, CONFIRM = (
    Action.FIX_CONTENT, Action.APPROVE_CONTENT, Action.RECONNECT_ACCOUNT, Action.CONFIRM_OUTCOME,
)  # fmt: skip
TEXT = ContentPayload("Recital", "Recital", privacy="PUBLIC_TO_EVERYONE")
LOGIN = Credentials("school", token="act.secret-token")
CREATOR = {
    "data": {"creator_username": "school", "privacy_level_options": ["PUBLIC_TO_EVERYONE", "SELF_ONLY"],
             "max_video_post_duration_sec": 600},
    "error": {"code": "ok", "message": "", "log_id": "1"},
}  # fmt: skip
INITIATED = {
    "data": {"publish_id": "v_pub_file~v2-1.1", "upload_url": "http://127.0.0.1:1/upload?upload_token=t"},
    "error": {"code": "ok"},
}
GUIDELINES = "Please review our integration guidelines at https://developers.tiktok.com/doc/content-sharing-guidelines/"


def adapter(*answers):
    wire = ScriptedWire(*answers)
    return TikTokAdapter(platform_settings(Platform.TIKTOK, base_url="http://127.0.0.1:1"), lambda: NOW, wire), wire


def refusal(code, status):
    return json_reply({"error": {"code": code, "message": GUIDELINES, "log_id": "L1"}}, status)


def ok(**data):
    return json_reply({"data": data, "error": {"code": "ok", "message": "", "log_id": "1"}})


@pytest.fixture
def video(media_folder):
    return MediaAsset((make_video(media_folder),))


@pytest.fixture
def pictures(media_folder, media_url):
    return MediaAsset((make_picture(media_folder, media_url),))


def check(error, kind, action, delay=None, pauses=None, max_tries=None):
    assert type(error) is kind, error
    assert error.action is action
    assert error.message and in_chinese(error.said)
    assert error.retry_after == delay
    assert error.pauses == pauses
    assert error.max_tries == max_tries
    if kind is QuotaExceededError:
        assert error.until == NOW + delay
    assert not error.unknown


# code, HTTP status, class, action, delay, pauses (1.10); the status of creator_info's two is 200
API_ERRORS = [
    ("invalid_param", 400, ContentRejectedError, FIX, None, None),
    ("invalid_params", 400, ContentRejectedError, FIX, None, None),
    ("invalid_file_upload", 400, ContentRejectedError, FIX, None, None),
    ("token_not_authorized_for_specified_publish_id", 400, AccountDisconnectedError, RECONNECT, None, None),
    ("publish_not_cancellable", 400, PublishingError, None, None, None),
    ("app_version_check_failed", 400, PublishingError, None, None, None),
    ("access_token_invalid", 401, AccountDisconnectedError, RECONNECT, None, "account"),
    ("access_token_invalid", 200, AccountDisconnectedError, RECONNECT, None, "account"),
    ("access_token_expired", 401, AccountDisconnectedError, RECONNECT, None, "account"),
    ("scope_not_authorized", 401, AccountDisconnectedError, RECONNECT, None, "account"),
    ("scope_permission_missed", 400, AccountDisconnectedError, RECONNECT, None, "account"),
    ("spam_risk_too_many_posts", 403, QuotaExceededError, None, HOUR6, "account"),
    ("spam_risk_too_many_posts", 200, QuotaExceededError, None, HOUR6, "account"),
    ("spam_risk_too_many_pending_share", 403, QuotaExceededError, None, HOUR6, "account"),
    ("spam_risk_user_banned_from_posting", 403, PublishingError, None, None, "account"),
    ("spam_risk_user_banned_from_posting", 200, PublishingError, None, None, "account"),
    ("spam_risk", 403, ContentRejectedError, FIX, None, None),
    ("spam_risk_text", 403, ContentRejectedError, FIX, None, None),
    ("reached_active_user_cap", 403, QuotaExceededError, None, HOUR6, "account"),
    ("reached_active_user_cap", 200, QuotaExceededError, None, HOUR6, "account"),
    ("unaudited_client_can_only_post_to_private_accounts", 403, MisconfiguredError, None, None, None),
    ("url_ownership_unverified", 403, MisconfiguredError, None, None, None),
    ("privacy_level_option_mismatch", 403, ContentRejectedError, APPROVE, None, None),
    ("rate_limit_exceeded", 429, RateLimitedError, None, MINUTE, "account"),
]


@pytest.mark.parametrize(("code", "status", "kind", "action", "delay", "pauses"), API_ERRORS)
@pytest.mark.parametrize("where", ["creator_info", "video_init", "photo_init"])
def test_error_codes_before_and_at_the_commit(where, code, status, kind, action, delay, pauses, video, pictures):
    """A documented refusal of content/init means that no post was begun, so it has the same class there."""
    answers = [refusal(code, status)] if where == "creator_info" else [json_reply(CREATOR), refusal(code, status)]
    posting, _ = adapter(*answers)
    media = pictures if where == "photo_init" else video
    with pytest.raises(PublishingError) as caught:
        posting.commit(TEXT, media, LOGIN, posting.prepare(TEXT, media, LOGIN, {}, lambda _: None))
    check(caught.value, kind, action, delay, pauses)
    assert caught.value.platform_code == code
    assert "L1" in caught.value.detail


@pytest.mark.parametrize(
    ("code", "renewable"),
    [
        ("access_token_invalid", True),
        ("access_token_expired", True),
        ("scope_not_authorized", False),
        ("scope_permission_missed", False),
        ("token_not_authorized_for_specified_publish_id", False),
        ("auth_removed", False),
        ("invalid_grant", False),
    ],
)
def test_a_refused_token_is_told_from_a_login_that_only_a_person_can_bring_back(code, renewable, video):
    posting, _ = adapter(refusal(code, 401))
    with pytest.raises(AccountDisconnectedError) as caught:
        posting.prepare(TEXT, video, LOGIN, {}, lambda _: None)
    assert caught.value.renewable is renewable


def test_an_unknown_publish_id_of_ours_is_a_doubt(video):
    posting, _ = adapter(refusal("invalid_publish_id", 400))
    seen = posting.observe(TEXT, video, LOGIN, {"publish_id": "v_pub_file~v2-1.1"}, NOW)
    assert isinstance(seen, CannotTell)
    assert seen.evidence["answer"] == "invalid_publish_id"


@pytest.mark.parametrize(
    "answer",
    [
        refusal("internal_error", 500),
        Reply(502, {"Content-Type": "text/html"}, "<html>Bad gateway</html>"),
        Reply(503, {}, ""),
        NoAnswerError("POST x: connection reset by peer"),
    ],
    ids=["internal_error", "502 html", "503 empty", "reset"],
)
def test_trouble_is_temporary_before_the_commit_and_a_doubt_at_it(answer, video, pictures):
    for media in (video, pictures):
        posting, _ = adapter(answer)
        with pytest.raises(PlatformUnavailableError) as caught:
            posting.prepare(TEXT, media, LOGIN, {}, lambda _: None)
        assert caught.value.retried and in_chinese(caught.value.said) and not caught.value.unknown
    posting, _ = adapter(json_reply(CREATOR), answer)
    checkpoint = posting.prepare(TEXT, pictures, LOGIN, {}, lambda _: None)
    with pytest.raises(OutcomeUnknownError) as caught:
        posting.commit(TEXT, pictures, LOGIN, checkpoint)
    assert caught.value.action is CONFIRM and in_chinese(caught.value.said)


def test_a_commit_that_was_not_sent_may_be_tried_again(pictures):
    posting, _ = adapter(json_reply(CREATOR), NotSentError("POST x: connection refused"))
    checkpoint = posting.prepare(TEXT, pictures, LOGIN, {}, lambda _: None)
    with pytest.raises(PlatformUnavailableError):
        posting.commit(TEXT, pictures, LOGIN, checkpoint)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (refusal("brand_new_code", 400), PublishingError),
        (Reply(404, {"Content-Type": "text/plain"}, "404 page not found"), PlatformUnavailableError),
        (refusal("brand_new_code", 503), PlatformUnavailableError),
    ],
)
def test_an_unknown_answer_is_kept_for_triage_and_final_where_it_is_tiktok_s_own_refusal(reply, kind, video):
    posting, _ = adapter(reply)
    with pytest.raises(PublishingError) as caught:
        posting.prepare(TEXT, video, LOGIN, {}, lambda _: None)
    assert type(caught.value) is kind
    assert caught.value.unknown and caught.value.platform_code and caught.value.stage == "create"


BARE = [
    Reply(403, {"Content-Type": "text/html"}, "<html>Forbidden</html>"),
    Reply(408, {"Content-Type": "text/html"}, "<html>Request Timeout</html>"),
    Reply(425, {}, ""),
    json_reply({"message": "no such route"}, 404),
]


@pytest.mark.parametrize("answer", BARE, ids=lambda reply: str(reply.status))
def test_a_bare_refusal_is_not_final_at_once(answer, video):
    posting, _ = adapter(answer)
    with pytest.raises(PlatformUnavailableError) as caught:
        posting.prepare(TEXT, video, LOGIN, {}, lambda _: None)
    assert (caught.value.code, caught.value.max_tries) == ("refused_on_the_way", 4)
    posting, _ = adapter(answer)
    with pytest.raises(PlatformUnavailableError):
        posting.observe(TEXT, video, LOGIN, {"publish_id": "v1"}, NOW)


@pytest.mark.parametrize(
    "answer",
    [refusal("brand_new_code", 400), *BARE, Reply(429, {"Retry-After": "3"}, "slow down")],
    ids=lambda reply: f"{reply.status}",
)
def test_what_tiktok_s_table_does_not_know_at_the_commit_is_a_doubt(answer, pictures):
    posting, _ = adapter(json_reply(CREATOR), answer)
    checkpoint = posting.prepare(TEXT, pictures, LOGIN, {}, lambda _: None)
    with pytest.raises(OutcomeUnknownError) as caught:
        posting.commit(TEXT, pictures, LOGIN, checkpoint)
    assert caught.value.unknown


def test_retry_after_is_followed_where_it_is_given(video):
    body = {"error": {"code": "rate_limit_exceeded"}}
    posting, _ = adapter(json_reply(body, 429, **{"Retry-After": "17"}))
    with pytest.raises(RateLimitedError) as caught:
        posting.prepare(TEXT, video, LOGIN, {}, lambda _: None)
    assert caught.value.retry_after == timedelta(seconds=17)


# fail_reason, class, action, delay, pauses, max_tries (1.11)
FAIL_REASONS = [
    ("file_format_check_failed", ContentRejectedError, FIX, None, None, None),
    ("duration_check_failed", ContentRejectedError, FIX, None, None, None),
    ("frame_rate_check_failed", ContentRejectedError, FIX, None, None, None),
    ("picture_size_check_failed", ContentRejectedError, FIX, None, None, None),
    ("internal", PlatformUnavailableError, None, None, None, None),
    ("video_pull_failed", PlatformUnavailableError, None, MINUTE, None, 3),
    ("photo_pull_failed", PlatformUnavailableError, None, MINUTE, None, 3),
    ("publish_cancelled", PublishingError, None, None, None, None),
    ("auth_removed", AccountDisconnectedError, RECONNECT, None, "account", None),
    ("spam_risk_too_many_posts", QuotaExceededError, None, HOUR6, "account", None),
    ("spam_risk_user_banned_from_posting", PublishingError, None, None, "account", None),
    ("spam_risk_text", ContentRejectedError, FIX, None, None, None),
    ("spam_risk", ContentRejectedError, FIX, None, None, None),
]


@pytest.mark.parametrize(("reason", "kind", "action", "delay", "pauses", "max_tries"), FAIL_REASONS)
def test_fail_reasons_are_final_for_their_publish_id(reason, kind, action, delay, pauses, max_tries, video):
    posting, _ = adapter(ok(status="FAILED", fail_reason=reason))
    seen = posting.observe(TEXT, video, LOGIN, {"publish_id": "v1", "size": 5}, NOW)
    assert isinstance(seen, NotPublished) and seen.final
    check(seen.error, kind, action, delay, pauses, max_tries)


@pytest.mark.parametrize("reason", ["something_new", None])
def test_an_unknown_fail_reason_is_permanent_and_kept(reason, video):
    posting, _ = adapter(ok(status="FAILED", **({"fail_reason": reason} if reason else {})))
    seen = posting.observe(TEXT, video, LOGIN, {"publish_id": "v1", "size": 5}, NOW)
    assert isinstance(seen, NotPublished) and seen.final
    assert seen.error.unknown and not seen.error.retried


# status of a PUT, class for a chunk before the last, class for the last (1.8)
PUT_ANSWERS = [
    (400, MisconfiguredError, MisconfiguredError),
    (403, PlatformUnavailableError, PlatformUnavailableError),
    (404, PlatformUnavailableError, OutcomeUnknownError),
    (416, PlatformUnavailableError, OutcomeUnknownError),
    (500, PlatformUnavailableError, OutcomeUnknownError),
    (503, PlatformUnavailableError, OutcomeUnknownError),
]


@pytest.mark.parametrize(("status", "before", "last"), PUT_ANSWERS)
def test_answers_to_a_chunk(status, before, last, video):
    put = Reply(status, {}, "")
    in_two = type("InTwo", (TikTokAdapter,), {"whole_up_to": 1, "chunk_bytes": 150_000})
    settings = platform_settings(Platform.TIKTOK, base_url="http://127.0.0.1:1")
    posting = in_two(settings, lambda: NOW, ScriptedWire(json_reply(CREATOR), json_reply(INITIATED), put))
    with pytest.raises(PublishingError) as caught:
        posting.prepare(TEXT, video, LOGIN, {}, lambda _: None)
    assert type(caught.value) is before and in_chinese(caught.value.said) and not caught.value.unknown
    posting, _ = adapter(json_reply(CREATOR), json_reply(INITIATED), put)
    checkpoint = posting.prepare(TEXT, video, LOGIN, {}, lambda _: None)
    with pytest.raises(PublishingError) as caught:
        posting.commit(TEXT, video, LOGIN, checkpoint)
    assert type(caught.value) is last and in_chinese(caught.value.said) and not caught.value.unknown


PAGE = {"Content-Type": "text/html"}, "<html>Checking your browser</html>"

# an answer to a PUT that nobody at TikTok gave, or gave to it
FOREIGN = [
    Reply(200, *PAGE),
    Reply(201, *PAGE),
    Reply(206, *PAGE),
    Reply(200, {"Content-Type": "text/plain"}, "OK"),
    json_reply({"error": {"code": "internal_error"}}, 201),
    Reply(204, {}, ""),
    Reply(302, {"Location": "/login"}, ""),
    Reply(400, *PAGE),
    Reply(403, *PAGE),
    Reply(404, *PAGE),
    Reply(405, {}, ""),
    Reply(408, *PAGE),
    Reply(413, {}, ""),
    Reply(429, {"Retry-After": "3"}, ""),
]


def sent_in_two(video, *answers):
    """What prepare makes of these answers to the first of two chunks, and what it has saved."""
    in_two = type("InTwo", (TikTokAdapter,), {"whole_up_to": 1, "chunk_bytes": 150_000})
    wire = ScriptedWire(json_reply(CREATOR), json_reply(INITIATED), *answers)
    posting = in_two(platform_settings(Platform.TIKTOK, base_url="http://127.0.0.1:1"), lambda: NOW, wire)
    saved = []
    try:
        posting.prepare(TEXT, video, LOGIN, {}, saved.append)
    except PublishingError as err:
        return err, saved[-1]
    return None, saved[-1]


def sent_at_once(video, answer):
    posting, _ = adapter(json_reply(CREATOR), json_reply(INITIATED), answer)
    checkpoint = posting.prepare(TEXT, video, LOGIN, {}, lambda _: None)
    try:
        return posting.commit(TEXT, video, LOGIN, checkpoint), checkpoint
    except PublishingError as err:
        return err, checkpoint


@pytest.mark.parametrize("answer", FOREIGN, ids=lambda reply: f"{reply.status} {reply.text[:6]}")
def test_an_answer_that_is_not_tiktok_s_is_no_proof_that_a_chunk_arrived_or_did_not(answer, video):
    error, saved = sent_in_two(video, answer)
    assert error.retried and saved["uploaded"] == 0
    end, checkpoint = sent_at_once(video, answer)
    assert type(end) is OutcomeUnknownError and checkpoint["uploaded"] == 0
    # Nor that its address is closed, or that the request is over.
    assert datetime.fromisoformat(checkpoint["closes_at"]) > NOW
    assert end.platform_code == f"http_{answer.status}"


@pytest.mark.parametrize("body", ["", " ", "{}", '{"error": {"code": "ok", "message": ""}}'])
def test_what_tiktok_documents_is_believed(body, video):
    assert sent_in_two(video, Reply(206, {}, body), Reply(206, {}, body))[0] is None
    for status in (201, 200):
        assert isinstance(sent_at_once(video, Reply(status, {}, body))[0], Processing)


@pytest.mark.parametrize("status", [200, 201])
def test_a_chunk_before_the_last_is_accepted_by_206_alone(status, video):
    error, saved = sent_in_two(video, Reply(status, {}, ""))
    assert (error.code, error.retried, saved["uploaded"]) == ("upload_out_of_step", True, 0)


# error, class, action, pauses (1.3)
OAUTH_ERRORS = [
    ("invalid_grant", AccountDisconnectedError, RECONNECT, "account"),
    ("access_denied", AccountDisconnectedError, RECONNECT, "account"),
    ("invalid_client", MisconfiguredError, None, "platform"),
    ("invalid_request", MisconfiguredError, None, "platform"),
    ("invalid_scope", MisconfiguredError, None, "platform"),
    ("unauthorized_client", MisconfiguredError, None, "platform"),
    ("unsupported_grant_type", MisconfiguredError, None, "platform"),
    ("unsupported_response_type", MisconfiguredError, None, "platform"),
    ("server_error", PlatformUnavailableError, None, None),
    ("temporarily_unavailable", PlatformUnavailableError, None, None),
]


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(("error", "kind", "action", "pauses"), OAUTH_ERRORS)
def test_oauth_errors_under_either_status(error, kind, action, pauses, status):
    secrets = {"client_key": "k", "client_secret": "a-client-secret", "refresh_token": "rft.old-token"}
    wire = ScriptedWire(json_reply({"error": error, "error_description": "No.", "log_id": "1"}, status))
    with pytest.raises(PublishingError) as caught:
        refresh(Credentials("school", secrets=secrets), wire, now=NOW)
    check(caught.value, kind, action, pauses=pauses)
