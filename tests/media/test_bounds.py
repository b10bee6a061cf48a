"""What anybody may keep busy: uploads that come at once, files that are sent at once, how long and how often."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest
from app_world import PEOPLE

from encore_airflow.http.uploads_at_once import OF_ALL, UploadsAtOnce
from encore_airflow.web.media_app import BoundedFile, Places

# Uploads --------------------------------------------------------------------------------------------------------


class Uploads:
    """Requests that are being worked on until they are let go; remembers how each ended."""

    def __init__(self, at_once: int) -> None:
        settings = SimpleNamespace(api=SimpleNamespace(uploads_at_once=at_once))
        self.goes_on = asyncio.Event()
        self.taken, self.refused = [], []
        self.bound = UploadsAtOnce(self._work, SimpleNamespace(settings=lambda: settings), self._refuse)

    async def _work(self, scope: Any, *_: Any) -> None:
        self.taken.append(scope["state"]["person"].name)
        await self.goes_on.wait()
        if scope.get("fails"):
            raise ZeroDivisionError

    def _refuse(self, request: Any, said: Any, wait: int) -> Any:
        async def refused(*_: Any) -> None:
            assert wait > 0 and "uploading" in said.in_full
            self.refused.append(request.state.person.name)

        return refused

    def send(self, person: Any, kind: str = "multipart/form-data; boundary=x", **more: Any) -> asyncio.Task[None]:
        scope = {"type": "http", "headers": [(b"content-type", kind.encode())], "state": {"person": person}, **more}
        return asyncio.ensure_future(self.bound(scope, None, None))


def played(story: Any) -> None:
    asyncio.run(story())


LI, ANNA = PEOPLE["owner"], PEOPLE["stranger"]


def test_one_user_has_so_many_at_once_and_others_theirs():
    async def story():
        uploads = Uploads(2)
        for person in (LI, LI, LI, ANNA):
            uploads.send(person)
        await asyncio.sleep(0)
        assert uploads.taken == [LI.name, LI.name, ANNA.name] and uploads.refused == [LI.name]

    played(story)


def test_all_together_have_a_few_times_as_many():
    async def story():
        uploads = Uploads(1)
        people = [SimpleNamespace(name=f"t{number}") for number in range(OF_ALL + 1)]
        for person in people:
            uploads.send(person)
        await asyncio.sleep(0)
        assert len(uploads.taken) == OF_ALL and uploads.refused == [people[-1].name]

    played(story)


@pytest.mark.parametrize("more", [{}, {"fails": True}])
def test_a_place_is_free_again_however_it_ended(more):
    async def story():
        uploads = Uploads(1)
        first = uploads.send(LI, **more)
        await asyncio.sleep(0)
        uploads.goes_on.set()
        with suppress(ZeroDivisionError):
            await first
        await uploads.send(LI)
        assert uploads.taken == [LI.name, LI.name] and uploads.refused == []

    played(story)


def test_a_form_without_files_takes_no_place():
    async def story():
        uploads = Uploads(1)
        for _ in range(3):
            uploads.send(LI, "application/x-www-form-urlencoded")
        await asyncio.sleep(0)
        assert len(uploads.taken) == 3

    played(story)


# Media answers --------------------------------------------------------------------------------------------------


@pytest.fixture
def sent(tmp_path):
    """Sends a file to somebody who takes it as `takes` does; what was sent, and how many places were taken then."""
    path = tmp_path / "picture.jpg"
    path.write_bytes(b"x" * 1_000_000)

    async def to(takes: Any, places: Places, most: int = 2, seconds: float = 5.0) -> list[Any]:
        messages: list[Any] = []

        async def send(message: Any) -> None:
            messages.append(message)
            await takes()

        answer = BoundedFile(path, media_type="image/jpeg").within(places, most, seconds)
        await answer({"type": "http", "method": "GET", "headers": []}, asyncio.Event().wait, send)
        return messages

    return to


def test_only_so_many_files_are_sent_at_the_same_time(sent):
    async def story():
        places, goes_on = Places(), asyncio.Event()
        asked = [asyncio.ensure_future(sent(goes_on.wait, places)) for _ in range(2)]
        async with asyncio.timeout(5):
            while places.taken < 2:
                await asyncio.sleep(0.01)
        [refused, _] = await sent(lambda: asyncio.sleep(0), places)
        assert refused["status"] == 503 and (b"retry-after", b"5") in refused["headers"] and places.taken == 2
        goes_on.set()
        assert [(await one)[0]["status"] for one in asked] == [200, 200] and places.taken == 0

    played(story)


def test_who_takes_it_in_drops_is_left_after_a_while(sent):
    async def story():
        places = Places()
        messages = await asyncio.wait_for(sent(lambda: asyncio.sleep(0.2), places, seconds=0.5), 5)
        assert places.taken == 0
        body = sum(len(message.get("body", b"")) for message in messages)
        assert messages[0]["status"] == 200 and body < 1_000_000, "and sees by its length that it is a part"

    played(story)


def test_an_asker_who_goes_away_gives_the_place_back(sent):
    async def story():
        async def gone():
            raise OSError("gone")

        places = Places()
        with pytest.raises(OSError, match="gone"):
            await sent(gone, places)
        assert places.taken == 0

    played(story)
