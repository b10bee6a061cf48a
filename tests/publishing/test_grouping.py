"""How the posts of one claim are shared out among groups, and what a group is called."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from campaign_fixtures import NOW
from hypothesis import assume, given
from hypothesis import strategies as some

from encore.domain.job import Platform
from encore.publishing.grouping import LONGEST_LABEL, label_of, name_of, shared_out
from encore.settings import PublishingSettings, load_settings

PUBLISHING = load_settings().publishing
Post = tuple[str, str]


def bounded(groups: int, size: int) -> PublishingSettings:
    return PUBLISHING.model_copy(update={"groups": groups, "group_size": size})


# Which group ----------------------------------------------------------------------------------------------------

accounts = some.tuples(some.sampled_from([str(platform) for platform in Platform]), some.integers(0, 12))
claims = some.lists(accounts.map(lambda at: (at[0], f"{at[0]}-{at[1]}")), max_size=30)
places = some.dictionaries(some.sampled_from([str(platform) for platform in Platform]), some.integers(-2, 9))
limits = some.builds(bounded, some.integers(1, 6), some.integers(1, 20))


def sizes_by_platform(posts: list[Post], numbers: list[int]) -> dict[str, list[int]]:
    platforms = {number: platform for (platform, _), number in zip(posts, numbers, strict=True)}
    found: dict[str, list[int]] = {}
    for number, count in Counter(numbers).items():
        found.setdefault(platforms[number], []).append(count)
    return found


@given(claims, places, limits)
def test_every_post_has_its_group(posts, free, settings):
    numbers = shared_out(posts, free, settings)
    assert len(numbers) == len(posts)
    assert shared_out(posts, free, settings) == numbers, "a second try must find the same"


@given(claims, places, limits)
def test_all_posts_of_an_account_are_in_one_group(posts, free, settings):
    groups: dict[str, set[int]] = {}
    for (_, account), number in zip(posts, shared_out(posts, free, settings), strict=True):
        groups.setdefault(account, set()).add(number)
    assert all(len(of_account) == 1 for of_account in groups.values())


@given(claims, places, limits)
def test_a_group_is_of_one_platform(posts, free, settings):
    platforms: dict[int, set[str]] = {}
    for (platform, _), number in zip(posts, shared_out(posts, free, settings), strict=True):
        platforms.setdefault(number, set()).add(platform)
    assert all(len(of_group) == 1 for of_group in platforms.values())


@given(claims, places, limits)
def test_groups_are_numbered_as_they_appear_without_a_gap(posts, free, settings):
    appeared = list(dict.fromkeys(shared_out(posts, free, settings)))
    assert appeared == list(range(len(appeared)))


@given(claims, places, limits)
def test_no_more_groups_than_are_set_or_free_or_needed(posts, free, settings):
    """But one always: what was taken over from a lost task is published however many are open."""
    for platform, sizes in sizes_by_platform(posts, shared_out(posts, free, settings)).items():
        assert len(sizes) <= settings.groups
        assert len(sizes) <= max(1, free.get(platform, 1))
        assert (len(sizes) - 1) * settings.group_size < sum(sizes)


@given(claims, places, limits)
def test_sizes_differ_by_no_more_than_one_account_has(posts, free, settings):
    most: Counter[str] = Counter()
    for (platform, _), count in Counter(posts).items():
        most[platform] = max(most[platform], count)
    for platform, sizes in sizes_by_platform(posts, shared_out(posts, free, settings)).items():
        assert max(sizes) - min(sizes) <= most[platform]


@given(claims, places, limits)
def test_a_platforms_posts_change_nothing_for_another(posts, free, settings):
    assume(posts)
    platform = posts[0][0]
    alone = [post for post in posts if post[0] == platform]
    shared = shared_out(posts, free, settings)
    beside = [number for (name, _), number in zip(posts, shared, strict=True) if name == platform]
    again = shared_out(alone, free, settings)
    assert len(set(zip(beside, again, strict=True))) == len(set(beside)) == len(set(again))


@pytest.mark.parametrize(
    ("posts", "free", "groups", "of"),
    [(1, 9, 4, 1), (40, 9, 4, 1), (41, 9, 4, 2), (81, 9, 4, 3), (999, 9, 4, 4), (999, 2, 4, 2), (999, 0, 4, 1)],
)
def test_a_rush_is_shared_as_far_as_there_is_room(posts, free, groups, of):
    there = [("instagram", f"account {number}") for number in range(posts)]
    numbers = shared_out(there, {"instagram": free}, bounded(groups, 40))
    sizes = Counter(numbers).values()
    assert len(sizes) == of and max(sizes) - min(sizes) <= 1


def test_an_account_weighs_as_much_as_it_has_posts():
    posts = [("tiktok", account) for account, count in (("a", 9), ("b", 1), ("c", 9), ("d", 1)) for _ in range(count)]
    assert sorted(Counter(shared_out(posts, {"tiktok": 9}, bounded(2, 1))).values()) == [10, 10]


def test_one_account_in_a_rush_is_one_group():
    assert set(shared_out([("tiktok", "school")] * 300, {"tiktok": 9}, bounded(4, 40))) == {0}


# What it is called ----------------------------------------------------------------------------------------------


def post(number: int = 0, *, minutes: float = 0, **more: object) -> Any:
    """A row of `claim_batch`."""
    about = {
        "position": number,
        "group_no": 0,
        "job_id": f"j{number}",
        "platform": "instagram",
        "account": "school",
        "touchpoint": "day_of",
        "scheduled_at": NOW + timedelta(minutes=minutes),
        "concert_title": "Spring Recital",
        "timezone": "Europe/Berlin",
    }
    return SimpleNamespace(**{**about, **more})


def test_a_group_of_one_is_called_like_its_post():
    assert label_of([post()]) == name_of(post()) == "instagram · Spring Recital · day of"


def test_a_larger_one_says_how_many_when_the_first_goes_and_which_concerts():
    """Each once, in the order of the claim; the hour is the hall's."""
    posts = [post(0, minutes=5), post(1), post(2, minutes=9, concert_title="Ensemble")]
    assert label_of(posts) == "instagram · 3 posts · 13:00 · Spring Recital, Ensemble"


@pytest.mark.parametrize(
    ("timezone", "at"),
    [("Europe/Berlin", "13:00"), ("Asia/Shanghai", "20:00"), ("America/Los_Angeles", "04:00"), ("UTC", "12:00")],
)
def test_the_hour_is_that_of_the_concert_which_is_first(timezone, at):
    posts = [post(0, minutes=1), post(1, timezone=timezone)]
    assert f" · {at} · " in label_of(posts)


@given(
    some.lists(some.tuples(some.text(min_size=1, max_size=300), some.integers(0, 90)), min_size=1, max_size=20),
    some.sampled_from([str(platform) for platform in Platform]),
)
def test_no_label_is_longer_than_airflow_keeps(made, platform):
    posts = [
        post(number, minutes=minutes, concert_title=title, platform=platform)
        for number, (title, minutes) in enumerate(made)
    ]
    label = label_of(posts)
    assert 0 < len(label) <= LONGEST_LABEL == 250
    assert label.startswith(f"{platform} · ")


def test_a_label_that_was_cut_says_so():
    whole = "T" * (LONGEST_LABEL - len("instagram ·  · day of"))
    assert label_of([post(concert_title=whole)]) == f"instagram · {whole} · day of"
    cut = label_of([post(concert_title=whole + "T")])
    assert len(cut) == LONGEST_LABEL and cut.endswith("…")
