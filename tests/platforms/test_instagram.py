"""Instagram beyond the contract: containers that are reused or replaced, quota, doubtful posts, hosts."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from instagram_bench import INSTAGRAM_BENCHES
from platform_bench import Bench, until

from encore.errors import (
    ContentRejectedError,
    OutcomeUnknownError,
    PlatformUnavailableError,
    PublishingError,
    QuotaExceededError,
)
from encore.platforms.contract import (
    NotPublished,
    Published,
)
from encore.platforms.sent_text import sent_text


@pytest.fixture
def bench(make_bench: Callable[[str], Bench]) -> Bench:
    return make_bench("instagram picture")


@pytest.fixture
def carousel(make_bench: Callable[[str], Bench]) -> Bench:
    return make_bench("instagram carousel")


def containers(bench: Bench) -> list[str]:
    return [operation for operation in bench.world.operations() if operation == "create_container"]


def prepare_once(bench: Bench, checkpoint: dict[str, Any] | None = None) -> dict[str, Any]:
    return bench.adapter.prepare(bench.content, bench.media, bench.credentials, checkpoint or {}, bench.saved.append)


@pytest.mark.parametrize("name", INSTAGRAM_BENCHES)
def test_what_was_approved_is_what_is_published(make_bench, name):
    bench = make_bench(name)
    seen = bench.commit(bench.prepare())
    (post,) = bench.world.feed()
    assert isinstance(seen, Published) and seen.url == post["url"]
    assert post["text"] == sent_text(bench.content)
    assert post["flags"]["is_ai_generated"] is True
    assert post["media"]["sha256s"] == [file.sha256 for file in bench.media.files]
    assert post["flags"]["media_type"] == {"picture": "IMAGE", "reel": "REELS", "carousel": "CAROUSEL"}[name.split()[1]]


def test_a_picture_says_what_it_shows(bench):
    bench.commit(bench.prepare())
    assert bench.world.feed()[0]["flags"]["alt_text"] == "The flyer"


def test_time_to_process_is_not_slept_away_but_asked_for(bench):
    bench.world.switch(container_seconds=60.0)
    began = time.monotonic()
    first = prepare_once(bench)
    again = prepare_once(bench, first)
    later = prepare_once(bench, again)
    assert time.monotonic() - began < 2
    assert [step["waiting"] for step in (first, again, later)] == [0.05, 0.1, 0.1]  # poll_seconds, then watch_seconds
    assert first["container"] == later["container"]
    assert len(containers(bench)) == 1


def test_an_old_container_is_reused(bench):
    checkpoint = bench.prepare()
    again = bench.prepare(checkpoint)
    assert again["container"] == checkpoint["container"]
    assert len(containers(bench)) == 1


def test_a_container_of_other_words_is_not_reused(bench):
    checkpoint = bench.prepare()
    bench.content = replace(bench.content, text="Summer recital")
    assert bench.prepare(checkpoint)["container"] != checkpoint["container"]
    bench.commit(bench.saved[-1])
    assert "Summer recital" in bench.world.feed()[0]["text"]


def test_a_live_post_is_never_built_again_whatever_its_words_were(bench):
    checkpoint = bench.prepare()
    live = bench.commit(checkpoint)
    bench.content = replace(bench.content, text="Summer recital")
    prepared = bench.prepare(checkpoint)
    assert prepared["status"] == "PUBLISHED"
    for seen in (bench.commit(prepared), bench.observe(prepared, datetime.now(UTC))):
        assert isinstance(live, Published) and isinstance(seen, Published)
        assert (seen.post_id, seen.url) == (live.post_id, live.url)  # found by the words that it was made of
    assert len(bench.world.feed()) == 1


def refused(bench: Bench) -> dict[str, Any]:
    """The checkpoint of an attempt that Instagram did not publish."""
    checkpoint = bench.prepare()
    bench.world.fault("publish", "error", code=24, subcode=2207008)
    with pytest.raises(PlatformUnavailableError):
        bench.commit(checkpoint)
    return checkpoint


def test_a_finished_container_is_offered_again_after_a_person_said_that_it_is_not_live(bench):
    checkpoint = refused(bench)
    again = bench.prepare({**checkpoint, "denied": True})
    assert again["container"] == checkpoint["container"] and "denied" not in again
    assert isinstance(bench.commit(again), Published)


def test_a_container_that_is_live_is_adopted_whatever_a_person_has_said(bench):
    checkpoint = bench.prepare()
    bench.world.fault("publish", "lost_answer")
    with pytest.raises(OutcomeUnknownError):
        bench.commit(checkpoint)
    again = bench.prepare({**checkpoint, "denied": True})
    assert again["status"] == "PUBLISHED" and "denied" not in again
    assert isinstance(bench.commit(again), Published)
    assert len(bench.world.feed()) == 1


@pytest.mark.parametrize("fault", [("processing_for_ever", {}), ("error", {"code": 100, "subcode": 33})])
def test_what_instagram_never_tells_of_a_container_is_not_waited_for_once_a_person_has_looked(bench, fault):
    checkpoint, (kind, args) = refused(bench), fault
    bench.world.fault("container_status", kind, **args)
    again = bench.prepare({**checkpoint, "denied": True})
    assert again["container"] != checkpoint["container"]
    assert not [saved for saved in bench.saved if "denied" in saved]
    assert isinstance(bench.commit(again), Published)
    assert len(containers(bench)) == 2


def test_a_container_that_was_offered_is_waited_for_after_an_edit(bench):
    """It may still go live, and then a second one would be a second post."""
    checkpoint = refused(bench)
    bench.world.fault("container_status", "processing_for_ever")
    bench.content = replace(bench.content, text="Summer recital")
    again = prepare_once(bench, checkpoint)
    assert again["waiting"] and again["container"] == checkpoint["container"]
    assert len(containers(bench)) == 1


def test_a_container_that_was_never_offered_is_not_waited_for_after_an_edit(bench):
    bench.world.fault("create_container", "processing_for_ever")
    first = prepare_once(bench)
    bench.content = replace(bench.content, text="Summer recital")
    assert bench.prepare(first)["container"] != first["container"]


def test_a_live_post_whose_container_cannot_be_read_is_found_in_the_listing(bench):
    checkpoint = bench.prepare()
    bench.world.fault("publish", "lost_answer")
    with pytest.raises(OutcomeUnknownError):
        bench.commit(checkpoint)
    bench.content = replace(bench.content, text="Summer recital")
    bench.world.fault("container_status", "error", times=0, code=100, subcode=33)
    for _ in range(3):
        with pytest.raises(PlatformUnavailableError):
            bench.prepare(bench.saved[-1])
    again = bench.prepare(bench.saved[-1])
    (post,) = bench.world.feed()
    for seen in (bench.commit(again), bench.observe(again, datetime.now(UTC))):
        assert isinstance(seen, Published) and seen.post_id == post["post_id"]
    assert len(containers(bench)) == 1


def test_a_listing_that_is_down_gives_no_container_up(bench):
    checkpoint = refused(bench)
    bench.content = replace(bench.content, text="Summer recital")
    bench.world.fault("media_list", "down")
    with pytest.raises(PlatformUnavailableError):
        bench.prepare(checkpoint)
    assert len(containers(bench)) == 1
    assert bench.prepare(checkpoint)["container"] != checkpoint["container"]


def test_an_expired_container_is_replaced(bench):
    bench.world.switch(instagram_container_life_seconds=0.2)
    checkpoint = bench.prepare()
    time.sleep(0.25)
    bench.world.switch(instagram_container_life_seconds=60.0)
    assert bench.prepare(checkpoint)["container"] != checkpoint["container"]


def test_expired_children_are_replaced(carousel):
    carousel.world.switch(instagram_container_life_seconds=0.2, container_seconds=0.1)
    waiting = prepare_once(carousel)
    assert "container" not in waiting
    time.sleep(0.25)
    carousel.world.switch(instagram_container_life_seconds=60.0)
    checkpoint = carousel.prepare(waiting)
    assert not set(checkpoint["children"]) & set(waiting["children"])
    assert isinstance(carousel.commit(checkpoint), Published)


@pytest.mark.parametrize(("subcode", "kind"), [(2207082, PlatformUnavailableError), (2207026, ContentRejectedError)])
def test_media_that_cannot_be_processed_counts_as_an_attempt_and_is_sent_anew(bench, subcode, kind):
    bench.world.fault("create_container", "fail_processing", subcode=subcode)
    with pytest.raises(kind):
        bench.prepare()
    assert bench.saved[-1] == {}
    assert isinstance(bench.commit(bench.prepare(bench.saved[-1])), Published)


def test_only_the_bad_child_of_a_carousel_is_sent_anew(carousel):
    carousel.world.fault("create_container", "fail_processing", subcode=2207082)
    with pytest.raises(PlatformUnavailableError):
        carousel.prepare()
    kept = carousel.saved[-1]["children"]
    assert kept[0] is None
    checkpoint = carousel.prepare(carousel.saved[-1])
    assert checkpoint["children"][1:] == kept[1:] or kept[1:] == [None, None]
    assert isinstance(carousel.commit(checkpoint), Published)


def test_a_crash_after_each_child_leaves_it_to_be_used(carousel):
    seen: list[dict[str, Any]] = []

    def crash_after_second(checkpoint: dict[str, Any]) -> None:
        seen.append(checkpoint)
        if len(seen) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        carousel.adapter.prepare(carousel.content, carousel.media, carousel.credentials, {}, crash_after_second)
    assert [child is None for child in seen[-1]["children"]] == [False, False, True]
    checkpoint = carousel.prepare(seen[-1])
    assert checkpoint["children"][:2] == seen[-1]["children"][:2]
    assert len(containers(carousel)) == 4


def test_the_quota_is_asked_for_before_anything_is_made(bench):
    bench.world.switch(instagram_quota_total=1)
    bench.commit(bench.prepare())
    made = len(containers(bench))
    before = datetime.now(UTC)
    with pytest.raises(QuotaExceededError) as caught:
        bench.prepare()
    assert caught.value.until - before >= timedelta(minutes=59)
    assert caught.value.pauses == "account"
    assert len(containers(bench)) == made


def test_a_quota_that_runs_out_while_a_container_waits_is_seen(bench):
    bench.world.switch(instagram_quota_total=1)
    first, second = bench.prepare(), bench.prepare()
    bench.commit(first)
    with pytest.raises(QuotaExceededError):
        bench.prepare(second)
    bench.world.fault("limit", "lost_request")
    with pytest.raises(QuotaExceededError):  # the limit cannot be read, so that Instagram itself has to say it
        bench.commit(bench.prepare(second))
    assert len(bench.world.feed()) == 1


@pytest.mark.parametrize("captions", [True, False])
@pytest.mark.parametrize("fault", ["lost_answer", "success_as_error", "cut_body", "html"])
def test_a_lost_answer_of_a_publish_is_found_again_with_its_id(bench, fault, captions):
    bench.world.switch(instagram_captions_listed=captions)
    checkpoint, committed_at = bench.prepare(), datetime.now(UTC)
    bench.world.fault("publish", fault)
    with pytest.raises(OutcomeUnknownError):
        bench.commit(checkpoint)
    seen = bench.observe(checkpoint, committed_at)
    (post,) = bench.world.feed()
    assert isinstance(seen, Published)
    assert (seen.post_id, seen.url) == (post["post_id"], post["url"])


def test_two_posts_that_fit_are_never_told_apart_by_guessing(bench):
    bench.commit(bench.prepare())
    checkpoint, committed_at = bench.prepare(), datetime.now(UTC)
    bench.world.fault("publish", "lost_answer")
    with pytest.raises(OutcomeUnknownError):
        bench.commit(checkpoint)
    seen = bench.observe(checkpoint, committed_at)
    assert isinstance(seen, Published)
    assert seen.post_id is None and len(seen.evidence["found"]) == 2


def test_a_live_post_that_is_not_listed_yet_is_published_without_an_id(bench):
    checkpoint, committed_at = bench.prepare(), datetime.now(UTC)
    bench.world.fault("publish", "listing_delay", seconds=60)
    bench.world.fault("publish", "lost_answer")
    with pytest.raises(OutcomeUnknownError):
        bench.commit(checkpoint)
    seen = bench.observe(checkpoint, committed_at)
    assert isinstance(seen, Published) and seen.post_id is None


def test_a_live_post_that_was_listed_late_is_identified_then(bench):
    checkpoint, committed_at = bench.prepare(), datetime.now(UTC)
    bench.world.fault("publish", "listing_delay", seconds=1)
    bench.world.fault("publish", "lost_answer")
    with pytest.raises(OutcomeUnknownError):
        bench.commit(checkpoint)
    assert bench.observe(checkpoint, committed_at).post_id is None
    bench.content = replace(bench.content, text="Summer recital")
    asked = (bench.content, bench.media, bench.credentials, checkpoint, committed_at)
    found = until(lambda: bench.adapter.identify(*asked))
    (post,) = bench.world.feed()
    assert (found.post_id, found.url) == (post["post_id"], post["url"])


def test_a_publish_that_never_arrived_is_not_believed_at_once(bench):
    checkpoint, committed_at = bench.prepare(), datetime.now(UTC)
    bench.world.fault("publish", "lost_request")
    with pytest.raises(OutcomeUnknownError):
        bench.commit(checkpoint)
    seen = bench.observe(checkpoint, committed_at)
    assert isinstance(seen, NotPublished) and not seen.final and seen.error.retried
    assert bench.prepare(checkpoint)["container"] == checkpoint["container"]


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


def test_the_link_of_a_new_post_holds_nothing_up(bench):
    checkpoint = bench.prepare()
    bench.adapter.settings = bench.adapter.settings.model_copy(update={"call_seconds": 0.3})
    bench.world.fault("media_read", "slow_body")
    began = time.monotonic()
    seen = bench.commit(checkpoint)
    assert time.monotonic() - began < 2
    assert isinstance(seen, Published) and seen.post_id and seen.url is None


@pytest.mark.parametrize(
    ("operation", "fault"),
    [
        ("container_status", "wrapped_answer"),
        ("publish", "wrapped_answer"),
        ("container_status", "status_only"),
        ("limit", "wrapped_answer"),
    ],
)
def test_unusual_forms_of_answers_are_understood(bench, operation, fault):
    bench.world.fault(operation, fault, times=0)
    assert isinstance(bench.commit(bench.prepare()), Published)


def test_containers_that_stay_unreadable_are_given_up(bench):
    checkpoint = bench.prepare()
    bench.world.fault("container_status", "error", times=3, code=100, subcode=33)
    for _ in range(3):
        with pytest.raises(PlatformUnavailableError):
            bench.prepare(bench.saved[-1])
    assert bench.saved[-1] == {}
    assert bench.prepare(bench.saved[-1])["container"] != checkpoint["container"]


def test_a_container_refused_again_and_again_is_replaced(bench):
    bench.world.fault("publish", "error", times=3, code=24, subcode=2207008)
    used = []
    for _ in range(4):
        checkpoint = bench.prepare(bench.saved[-1] if bench.saved else {})
        used.append(checkpoint["container"])
        try:
            seen = bench.commit(checkpoint)
        except PublishingError as err:
            assert err.retried
    assert isinstance(seen, Published)
    assert used[0] == used[1] == used[2] != used[3]
