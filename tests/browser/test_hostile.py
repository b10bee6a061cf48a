"""What another site, a hostile text or a foreign frame can do with a signed-in teacher's browser: nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

SCRIPT = "<script>window.struck = true</script><img src=x onerror='window.struck = true'>\"'><svg onload=alert(1)>"


@pytest.fixture
def other_site() -> Iterator[ThreadingHTTPServer]:
    """A site with another name than ours, whose page is the path it is asked for."""
    pages: dict[str, str] = {}

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path, "").encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.pages = pages  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def show(site, page: str) -> str:
    """Put a page there; returns its address, on a name that is another site than 127.0.0.1."""
    site.pages["/"] = page
    return f"http://localhost:{site.server_port}/"


def test_a_form_of_another_site_changes_nothing(house, li, other_site):
    campaign_id = house.campaign(written=False)
    before = _state(house, campaign_id)
    for what in ("generate", "approve", "cancel", "facts", "media"):
        action = f"{li.base}/encore/campaigns/{campaign_id}/{what}"
        li.page.goto(show(other_site, f"<form method=post action='{action}'><button>Win</button></form>"))
        li.page.get_by_role("button", name="Win").click()
        # The cookie does not come along (it is SameSite), so that whoever sends it is nobody.
        expect(li.page.get_by_role("heading", level=1)).to_have_text("You are signed out")
    assert _state(house, campaign_id) == before


def test_not_even_with_the_cookie(house, li):
    """A browser that knows no SameSite sends the cookie along; then it is where the request comes from that counts."""
    campaign_id = house.campaign(written=False)
    before = _state(house, campaign_id)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "http://localhost"}):
        answer = li.context.request.post(f"{li.base}/encore/campaigns/{campaign_id}/cancel", headers=headers)
        assert answer.status == 403 and "Another site has sent this" in answer.text()
    assert _state(house, campaign_id) == before


def test_a_script_of_another_site_reads_nothing(house, li, other_site):
    li.page.goto(show(other_site, "<p>Hello</p>"))
    for how in ("{credentials: 'include'}", "{credentials: 'include', mode: 'no-cors'}"):
        got = li.page.evaluate(
            f"fetch('{li.base}/encore/', {how}).then(a => a.text()).then(t => 'read ' + t.length, e => 'refused')"
        )
        assert got in ("refused", "read 0"), how


def test_a_foreign_frame_stays_empty(house, li, other_site):
    """Framed by another port of the same host, so that the cookie comes along: the page's own policy is all that
    is left."""
    show(other_site, f"<iframe src='{li.base}/encore/' width=800 height=600></iframe>")
    li.page.goto(f"http://127.0.0.1:{other_site.server_port}/")
    li.page.wait_for_load_state("networkidle")
    [frame] = [frame for frame in li.page.frames if frame != li.page.main_frame]
    assert "Campaigns" not in (frame.text_content("body") or "")
    assert any("frame-ancestors" in said for said in li.wrong), li.wrong


def test_a_script_in_any_field_is_text(house, li):
    """In every fact and every text: shown as it was typed, run nowhere."""
    title = f"{house.title()} {SCRIPT}"[:200]
    campaign_id = house.campaign(
        concert_title=title, venue_or_link=SCRIPT, student_highlights=SCRIPT, cta_link="https://example.org/?<script>",
        platforms=["instagram"], timeline={"reminder": "skip", "day_of": "skip"},
    )  # fmt: skip
    asset = house.caption(campaign_id)
    li.go(f"/campaigns/{campaign_id}")
    card = li.page.locator(f"[id='text-{asset.asset_id}']")
    li.link("Edit", card).click()
    card.locator("textarea").fill(SCRIPT)
    li.button("Save", card).click()
    expect(card.locator(".caption")).to_contain_text("<script>")
    job = f"/campaigns/{campaign_id}"
    paths = [
        "/", f"/?q={SCRIPT}", job, f"{job}/facts", f"{job}/approve", f"{job}/media", f"{job}/cancel",
        f"{job}/history", f"{job}/texts/{asset.asset_id}/edit", f"{job}/texts/{asset.asset_id}/revisions",
    ]  # fmt: skip
    for path in paths:
        li.go(path)
        li.page.wait_for_load_state("networkidle")
        assert li.page.evaluate("window.struck") is None, path
        assert path.endswith(("/media", "/cancel")) or "<script>window" in li.page.locator("body").inner_text(), path
    assert li.complaints == []


def test_even_a_script_that_got_into_a_page_is_not_run(house, li):
    """The last wall: the page's own policy."""
    li.go()
    li.page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.struck = true\">');"
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.struck = true'}))"
    )
    li.page.wait_for_timeout(300)
    assert li.page.evaluate("window.struck") is None
    assert any("Content Security Policy" in said for said in li.wrong)


def _state(house, campaign_id):
    campaign = house.store.campaign(campaign_id=campaign_id)
    return campaign, house.store.approvals_of_campaign(campaign_id=campaign_id), house.jobs(campaign_id)
