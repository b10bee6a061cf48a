"""The list, the table, pictures, accounts; how a person wants to read; what a page weighs."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from campaign_fixtures import NOW
from pages_client import HTMX, seen
from PIL import Image

from encore.seeding.headers import COLUMNS
from encore_airflow.web.assets import static_files


class TestList:
    def test_nothing_yet(self, pages):
        assert "No concert is coming up" in pages.get("/")

    def test_what_needs_a_person_comes_first(self, pages, planned, concerts, job_in_state):
        first, second, *_ = concerts.jobs(planned)
        job_in_state(first.job_id, "failed", "confirm_outcome")
        job_in_state(second.job_id, "queued", "approve_content")
        concerts.write(concerts.put(concert_title="Another Evening"))
        text = pages.get("/")
        assert "3 things need you" in text
        assert "Spring Recital 1 post may be live" in text and "Spring Recital 1 post is on hold" in text
        assert "Another Evening Its texts are ready" in text
        assert "things need you" not in pages.get("/", "stranger")
        assert "3 things need you" in pages.get("/", "op")

    def test_a_failure_that_nobody_can_mend_any_more_needs_nobody(self, pages, planned, concerts, job_in_state, store):
        job_in_state(concerts.jobs(planned)[0].job_id, "failed")
        assert "1 thing needs you" in pages.get("/")
        store.connection.execute("UPDATE publish_job SET useless_after = %s", (NOW,))
        assert "needs you" not in pages.get("/")

    def test_counts_by_state_and_the_next_post(self, pages, planned, concerts, job_in_state):
        job_in_state(concerts.jobs(planned)[0].job_id, "success")
        row = pages.get("/").split("Small Hall")[1]
        assert "1 Live" in row and "8 Planned" in row and "Next post Mon 23 Nov, 13:00" in row

    def test_search_by_title_or_place_gives_the_rows_alone(self, pages, concerts):
        concerts.put(concert_title="Spring 100%")
        concerts.put(concert_title="Other", venue_or_link="Great Hall")
        answer = pages("GET", "/?q=100%25", headers=HTMX)
        assert "Spring 100%" in answer.text and "Other" not in answer.text and "<html" not in answer.text
        assert "Other" in pages.get("/?q=great") and "No campaign is called like “x”" in pages.get("/?q=x")

    def test_pages_follow_one_another_without_a_gap(self, pages, concerts):
        titles = [f"Concert {number:02}" for number in range(60)]
        for number, title in enumerate(titles):
            concerts.put(concert_title=title, concert_datetime=NOW + timedelta(days=20, hours=number // 2))
        found, where = [], "/"
        while where:
            page = pages("GET", where).text
            found += re.findall(r">(Concert \d\d)</a>", page)
            more = re.search(r'href="/encore(/\?[^"]*after=[^"]*)">More', page)
            where = more and more[1].replace("&amp;", "&")
        assert sorted(found) == titles and len(found) == 60

    def test_past_concerts_are_elsewhere(self, pages, concerts):
        concerts.put(NOW - timedelta(days=60), concert_datetime=NOW - timedelta(days=30))
        assert "Spring Recital" not in pages.get("/") and "Spring Recital" in pages.get("/?past=true")

    def test_teachers_see_their_own(self, pages, planned):
        assert "Spring Recital" in pages.get("/") and "Spring Recital" not in pages.get("/", "stranger")


class TestPictures:
    def test_ones_own_takes_the_flyers_place(self, pages, planned, store):
        out = io.BytesIO()
        Image.new("RGB", (2000, 2500), "red").save(out, "JPEG")
        answer = pages.send(
            f"/campaigns/{planned}/media", {"contains_students": "yes"}, files={"file": ("p.jpg", out.getvalue())}
        )
        assert answer.status_code == 303
        text = pages.get(f"/campaigns/{planned}")
        assert "The approval is void: a picture or video was added" in text and "no consent is on file" in text
        shown = next(row for row in store.media_assets(campaign_id=planned) if row.origin == "upload")
        pages.send(f"/campaigns/{planned}/media/{shown.media_id}/consent", {"consent_on_file": "yes"})
        assert "consent is on file" in pages.get(f"/campaigns/{planned}")
        small = pages("GET", f"/campaigns/{planned}/media/{shown.media_id}/small")
        assert small.headers["content-type"] == "image/jpeg" and len(small.content) < 30_000
        assert "immutable" in small.headers["cache-control"] and "sandbox" in small.headers["content-security-policy"]

    def test_one_stands_behind_the_flyer_until_it_is_taken_away(self, pages, planned, store):
        out = io.BytesIO()
        Image.new("RGB", (900, 1200), "teal").save(out, "JPEG")
        files = {"file": ("hall.jpg", out.getvalue())}
        assert pages.send(f"/campaigns/{planned}/media", {"use": "flyer"}, files=files).status_code == 303
        text = pages.get(f"/campaigns/{planned}")
        assert "Behind the flyer's text" in text and "being written and the flyer drawn" in text
        assert pages.send(f"/campaigns/{planned}/media/background/remove").status_code == 303
        assert "Behind the flyer's text" not in pages.get(f"/campaigns/{planned}")
        assert store.background_of_campaign(campaign_id=planned) is None

    def test_too_small_a_background_is_refused_and_the_choice_stays(self, pages, written):
        out = io.BytesIO()
        Image.new("RGB", (300, 300), "teal").save(out, "JPEG")
        answer = pages.send(f"/campaigns/{written}/media", {"use": "flyer"}, files={"file": ("p.jpg", out.getvalue())})
        assert answer.status_code == 422 and "too small for a flyer" in seen(answer)
        assert re.search(r'value="flyer" checked', answer.text)

    def test_what_was_done_to_it_is_told(self, pages, planned):
        exif = Image.Exif()
        exif[0x0112] = 6
        out = io.BytesIO()
        Image.radial_gradient("L").resize((2500, 2000)).save(out, "JPEG", exif=exif)
        pages.send(f"/campaigns/{planned}/media", {}, files={"file": ("p.jpg", out.getvalue())})
        assert "It was turned upright. It was made smaller (1440 x 1800)." in pages.get(f"/campaigns/{planned}")

    def test_a_refused_file_keeps_what_was_chosen(self, pages, written):
        chosen = {"use": "post", "platform": "instagram", "contains_students": "yes"}
        answer = pages.send(f"/campaigns/{written}/media", chosen, files={"file": ("p.jpg", b"no picture")})
        assert answer.status_code == 422 and "cannot open this file" in seen(answer)
        for kept in (
            'value="post" checked',
            'value="instagram" selected',
            'name="contains_students" value="yes" checked',
        ):
            assert kept in answer.text
        assert 'name="consent_on_file" value="yes">' in answer.text

    @pytest.mark.parametrize("content", [b"", b"<svg onload=alert(1)>", b"MZ" * 100])
    def test_what_is_no_picture_is_refused(self, pages, written, content):
        answer = pages.send(f"/campaigns/{written}/media", {}, files={"file": ("p.jpg", content)})
        assert answer.status_code == 422 and 'class="refused" role="alert"' in answer.text
        assert "onload" not in seen(answer)


class TestAccounts:
    def test_how_each_stands_and_what_to_do(self, pages, concerts, store):
        concerts.put()
        store.put_finding(
            duty="account", job_id=None, account="tiktok-school", code="x", message="The login is over.",
            said=None, action="reconnect_account", detail="secret words", now=NOW,
        )  # fmt: skip
        text = pages.get("/accounts")
        assert "The login is over. Reconnect the account." in text and "ask them to connect it again" in text
        assert "secret words" not in text and "encore_tiktok_school" not in text
        assert "Encore itself needs a look" not in text and "publish_due_jobs has not run" in pages.get(
            "/accounts", "op"
        )

    def test_staff_are_told_of_a_pool_in_which_no_task_starts(self, pages):
        pages.world.closed_pools = ("encore_publishing",)
        assert "Airflow's pool encore_publishing is missing or has no slots" in pages.get("/accounts", "op")
        assert "encore_publishing" not in pages.get("/accounts")

    def test_none(self, pages):
        assert "No account is connected yet" in pages.get("/accounts")


class TestReading:
    @pytest.mark.parametrize(
        ("accepted", "shown"),
        [
            ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
            ("en-GB", "en"),
            ("xx-YY, ZH;q=0.5", "zh-Hans"),
            ("de-CH", "de"),
            ("*", "en"),
        ],
    )
    def test_the_browsers_language(self, pages, accepted, shown):
        assert f'<html lang="{shown}">' in pages("GET", "/", headers={"Accept-Language": accepted}).text

    def test_the_switch_is_remembered(self, pages):
        answer = pages.send("/preferences", {"language": "zh", "back": "/encore/accounts"})
        assert answer.headers["location"] == "/encore/accounts"
        cookie = answer.headers["set-cookie"]
        assert "encore_language=zh" in cookie and "Path=/encore" in cookie and "HttpOnly" in cookie
        assert "账号" in pages("GET", "/accounts", headers={"Cookie": "encore_language=zh"}).text

    @pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example", "/auth", ""])
    def test_it_leads_back_to_a_page_of_ours_only(self, pages, back):
        answer = pages.send("/preferences", {"language": "en", "back": back})
        assert answer.headers["location"] == "/encore/"

    def test_times_in_the_concerts_zone_or_the_viewers(self, pages, concerts):
        concerts.put(concert_datetime="2026-12-20T19:30+01:00")
        assert "Sun 20 Dec 19:30" in pages.get("/")
        own = {"Cookie": "encore_times=own; encore_zone=Asia%2FShanghai"}
        assert "Mon 21 Dec 02:30" in seen(pages("GET", "/", headers=own))
        nonsense = {"Cookie": "encore_times=own; encore_zone=../etc/passwd"}
        assert "Sun 20 Dec 19:30" in seen(pages("GET", "/", headers=nonsense))

    def test_no_english_is_left_in_the_chinese_pages(self, pages, planned, concerts):
        job = concerts.jobs(planned)[0]
        paths = ("/", "/new", "/import", "/accounts", f"/campaigns/{planned}", f"/campaigns/{planned}/approve",
                 f"/campaigns/{planned}/facts", f"/campaigns/{planned}/media", f"/jobs/{job.job_id}")  # fmt: skip
        names = {"encore", "teacher", "sign", "xiaohongshu", "tiktok", "instagram", "school", *COLUMNS}
        given = {"small", "hall", "spring", "recital", "come", "listen"}
        stored = {"reminder", "announcement", "day_of", "thank_you", "image", "picture", "pages"}
        for path in paths:
            text = seen(pages("GET", path, headers={"Accept-Language": "zh"}))
            assert set(re.findall(r"\b[a-z_]{4,}\b", text)) <= names | given | stored, path


class TestWeight:
    @pytest.mark.parametrize("path", ["/", "/campaigns/{}"])
    def test_a_first_view_is_light(self, pages, planned, concerts, path):
        """Without compression, and with what a browser fetches before anybody scrolls: two of the pictures."""
        for number in range(30):
            concerts.put(concert_title=f"Concert {number}")
        page = pages("GET", path.format(planned), headers={"Accept-Encoding": "identity"}).text
        linked = re.findall(r'(?:href|src)="/encore(/static/[^"]+)"', page)
        eager = re.findall(r'<img src="([^"]+)"(?![^>]*loading="lazy")', page)
        assert len(set(linked)) + 1 + len(eager) <= 10
        weight = len(page) + sum(len(pages("GET", name).content) for name in set(linked))
        assert weight < 225_000

    def test_what_never_changes_is_kept_by_the_browser(self, pages):
        for name in static_files():
            answer = pages("GET", f"/static/{name}")
            assert "immutable" in answer.headers["cache-control"] and re.search(r"\.[0-9a-f]{12}\.\w+$", name)

    def test_pages_are_compressed_and_never_kept(self, pages, planned):
        answer = pages("GET", f"/campaigns/{planned}", headers={"Accept-Encoding": "gzip"})
        assert answer.headers["content-encoding"] == "gzip" and answer.headers["cache-control"] == "no-store"

    def test_vendored_files_are_what_their_list_says(self):
        from encore_airflow.web import assets

        listed = (assets._FOLDER / "vendor" / "VENDORED.md").read_text(encoding="utf-8")
        files = {path.name for path in (assets._FOLDER / "vendor").iterdir() if path.suffix in (".js", ".css")}
        assert files == set(re.findall(r"^\| `([^`]+)`", listed, re.MULTILINE))
