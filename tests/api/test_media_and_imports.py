"""Uploads of pictures and of tables."""

from __future__ import annotations

import io

import pytest
from PIL import Image

HEADER = "teacher_id,concert_title,concert_datetime,timezone,venue_or_link,campaign_id\n"
ROW = "teacher-li,{title},2026-12-20T19:30+01:00,Europe/Berlin,Hall,{id}\n"


def picture(width=1080, height=1350, color="navy"):
    content = io.BytesIO()
    Image.new("RGB", (width, height), color).save(content, "JPEG")
    return content.getvalue()


@pytest.fixture
def upload(api, written):
    def post(content, key=None, **form):
        headers = {"Idempotency-Key": key} if key else {}
        return api(
            "POST", f"/campaigns/{written}/media", files={"file": ("p.jpg", content)}, data=form, headers=headers
        )

    return post


class TestMedia:
    def test_a_picture_takes_the_flyers_place_and_can_be_fetched(self, api, written, upload):
        made = upload(picture(), platform="instagram")
        assert made.status_code == 201, made.text
        [entry] = made.json()["items"]
        media = api.ok("GET", f"/campaigns/{written}/content")["media"]
        [row] = [row for row in media if row["media_id"] == entry["media_id"]]
        assert (row["origin"], row["platform"]) == ("upload", "instagram")
        file = api("GET", row["url"].removeprefix("/api/v1"))
        assert file.headers["content-type"] == "image/jpeg" and file.headers["x-content-type-options"] == "nosniff"
        assert Image.open(io.BytesIO(file.content)).size == (1080, 1350)

    def test_what_was_done_to_it_is_told(self, api, written, upload):
        [entry] = upload(picture(2000, 2500), platform="instagram").json()["items"]
        assert (entry["repaired"], entry["done"]) == (True, ["It was made smaller (1440 x 1800)."])
        media = api.ok("GET", f"/campaigns/{written}/content")["media"]
        assert [row["done"] for row in media if row["media_id"] == entry["media_id"]] == [entry["done"]]
        [behind] = upload(picture(), use="flyer").json()["items"]
        assert (behind["platform"], behind["done"]) == (None, [])

    def test_it_voids_the_approval(self, api, concerts):
        campaign_id = concerts.planned(platforms=["instagram"])
        api.ok("POST", f"/campaigns/{campaign_id}/media", files={"file": ("p.jpg", picture())})
        assert api.ok("GET", f"/campaigns/{campaign_id}")["approval"] is None

    def test_students_need_consent(self, api, written, upload, approval):
        [entry] = upload(picture(), platform="instagram", contains_students="true").json()["items"]
        path = f"/campaigns/{written}"
        seen = api.ok("GET", f"{path}/content")["content_sha256"]
        body = {**approval, "content_sha256": seen}
        assert api.problem(422, "POST", f"{path}/schedule", json=body)["field"] == "media"
        row = api.ok("PATCH", f"{path}/media/{entry['media_id']}", json={"consent_on_file": True})
        assert row["consent_on_file"] is True
        api.ok("POST", f"{path}/schedule", json=body)

    @pytest.mark.parametrize("content", [b"", b"not a picture", b"<svg onload=alert(1)>", picture()[:2000]])
    def test_what_is_no_picture_is_refused(self, upload, content):
        said = upload(content)
        assert (said.status_code, said.json()["field"]) == (422, "media")

    def test_a_key_tells_files_apart(self, upload):
        assert upload(picture(), key="k").status_code == 201
        assert upload(picture(), key="k").headers["idempotency-replayed"] == "true"
        assert upload(picture(color="red"), key="k").json()["code"] == "idempotency_key_reused"

    def test_too_large_a_file(self, api, settings, upload):
        limits = settings.api.model_copy(update={"upload_megabytes": 1})
        api.world.settings = settings.model_copy(update={"api": limits})
        assert upload(b"x" * 1_100_000).status_code == 413


class TestImports:
    @pytest.fixture
    def send(self, api):
        def post(text, role="owner", **form):
            content = text if isinstance(text, bytes) else text.encode()
            return api("POST", "/imports", role, files={"file": ("c.csv", content)}, data=form)

        return post

    def test_good_rows_are_in_and_bad_ones_are_told(self, api, send):
        table = (
            HEADER
            + ROW.format(title="A", id="a")
            + "teacher-li,,tomorrow,Mars,Hall,b\n"
            + ROW.format(title="C", id="c")
        )
        done = send(table).json()
        assert (done["inserted"], [reject["row"] for reject in done["rejects"]]) == (2, [3, 3, 3])
        assert {reject["column"] for reject in done["rejects"]} == {"concert_title", "concert_datetime", "timezone"}
        assert send(table).json()["unchanged"] == 2
        assert len(api.ok("GET", "/campaigns")["items"]) == 2

    def test_a_teacher_puts_in_their_own_only(self, send):
        table = HEADER + ROW.format(title="A", id="a")
        [reject] = send(table, "stranger").json()["rejects"]
        assert (reject["row"], reject["column"]) == (2, "teacher_id")
        assert send(table, "op").json()["inserted"] == 1

    def test_a_teachers_own_table_need_not_name_the_teacher(self, api, send):
        table = "concert_title,concert_datetime,timezone,venue_or_link\nA,2027-03-14T19:30+01:00,Europe/Berlin,Hall\n"
        assert send(table).json()["inserted"] == 1
        [campaign] = api.ok("GET", "/campaigns")["items"]
        assert campaign["teacher_id"] == "teacher-li"
        assert "no column teacher_id" in send(table, "op").json()["detail"]

    def test_content_is_asked_for_on_request(self, api, send):
        assert send(HEADER + ROW.format(title="A", id="a"), generate="true").json()["generation_requested"] == ["a"]
        assert api.ok("GET", "/campaigns/a/generation")["requested_by"] == "teacher-li"

    def test_a_concert_that_is_there_under_another_id_is_a_reject(self, send):
        send(HEADER + ROW.format(title="A", id="a"))
        [reject] = send(HEADER + ROW.format(title="A", id="other")).json()["rejects"]
        assert reject["row"] == 2 and "already a campaign" in reject["reason"]

    @pytest.mark.parametrize("content", ["", "/etc/passwd", "a,b\n1,2\n", b"PK\x03\x04x", b"\0\1\2", HEADER + 'x,"y'])
    def test_what_is_no_table_is_refused(self, send, content):
        said = send(content)
        assert (said.status_code, said.json()["field"]) == (422, "source"), said.text
        assert "root:" not in said.text


def test_a_picture_stands_behind_the_flyer_until_it_is_taken_away(api, written, tmp_path):
    path = tmp_path / "hall.jpg"
    Image.new("RGB", (900, 1200), "teal").save(path)
    where = f"/campaigns/{written}"
    answer = api("POST", f"{where}/media", files={"file": ("h.jpg", path.read_bytes())}, data={"use": "flyer"})
    assert answer.status_code == 201, answer.text
    assert api.ok("GET", f"{where}/generation")["state"] == "requested"
    assert api.ok("DELETE", f"{where}/flyer-background") == api.ok("DELETE", f"{where}/flyer-background")
    said = api.problem(422, "POST", f"{where}/media", files={"file": ("h.jpg", path.read_bytes())},
                       data={"use": "flyer", "contains_students": "true"})  # fmt: skip
    assert said["field"] == "consent_on_file"
