"""How much one teacher may do within 24 hours, and when it goes on."""

from __future__ import annotations

import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from campaign_fixtures import NOW

from encore.campaigns.access import Person
from encore.campaigns.day_limits import DAY, MEGABYTE, Counting, Use, bytes_free_at, frees_at
from encore.errors import TooLargeError, UsedUpError
from encore.settings import DaySettings

HOUR = timedelta(hours=1)
LI, ANNA, OP = Person("teacher-li"), Person("teacher-anna"), Person("op", staff=True)
BERLIN = "Europe/Berlin"


def day(**limits) -> DaySettings:
    return DaySettings(**{"campaigns": 0, "generations": 0, "uploads": 0, "upload_megabytes": 0, **limits})


@pytest.fixture
def use(store):
    def once(person=LI, what=Use.CAMPAIGN, at=NOW, size=0, **limits) -> None:
        Counting(person, day(**limits)).use(store, what, BERLIN, at, size)

    return once


def test_one_more_than_a_day_allows_is_refused_until_the_first_is_a_day_old(use):
    for hour in range(3):
        use(campaigns=3, at=NOW + hour * HOUR)
    with pytest.raises(UsedUpError) as caught:
        use(campaigns=3, at=NOW + 5 * HOUR)
    assert caught.value.retry_after == DAY - 5 * HOUR
    assert caught.value.message.endswith("from Tue, 24 Nov 2026, 13:00 on."), "on the clock of the concert"
    use(campaigns=3, at=NOW + DAY)
    with pytest.raises(UsedUpError) as caught:
        use(campaigns=3, at=NOW + DAY)
    assert caught.value.retry_after == HOUR


def test_what_is_refused_does_not_count(use):
    use(campaigns=1)
    for _ in range(3):
        with pytest.raises(UsedUpError):
            use(campaigns=1, at=NOW + HOUR)
    use(campaigns=1, at=NOW + DAY)


def test_a_stricter_limit_counts_what_was_done_before(use):
    for hour in range(5):
        use(campaigns=9, at=NOW + hour * HOUR)
    with pytest.raises(UsedUpError) as caught:
        use(campaigns=2, at=NOW + 6 * HOUR)
    assert caught.value.retry_after == DAY + 3 * HOUR - 6 * HOUR


@pytest.mark.parametrize("none", [0, None])
def test_without_a_limit_there_is_none(use, none):
    for _ in range(20):
        use(campaigns=none)


def test_staff_are_not_limited_and_others_have_a_day_of_their_own(use):
    use(campaigns=1)
    use(ANNA, campaigns=1)
    use(OP, campaigns=1)
    use(OP, campaigns=1)
    use(what=Use.GENERATION, generations=1)
    with pytest.raises(UsedUpError):
        use(campaigns=1)


def test_uploads_count_by_number_and_by_size(use):
    limits = {"uploads": 3, "upload_megabytes": 10}
    use(what=Use.UPLOAD, size=6 * MEGABYTE, **limits)
    use(what=Use.UPLOAD, size=3 * MEGABYTE, at=NOW + HOUR, **limits)
    with pytest.raises(UsedUpError) as caught:
        use(what=Use.UPLOAD, size=2 * MEGABYTE, at=NOW + 2 * HOUR, **limits)
    assert caught.value.said.key == "day.upload_megabytes" and caught.value.retry_after == DAY - 2 * HOUR
    use(what=Use.UPLOAD, size=1 * MEGABYTE, at=NOW + 2 * HOUR, **limits)
    with pytest.raises(UsedUpError) as caught:
        use(what=Use.UPLOAD, size=0, at=NOW + 2 * HOUR, **limits)
    assert caught.value.said.key == "day.upload"
    with pytest.raises(TooLargeError, match="10 MB"):
        use(ANNA, what=Use.UPLOAD, size=11 * MEGABYTE, **limits)


def test_two_at_once_do_not_both_find_the_last_place(open_store):
    refused, meet = [], threading.Barrier(6)

    def uses(on) -> None:
        meet.wait(10)
        try:
            Counting(LI, day(campaigns=2)).use(on, Use.CAMPAIGN, BERLIN, NOW)
        except UsedUpError as err:
            refused.append(err)

    threads = [threading.Thread(target=uses, args=(open_store(),)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(refused) == 4


def used(*sizes: int) -> list:
    return [SimpleNamespace(at=NOW + hour * HOUR, size_bytes=size) for hour, size in enumerate(sizes)]


@pytest.mark.parametrize(
    ("sizes", "wanted", "over"), [((5, 5), 1, 0), ((5, 5), 6, 1), ((5, 5), 10, 1), ((1, 9), 2, 1), ((4,), 6, None)]
)
def test_room_for_a_file_comes_with_as_many_as_must_be_a_day_old(sizes, wanted, over):
    expected = None if over is None else NOW + over * HOUR + DAY
    assert bytes_free_at(used(*sizes), 10, wanted) == expected
    assert bytes_free_at(used(*sizes), 0, wanted) is None


def test_a_place_comes_when_the_oldest_of_the_last_ones_is_a_day_old():
    assert frees_at(used(0, 0), 3) is None and frees_at(used(0, 0), 0) is None
    assert frees_at(used(0, 0), 2) == NOW + DAY and frees_at(used(0, 0), 1) == NOW + HOUR + DAY
