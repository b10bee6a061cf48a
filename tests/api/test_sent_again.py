"""Long work under an Idempotency-Key: done once, told while it is being done, and done again where its process died."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from campaign_fixtures import NOW
from PIL import Image
from slow_others import Gate, SlowMedia, SlowWriter

from encore.campaigns.facts import put_campaign
from encore.campaigns.media_library import put_media
from encore.errors import InProgressError, KeyReusedError, RefusedError
from encore.media.media_store import MediaStore
from encore.seeding import seed as seeding
from encore.seeding.grid import table_of
from encore.seeding.seed import seed
from encore.store.connect import connect
from encore.store.idempotency import RESERVED_FOR, Answer, Request, answered_once, answered_once_in_steps
from encore.store.store import Store

DONE = Answer(201, {"made": "x"}, {"ETag": '"1"'})
KEY = {"Idempotency-Key": "k"}


def sent(after: timedelta = timedelta(0), sha256: str = "a", key: str = "k") -> Request:
    return Request("teacher-li", key, sha256, NOW + after)


def killed(dsn: str, at: Callable[[Store], None]) -> None:
    """A process that begins long work under the key and is killed at it."""
    pid = os.fork()
    if pid == 0:
        store = Store(connect(dsn, "teacher-li"))
        answered_once_in_steps(store, sent(), lambda: at(store))
        os._exit(1)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status), "it was to die at its work"


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class TestInSteps:
    def test_it_is_done_once_and_answered_alike(self, store):
        done = []
        first = answered_once_in_steps(store, sent(), lambda: done.append(1) or DONE)
        second = answered_once_in_steps(store, sent(timedelta(days=1)), lambda: done.append(2) or DONE)
        assert (first, second.replayed, second.body, second.headers) == (DONE, True, DONE.body, DONE.headers)
        assert done == [1]

    def test_while_it_is_being_done_the_same_is_told_so_and_another_is_refused(self, store, open_store):
        other = open_store()

        def do():
            for again in (answered_once_in_steps, answered_once):
                with pytest.raises(InProgressError) as told:
                    again(other, sent(timedelta(minutes=1)), pytest.fail)
                assert told.value.code == "in_progress"
                with pytest.raises(KeyReusedError):
                    again(other, sent(sha256="b"), pytest.fail)
            return answered_once_in_steps(other, sent(key="another"), lambda: DONE)

        assert answered_once_in_steps(store, sent(), do) == DONE

    def test_a_refusal_is_not_kept(self, store):
        with pytest.raises(RefusedError):
            answered_once_in_steps(store, sent(), _refuses)
        assert answered_once_in_steps(store, sent(), lambda: DONE) == DONE

    def test_it_is_done_outside_of_any_transaction(self, store, open_store, concerts):
        other = open_store()

        def do():
            campaign_id = concerts.put()
            assert other.campaign(campaign_id=campaign_id), "there for everybody before the answer"
            return DONE

        answered_once_in_steps(store, sent(), do)

    def test_after_a_process_died_it_is_in_progress_until_that_lapses_and_then_done_again(self, dsn, store):
        killed(dsn, die)
        with pytest.raises(InProgressError):
            answered_once_in_steps(store, sent(RESERVED_FOR), pytest.fail)
        later = RESERVED_FOR + timedelta(seconds=1)
        with pytest.raises(KeyReusedError):
            answered_once_in_steps(store, sent(later, sha256="b"), pytest.fail)
        assert answered_once_in_steps(store, sent(later), lambda: DONE) == DONE
        assert answered_once_in_steps(store, sent(later), pytest.fail).replayed

    def test_of_two_that_find_it_lapsed_one_does_it(self, dsn, store, open_store):
        killed(dsn, die)
        later = RESERVED_FOR + timedelta(seconds=1)

        def do():
            with pytest.raises(InProgressError):
                answered_once_in_steps(open_store(), sent(later), pytest.fail)
            return DONE

        assert answered_once_in_steps(store, sent(later), do) == DONE

    def test_who_was_believed_dead_overwrites_no_answer(self, store, open_store):
        other, later = open_store(), RESERVED_FOR + timedelta(seconds=1)

        def takes_too_long():
            answered_once_in_steps(other, sent(later), lambda: DONE)
            return Answer(200, {"made": "late"})

        assert answered_once_in_steps(store, sent(), takes_too_long).body == {"made": "late"}
        assert answered_once_in_steps(store, sent(later), pytest.fail).body == DONE.body

    def test_who_was_believed_dead_and_is_refused_frees_nobody_elses_key(self, store, open_store):
        other, later = open_store(), RESERVED_FOR + timedelta(seconds=1)

        def takes_too_long():
            answered_once_in_steps(other, sent(later), lambda: DONE)
            return _refuses()

        with pytest.raises(RefusedError):
            answered_once_in_steps(store, sent(), takes_too_long)
        assert answered_once_in_steps(store, sent(later), pytest.fail).body == DONE.body


def _refuses() -> Answer:
    raise RefusedError("No.")


ROWS = [
    {
        "teacher_id": "teacher-li", "campaign_id": name, "concert_title": name, "timezone": "Europe/Berlin",
        "concert_datetime": "2026-12-20T19:30+01:00", "venue_or_link": "Hall",
    }
    for name in ("a", "b", "c")
]  # fmt: skip


class TestKilledInBetween:
    """Then the same request is done again, and nothing is twice."""

    def test_an_import_after_its_first_row(self, dsn, store, settings, monkeypatch):
        put = put_campaign

        def dies_after_one(on):
            monkeypatch.setattr(seeding, "put_campaign", lambda *given, **named: put(*given, **named) and die())
            return seed(on, settings, table_of(ROWS), NOW)

        killed(dsn, dies_after_one)
        assert store.campaign(campaign_id="a") and not store.campaign(campaign_id="b")

        def do():
            return Answer(200, dict(seed(store, settings, table_of(ROWS), NOW).counts))

        again = answered_once_in_steps(store, sent(RESERVED_FOR + timedelta(seconds=1)), do)
        assert again.body == {"unchanged": 1, "inserted": 2}
        assert len(store.campaign_events(campaign_id="a")) == 1

    @pytest.mark.parametrize("when", ["before the file is there", "after the file is there", "after it is stored"])
    def test_an_upload(self, dsn, store, settings, concerts, tmp_path, when):
        campaign_id = concerts.put(platforms=["instagram"])
        media = MediaStore(str(tmp_path / "media"), str(tmp_path / "cache"))
        Image.new("RGB", (1080, 1350), "navy").save(tmp_path / "p.jpg", "JPEG")
        said = {"contains_students": False, "consent_on_file": False, "now": NOW}

        class Deadly(MediaStore):
            def put(self, source, file):
                if when.startswith("before"):
                    die()
                super().put(source, file)
                if when.startswith("after the file"):
                    die()

        def dies(on):
            deadly = Deadly(media.directory, str(media.cache))
            put_media(on, settings, deadly, campaign_id, tmp_path / "p.jpg", **said)
            die()

        killed(dsn, dies)

        def do():
            put_in = put_media(store, settings, media, campaign_id, tmp_path / "p.jpg", **said)
            return Answer(201, [entry.media_id for entry in put_in])

        again = answered_once_in_steps(store, sent(RESERVED_FOR + timedelta(seconds=1)), do)
        assert [row.media_id for row in store.media_assets(campaign_id=campaign_id)] == again.body
        [file] = [path for path in (tmp_path / "media").rglob("*") if path.is_file()]
        assert file.name.startswith("upload-instagram-")


class TestOverHttp:
    @pytest.fixture
    def gate(self):
        return Gate()

    def test_an_upload_that_is_under_way(self, api, written, gate):
        content = io.BytesIO()
        Image.new("RGB", (1080, 1350), "navy").save(content, "JPEG")
        plain = api.world.media
        api.world.media = SlowMedia(plain, gate)
        files = {"file": ("p.jpg", content.getvalue())}
        upload = partial(api, "POST", f"/campaigns/{written}/media", files=files, headers=KEY)
        with gate.held([upload]) as [first]:
            again = upload()
            assert (again.status_code, again.json()["code"]) == (409, "in_progress")
            assert int(again.headers["retry-after"]) > 0
        assert first.result().status_code == 201
        replayed = upload()
        assert replayed.json() == first.result().json() and replayed.headers["idempotency-replayed"] == "true"

    def test_a_text_that_is_being_written_is_paid_for_once(self, api, written, gate):
        asset = api.ok("GET", f"/campaigns/{written}/content")["assets"][0]["asset_id"]
        api.world.writer = partial(SlowWriter, gate)
        anew = partial(api, "POST", f"/campaigns/{written}/content/{asset}/regenerate", headers=KEY)
        with gate.held([anew]) as [first]:
            assert anew().json()["code"] == "in_progress"
        api.world.writer = pytest.fail
        assert anew().json() == first.result().json()
