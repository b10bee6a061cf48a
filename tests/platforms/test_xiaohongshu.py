"""Xiaohongshu beyond the contract: what counts as seen, what is typed, and where the media comes from."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from platform_bench import Bench, platform_settings
from scripted_server import ScriptedServer, scripted_server
from xiaohongshu_bench import XIAOHONGSHU_BENCHES

from encore.domain.job import Platform
from encore.errors import (
    AccountDisconnectedError,
    MisconfiguredError,
    OutcomeUnknownError,
    PlatformUnavailableError,
    PublishingError,
)
from encore.platforms.contract import (
    CannotTell,
    ContentPayload,
    Credentials,
    MediaAsset,
    MediaFile,
    Processing,
    Published,
)
from encore.platforms.sent_text import sent_text, tags_to_add
from encore.platforms.xiaohongshu.adapter import VISIBILITIES, XiaohongshuAdapter
from encore.platforms.xiaohongshu.limits import typed_body
from encore.settings import load_settings

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)
CONTENT = ContentPayload("周日下午三点，欢迎大家", "春季学生音乐会", ("钢琴",), "zh")


@pytest.fixture
def bench(make_bench: Callable[[str], Bench]) -> Bench:
    return make_bench("xiaohongshu pictures")


@pytest.mark.parametrize("name", XIAOHONGSHU_BENCHES)
def test_a_note_is_published_only_when_it_was_seen(make_bench, name):
    bench = make_bench(name)
    checkpoint, committed_at = bench.prepare(), datetime.now(UTC)
    assert isinstance(bench.commit(checkpoint), Processing)
    seen = bench.observe(checkpoint, committed_at)
    (post,) = bench.world.feed()
    assert isinstance(seen, Published) and seen.post_id == post["post_id"]
    assert seen.url.startswith(f"https://www.xiaohongshu.com/explore/{post['post_id']}?xsec_token=")
    assert post["title"] == bench.content.title
    assert post["media"]["sha256s"] == [file.sha256 for file in bench.media.files]
    assert post["flags"]["visibility"] == "公开可见"


def test_success_without_a_note_is_no_success(bench):
    bench.world.fault("publish", "error_as_success")
    checkpoint, committed_at = bench.prepare(), datetime.now(UTC)
    assert isinstance(bench.commit(checkpoint), Processing)
    seen = bench.observe(checkpoint, committed_at)
    assert isinstance(seen, CannotTell)
    assert seen.evidence["new_with_our_title"] == []


def test_a_note_that_is_listed_late_is_found_then(bench):
    bench.world.fault("publish", "listing_delay", seconds=0.4)
    checkpoint, committed_at = bench.prepare(), datetime.now(UTC)
    bench.commit(checkpoint)
    assert isinstance(bench.observe(checkpoint, committed_at), CannotTell)
    time.sleep(0.5)
    assert isinstance(bench.observe(checkpoint, committed_at), Published)


@pytest.mark.parametrize("fault", ["lost_answer", "success_as_error", "cut_body", "html"])
def test_a_note_whose_answer_was_lost_is_found(bench, fault):
    checkpoint, committed_at = bench.prepare(), datetime.now(UTC)
    bench.world.fault("publish", fault)
    with pytest.raises(OutcomeUnknownError):
        bench.commit(checkpoint)
    assert isinstance(bench.observe(checkpoint, committed_at), Published)


@pytest.mark.parametrize("fault", ["slow_body", "huge_body"])
def test_an_answer_without_end_is_not_waited_for(bench, fault):
    checkpoint, committed_at = bench.prepare(), datetime.now(UTC)
    bench.adapter.settings = bench.adapter.settings.model_copy(update={"commit_seconds": 0.5})
    bench.world.fault("publish", fault)
    began = time.monotonic()
    with pytest.raises(OutcomeUnknownError):
        bench.commit(checkpoint)
    assert time.monotonic() - began < 3
    assert isinstance(bench.observe(checkpoint, committed_at), Published)


def test_an_older_note_of_the_same_title_is_not_ours(bench):
    bench.commit(bench.prepare())
    (old,) = bench.world.feed()
    checkpoint, committed_at = bench.prepare(), datetime.now(UTC)
    assert checkpoint["same_title_before"] == [old["post_id"]]
    assert isinstance(bench.observe(checkpoint, committed_at), CannotTell)
    bench.commit(checkpoint)
    seen = bench.observe(checkpoint, committed_at)
    assert isinstance(seen, Published) and seen.post_id != old["post_id"]
    assert seen.evidence["same_title_before"] == [old["post_id"]]


def test_two_new_notes_of_this_title_and_text_are_for_a_person_to_tell_apart(bench):
    checkpoint, committed_at = bench.prepare(), datetime.now(UTC)
    bench.commit(checkpoint)
    bench.commit(checkpoint)
    seen = bench.observe(checkpoint, committed_at)
    assert isinstance(seen, CannotTell) and len(seen.evidence["confirmed"]) == 2


def test_a_note_that_turned_up_after_a_harmless_looking_error_is_adopted(bench):
    checkpoint = bench.prepare()
    bench.world.fault("publish", "success_as_error", code="PUBLISH_FAILED", details="小红书发布失败: 输入标题失败")
    with pytest.raises(PlatformUnavailableError):
        bench.commit(checkpoint)
    again = bench.prepare(checkpoint)
    seen = bench.commit(again)
    (post,) = bench.world.feed()
    assert isinstance(seen, Published) and seen.post_id == post["post_id"]


def test_a_new_note_of_the_same_title_and_another_text_stands_in_nobody_s_way(bench):
    checkpoint = bench.prepare()
    by_hand = replace(bench.content, text="完全不同的另一篇笔记")
    bench.adapter.commit(by_hand, bench.media, bench.credentials, {})
    again = bench.prepare(checkpoint)
    assert "appeared" not in again
    assert isinstance(bench.commit(again), Processing)


LIE = {"code": "PUBLISH_FAILED", "details": "小红书发布失败: 输入标题失败"}


def test_a_note_of_an_earlier_text_is_recognised_after_an_edit(bench):
    checkpoint = bench.prepare()
    bench.world.fault("publish", "success_as_error", **LIE)
    with pytest.raises(PlatformUnavailableError):
        bench.commit(checkpoint)
    bench.content = replace(bench.content, title="夏季学生音乐会", text="完全不同的另一篇笔记")
    again = bench.prepare(checkpoint)
    (post,) = bench.world.feed()
    for seen in (bench.commit(again), bench.observe(again, datetime.now(UTC))):
        assert isinstance(seen, Published) and seen.post_id == post["post_id"]
    assert len(bench.world.feed()) == 1


def test_a_note_that_is_listed_only_two_attempts_later_is_recognised_too(bench):
    checkpoint = bench.prepare()
    bench.world.fault("publish", "listing_delay", seconds=0.6)
    bench.world.fault("publish", "success_as_error", **LIE)
    with pytest.raises(PlatformUnavailableError):
        bench.commit(checkpoint)
    bench.content = replace(bench.content, text="改过的正文")
    second = bench.prepare(checkpoint)  # not listed yet; what follows fails before its commit
    assert "appeared" not in second
    time.sleep(0.6)
    bench.content = replace(bench.content, text="又改过的正文")
    assert bench.prepare(bench.prepare(second))["appeared"]["note_id"] == bench.world.feed()[0]["post_id"]


def test_an_old_checkpoint_without_the_text_still_works(bench):
    checkpoint = bench.prepare()
    bench.world.fault("publish", "success_as_error", **LIE)
    with pytest.raises(PlatformUnavailableError):
        bench.commit(checkpoint)
    for name in ("text", "earlier", "sent"):
        checkpoint.pop(name, None)
    assert "appeared" in bench.prepare(checkpoint)


@pytest.mark.parametrize("fault", ["error_as_success", "lost_request"])
def test_after_a_doubt_nothing_is_sent_until_a_person_has_looked(bench, fault):
    checkpoint = bench.prepare()
    bench.world.fault("publish", fault)
    try:
        bench.commit(checkpoint)
    except OutcomeUnknownError:
        pass
    with pytest.raises(PlatformUnavailableError) as caught:
        bench.prepare(checkpoint)
    assert (caught.value.code, caught.value.retried) == ("status_unclear", True)
    again = bench.prepare({**checkpoint, "denied": True})
    assert "denied" not in again and "sent" not in again
    bench.commit(again)
    assert isinstance(bench.observe(again, datetime.now(UTC)), Published)
    assert len(bench.world.feed()) == 1


def test_a_note_that_is_there_is_adopted_whatever_a_person_has_said(bench):
    checkpoint = bench.prepare()
    bench.world.fault("publish", "lost_answer")
    with pytest.raises(OutcomeUnknownError):
        bench.commit(checkpoint)
    assert isinstance(bench.commit(bench.prepare({**checkpoint, "denied": True})), Published)
    assert len(bench.world.feed()) == 1


def test_a_session_that_is_gone_is_believed_after_two_looks(bench):
    bench.world.switch(xiaohongshu_logged_in=False)
    with pytest.raises(AccountDisconnectedError) as caught:
        bench.prepare()
    assert bench.world.operations() == ["login_status", "login_status"]
    assert caught.value.pauses == "account"


def test_one_false_answer_about_the_login_is_not_believed(bench):
    bench.world.fault("login_status", "logged_out")
    bench.prepare()
    assert bench.world.operations()[:2] == ["login_status", "login_status"]


def test_a_wrong_key_for_the_service_is_the_operator_s_matter(bench):
    bench.credentials = replace(bench.credentials, token="sim-somebody-else")
    with pytest.raises(MisconfiguredError):
        bench.prepare()


def test_a_chosen_visibility_is_sent_and_another_refused(bench):
    bench.content = replace(bench.content, privacy=VISIBILITIES[1])
    assert bench.adapter.validate(bench.content, bench.media) == []
    bench.commit(bench.prepare())
    assert bench.world.feed()[0]["flags"]["visibility"] == VISIBILITIES[1]
    (problem,) = bench.adapter.validate(replace(bench.content, privacy="PUBLIC"), bench.media)
    assert (problem.field, problem.code) == ("privacy", "privacy_unknown")


def test_a_note_needs_a_title_and_a_text(bench):
    problems = bench.adapter.validate(replace(bench.content, title=" ", text=""), bench.media)
    assert [problem.code for problem in problems] == ["title_missing", "text_missing"]


# The shared folder.


def file(folder: Path, **about: Any) -> MediaFile:
    path = folder / "original.mp4"
    path.write_bytes(b"moving pictures")
    return replace(MediaFile("v", "video", str(path), "a" * 64, "video/mp4", 15, 1080, 1920), **about)


@pytest.fixture
def shared(tmp_path: Path, bench: Bench) -> Path:
    folder = tmp_path / "shared"
    folder.mkdir()
    secrets = {"shared_folder": str(folder), "service_folder": "/app/images"}
    bench.credentials = replace(bench.credentials, secrets=secrets)
    return folder


def test_a_video_goes_through_the_shared_folder_under_the_service_s_path(bench, shared, tmp_path):
    bench.media = MediaAsset((file(tmp_path),))
    bench.prepare()
    (copied,) = shared.iterdir()
    assert copied.read_bytes() == b"moving pictures"
    with pytest.raises(MisconfiguredError, match="shared folder"):  # the look-alike has no /app/images
        bench.commit(bench.saved[-1])


def test_half_a_copy_is_replaced(bench, shared, tmp_path):
    (shared / f"{'a' * 64}.mp4").write_bytes(b"moving")
    bench.media = MediaAsset((file(tmp_path),))
    bench.prepare()
    assert [copy.read_bytes() for copy in shared.iterdir()] == [b"moving pictures"]


@pytest.mark.parametrize("about", [{"path": "/nowhere.mp4"}, {"size_bytes": 99}])
def test_media_that_cannot_be_placed_is_noticed_before_anything_is_sent(bench, shared, tmp_path, about):
    bench.media = MediaAsset((file(tmp_path, **about),))
    with pytest.raises(MisconfiguredError) as caught:
        bench.prepare()
    assert caught.value.code == "shared_folder_unusable"
    assert bench.publishing_operation not in bench.world.operations()


def test_a_video_without_a_shared_folder_cannot_be_posted(bench, tmp_path):
    bench.media = MediaAsset((file(tmp_path),))
    with pytest.raises(MisconfiguredError) as caught:
        bench.prepare()
    assert caught.value.code == "shared_folder_missing"


# What the look-alike does not do by itself.


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as started:
        yield started


MEDIA = MediaAsset((MediaFile("m", "image", "", "f" * 64, "image/jpeg", 1, 9, 9, address=lambda: "https://m/a.jpg"),))


def scripted(server: ScriptedServer) -> tuple[XiaohongshuAdapter, Credentials]:
    return XiaohongshuAdapter(platform_settings(Platform.XIAOHONGSHU), lambda: NOW), Credentials("a", server.url)


def listing(*notes: tuple[str, str]) -> tuple[int, Any]:
    feeds = [{"id": note_id, "xsecToken": "t&1", "noteCard": {"displayTitle": title}} for note_id, title in notes]
    return (200, {"success": True, "data": {"data": {"feeds": feeds}}})


def detail(desc: str, at: datetime | None) -> tuple[int, Any]:
    note = {"desc": desc, **({"time": int(at.timestamp() * 1000)} if at else {})}
    return (200, {"success": True, "data": {"feed_id": "n", "data": {"note": note, "comments": {}}}})


BODY = f"{CONTENT.text}\n\n#钢琴[话题]# "


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ([listing(("n", CONTENT.title)), detail(BODY, NOW)], True),
        ([listing(("n", f" {CONTENT.title} ")), detail("周日下午三点，\n 欢迎大家", NOW)], True),
        ([listing(("n", CONTENT.title)), detail(BODY, NOW - timedelta(seconds=30))], True),
        ([listing(("n", CONTENT.title)), detail(BODY, NOW - timedelta(minutes=5))], False),
        ([listing(("n", CONTENT.title)), detail(BODY, None)], False),
        ([listing(("n", CONTENT.title)), detail("别的正文", NOW)], False),
        ([listing(("n", "别的标题"))], False),
        ([listing(("old", CONTENT.title))], False),
        ([listing()], False),
        ([(200, {"success": True, "data": {"data": {"feeds": None}}})], False),
    ],
)
def test_only_a_new_note_with_our_title_text_and_time_is_ours(server, answers, found):
    adapter, credentials = scripted(server)
    server.will_answer(*answers)
    seen = adapter.observe(CONTENT, MEDIA, credentials, {"seen_notes": ["old"]}, NOW)
    assert isinstance(seen, Published if found else CannotTell)
    assert len(server.asked) == len(answers)
    if found:
        assert seen.url == "https://www.xiaohongshu.com/explore/n?xsec_token=t%261&xsec_source=pc_user"


def test_without_the_notes_of_before_nothing_can_be_told(server):
    adapter, credentials = scripted(server)
    server.will_answer()
    assert isinstance(adapter.observe(CONTENT, MEDIA, credentials, {}, NOW), CannotTell)
    assert server.asked == []


def test_what_is_sent_and_that_no_timer_and_no_key_are(server):
    adapter, credentials = scripted(server)
    server.will_answer((200, {"success": True, "data": {"status": "发布完成"}}))
    adapter.commit(CONTENT, MEDIA, credentials, {"seen_notes": []})
    (asked,) = server.asked
    assert (asked.method, asked.path) == ("POST", "/api/v1/publish")
    assert "authorization" not in asked.headers
    assert asked.body == {
        "title": CONTENT.title, "content": CONTENT.text, "tags": ["钢琴"], "visibility": "公开可见",
        "images": ["https://m/a.jpg"],
    }  # fmt: skip


def test_the_service_is_given_the_time_that_it_needs():
    settings = load_settings().platforms[Platform.XIAOHONGSHU]
    assert settings.commit_seconds >= 960  # 660 for pictures
    assert settings.max_in_flight_per_account == 1


words = st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=8).filter(
    lambda word: not word.isdigit()  # which is no hashtag
)


@given(words, st.lists(words, max_size=12))
def test_the_limit_counts_everything_that_is_typed(text, tags):
    content = ContentPayload(text, "标题", tuple(tags))
    typed = sent_text(content, typed_body)
    kept = tags_to_add(content)
    assert typed.startswith(text)
    assert len(typed) == len(text) + (2 + sum(len(tag) + 2 for tag in kept) if kept else 0)
    assert {tag.casefold() for tag in kept} == {tag.casefold() for tag in tags}
    adapter = XiaohongshuAdapter(platform_settings(Platform.XIAOHONGSHU), lambda: NOW)
    filled = replace(content, text=text + "字" * (1000 - len(typed)))
    codes = {problem.code for problem in adapter.validate(filled, MEDIA)} - {"picture_size"}
    assert codes == ({"too_many_hashtags"} if len(kept) > 10 else set())
    over = replace(filled, text=f"{filled.text}字")
    assert "text_too_long" in {problem.code for problem in adapter.validate(over, MEDIA)}


@given(words, words)
def test_a_tag_that_the_text_holds_is_not_typed_again(text, tag):
    assert tags_to_add(ContentPayload(f"{text} #{tag}", hashtags=(f"#{tag}",))) == []


@pytest.mark.parametrize(
    ("title", "fits"), [("春" * 20, True), ("春" * 21, False), ("a" * 40, True), ("🎹" * 11, False)]
)
def test_a_title_is_measured_in_the_service_s_units(bench, title, fits):
    problems = bench.adapter.validate(replace(bench.content, title=title), bench.media)
    assert [problem.code for problem in problems] == ([] if fits else ["title_too_long"])


def test_an_error_of_the_service_holds_no_key(bench):
    bench.world.fault("publish", "error", code="PUBLISH_FAILED", details=f"Authorization: Bearer {bench.secrets[0]}")
    with pytest.raises(PublishingError) as caught:
        bench.commit(bench.prepare())
    assert bench.secrets[0] not in f"{caught.value!r} {caught.value.detail}"
