"""The contract of `platforms/base.py`, over every adapter and real HTTP: each way of posting in `BENCHES`."""

from __future__ import annotations

import inspect
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from benches import BENCHES
from platform_bench import appears, drive, in_chinese

from encore.errors import OutcomeUnknownError, PublishingError
from encore.platforms.contract import CannotTell, Processing, Published

PUBLISHING = frozenset({"upload_last_chunk", "photo_init", "publish", "publish_video"})
LOST = ("lost_request", "lost_answer", "cut_body", "success_as_error", "html", "truncated_json")
LOST_BEFORE = ("lost_answer", "success_as_error", "html")
"""For requests that publish nothing a loss has fewer faces."""


def _losses() -> Iterator[tuple[str, str, str]]:
    """Bench, operation and fault."""
    for name, (_, operations) in BENCHES.items():
        for operation in operations:
            for kind in LOST if operation in PUBLISHING else LOST_BEFORE:
                yield name, operation, kind


def test_all_instants_come_from_the_clock_that_was_given(bench):
    clock = inspect.signature(type(bench.adapter)).parameters["clock"]
    assert clock.default is inspect.Parameter.empty


def test_a_good_post_has_no_problems(bench):
    assert bench.adapter.validate(bench.content, bench.media) == []


def test_validate_finds_every_problem_and_says_it_in_both_languages(bench):
    content, media, codes = bench.spoiled
    problems = bench.adapter.validate(content, media)
    assert {problem.code for problem in problems} == codes
    assert all(problem.field and in_chinese(problem.said) != str(problem.said) for problem in problems)
    assert bench.world.operations() == []


def test_a_post_is_published_once_and_its_address_is_known(bench):
    end = drive(bench)
    assert isinstance(end, Published)
    (post,) = bench.world.feed()
    if end.post_id is not None:
        assert end.post_id == post["post_id"]
    if end.url is not None:
        assert end.post_id in end.url or end.url == post["url"]
    assert bench.world.operations().count(bench.publishing_operation) == 1


def test_prepare_makes_nothing_public_and_may_be_repeated(bench):
    first = bench.prepare()
    bench.prepare(first)
    bench.prepare()
    time.sleep(0.1)
    assert bench.world.feed() == []
    assert bench.publishing_operation not in bench.world.operations()


def test_a_checkpoint_is_saved_before_it_is_needed(bench):
    """Whatever prepare returns can be found again in what it saved, but for progress and waiting."""
    checkpoint = bench.prepare()
    assert bench.saved, "nothing was saved"
    assert set(bench.saved[-1]) >= set(checkpoint)


def test_observe_changes_nothing(bench):
    checkpoint = bench.prepare()
    committed_at = datetime.now(UTC)
    bench.commit(checkpoint)
    before = len(bench.world.operations())
    for _ in range(3):
        assert bench.observe(checkpoint, committed_at) is not None
        time.sleep(0.1)
    appears(bench)
    assert len(bench.world.feed()) == 1
    assert set(bench.world.operations()[before:]) <= bench.reading_operations


def test_a_post_can_be_identified_later_and_nothing_is_changed_by_it(bench):
    committed_at = datetime.now(UTC)
    end = drive(bench)
    before = len(bench.world.operations())
    found = bench.adapter.identify(bench.content, bench.media, bench.credentials, bench.saved[-1], committed_at)
    assert found is None or (found.post_id, found.url) == (end.post_id, end.url)
    assert set(bench.world.operations()[before:]) <= bench.reading_operations
    assert bench.adapter.identify(bench.content, bench.media, bench.credentials, {}, committed_at) is None


def test_what_was_never_sent_is_never_seen(bench):
    checkpoint = bench.prepare()
    seen = bench.observe(checkpoint, datetime.now(UTC))
    assert not isinstance(seen, Published)
    assert bench.world.feed() == []


def test_preparing_again_after_a_success_does_not_post_again(bench):
    assert isinstance(drive(bench), Published)
    again = bench.commit(bench.prepare(bench.saved[-1]))
    assert isinstance(again, Published | Processing)
    time.sleep(0.1)
    assert len(bench.world.feed()) == 1
    assert bench.world.operations().count(bench.publishing_operation) == 1


def test_the_spec_s_publish_goes_all_the_way(bench):
    result = bench.adapter.publish(bench.content, bench.media, bench.credentials)
    assert result.state == "success", result
    assert len(bench.world.feed()) == 1


@pytest.fixture
def lost(request, make_bench):
    return make_bench(request.param)


@pytest.mark.parametrize(("lost", "operation", "kind"), list(_losses()), indirect=["lost"])
def test_a_lost_answer_leads_to_one_post_or_to_doubt_and_never_to_two(lost, operation, kind):
    lost.world.fault(operation, kind)
    end = drive(lost)
    time.sleep(0.1)
    posts = lost.world.feed()
    assert len(posts) <= 1
    if isinstance(end, PublishingError):
        # An error says that nothing was published.
        assert posts == [], end
    elif not isinstance(end, Published):
        assert isinstance(end, CannotTell), end
        assert not lost.always_resolves, f"{end} after {operation} {kind}"
    if lost.always_resolves:
        assert isinstance(end, Published), end
        assert len(posts) == 1


@pytest.mark.parametrize("kind", ["lost_answer", "success_as_error", "html"])
def test_an_edit_after_a_commit_whose_answer_was_lost_or_a_lie_makes_no_second_post(bench, kind):
    checkpoint = bench.prepare()
    bench.world.fault(bench.publishing_operation, kind)
    with pytest.raises(OutcomeUnknownError):
        bench.commit(checkpoint)
    appears(bench)
    bench.content = replace(bench.content, text="另一篇文字 Another text", title="另一个标题")
    try:
        again = bench.prepare(checkpoint)
    except PublishingError as err:
        # Where nothing tells what became of the first, nothing is begun.
        assert err.retried and not bench.always_resolves
    else:
        assert isinstance(bench.commit(again), Published | Processing)
    time.sleep(0.1)
    assert len(bench.world.feed()) == 1
    assert bench.world.operations().count(bench.publishing_operation) == 1


def test_what_a_person_has_said_of_one_handle_is_not_carried_on(bench):
    checkpoint = bench.prepare({**bench.prepare(), "denied": True})
    assert "denied" not in checkpoint and not [saved for saved in bench.saved if "denied" in saved]


def test_a_commit_that_lands_after_we_gave_up_is_still_one_post(bench):
    bench.adapter.settings = bench.adapter.settings.model_copy(update={"commit_seconds": 0.3})
    bench.settle_seconds = 1.0
    bench.world.fault(bench.publishing_operation, "late_effect", seconds=0.6)
    end = drive(bench)
    assert isinstance(end, Published if bench.always_resolves else Published | CannotTell), end
    time.sleep(0.1)
    assert len(bench.world.feed()) == 1


def test_a_server_that_cannot_be_reached_ends_in_an_error_that_is_tried_again(bench):
    closed = bench.adapter.settings.model_copy(update={"base_url": "http://127.0.0.1:9"})
    bench.adapter.settings = closed
    bench.credentials = bench.credentials.__class__(
        bench.credentials.account, "http://127.0.0.1:9", bench.credentials.user_id, bench.credentials.token
    )
    with pytest.raises(PublishingError) as caught:
        bench.prepare()
    assert caught.value.retried
    assert in_chinese(caught.value.said)


@pytest.mark.parametrize("name", BENCHES)
def test_every_operation_of_a_flow_is_one_that_the_flow_makes(name, make_bench):
    bench = make_bench(name)
    drive(bench)
    assert set(BENCHES[name][1]) <= set(bench.world.operations())
