"""Every page in each language, on desktop and phone, light and dark: fit for everybody (axe-core), within its
width, nothing cut off, without a word to the console. With ENCORE_SCREENSHOTS naming a folder, they are put there to
be looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.house import SCREENSHOTS, House, Somebody, concert_time
from playwright.sync_api import Page, expect
from role_table import put_job_in_state

WIDTHS = {"desktop": 1200, "phone": 390}
Visit = tuple[str, str, Callable[[Somebody], None] | None]
"""Its name, its path, and what is done there before it is looked at."""

_OUT_OF_PLACE = """() => {
  const width = document.documentElement.clientWidth;
  const told = (element) => `${element.tagName.toLowerCase()}.${element.getAttribute('class') || ''}`;
  const found = document.documentElement.scrollWidth > width ? ['the page itself'] : [];
  for (const element of document.querySelectorAll('body *')) {
    if (element.closest('.hidden-text, .skip, svg') || !element.checkVisibility()) continue;
    const box = element.getBoundingClientRect();
    if (box.width && (box.right > width + 1 || box.left < -1)) found.push(told(element) + ' stands out');
    if (getComputedStyle(element).overflowX !== 'visible' && !element.matches('input, select, textarea, video, img') &&
        element.scrollWidth > element.clientWidth + 1) found.push(told(element) + ' is cut off');
  }
  for (const picture of document.querySelectorAll('svg.axis')) {
    const frame = picture.getBoundingClientRect();
    const boxes = [...picture.querySelectorAll('text')].map((text) => [text.textContent, text.getBoundingClientRect()]);
    for (const [at, [text, box]] of boxes.entries()) {
      if (!box.width) continue;
      if (box.left < frame.left || box.right > frame.right) found.push(`"${text}" leaves the picture`);
      for (const [other, next] of boxes.slice(at + 1))
        if (box.left < next.right && next.left < box.right && box.top < next.bottom - 2 && next.top < box.bottom - 2)
          found.push(`"${text}" and "${other}" overlap`);
    }
  }
  return found.slice(0, 5);
}"""


@pytest.fixture(scope="module")
def planned(school: House) -> str:
    """A campaign of Li's with a post in every state that a page tells of."""
    days = {"announcement": 7, "reminder": 14, "day_of": 20}
    timeline = {name: concert_time(number).isoformat() for name, number in days.items()}
    campaign_id = school.campaign(
        concert_title=school.title("Spring Piano Recital of the Younger Students"), timeline=timeline,
        venue_or_link="Kleiner Saal der Musikschule Mitte, Auguststraße 21, 10117 Berlin",
        student_highlights="Mia plays her first Chopin waltz.",
    )  # fmt: skip
    school.approve(campaign_id)
    states = [
        ("success", None), ("failed", None), ("failed", "confirm_outcome"), ("failed", "reconnect_account"),
        ("queued", "post_by_hand"), ("queued", "approve_content"), ("running", None), ("cancelled", None),
    ]  # fmt: skip
    for job, (state, action) in zip(school.jobs(campaign_id), states, strict=False):
        put_job_in_state(school.store, job.job_id, state, action)
    school.store.connection.execute(
        "UPDATE publish_job SET lease_expires_at = now() + interval '1 day', scheduled_at = now() "
        "WHERE state = 'running' AND campaign_id = %s",
        (campaign_id,),
    )
    return campaign_id


@pytest.fixture(scope="module")
def pages(school: House, written: str, planned: str) -> list[Visit]:
    def of(name: str) -> str:
        return next(job.job_id for job in school.jobs(planned) if job.action_required == name)

    caption = school.caption(written).asset_id
    text = f"/campaigns/{written}/texts/{caption}"

    def edit(somebody: Somebody) -> None:
        somebody.page.locator(f"[id='text-{caption}'] a[href$='/edit']").click()
        somebody.page.locator("textarea").fill("#music " * 400)
        somebody.page.locator(".checked .refused").wait_for()

    def refused(somebody: Somebody) -> None:
        somebody.page.locator("[name=concert_title]").fill("A" * 150)
        somebody.page.locator("[name=concert_datetime]").fill("2020-01-01T10:00")
        somebody.page.locator("[name=venue_or_link]").fill("Small Hall")
        somebody.page.locator("form.facts button").click()
        somebody.page.locator(".wrong").first.wait_for()

    def rejects(somebody: Somebody) -> None:
        table = b"concert_title,concert_datetime,timezone,venue_or_link\nEvening,yesterday,Europe/Berln,Hall\n"
        somebody.page.locator("[name=file]").set_input_files(
            {"name": "concerts.csv", "mimeType": "text/csv", "buffer": table}
        )
        somebody.page.locator("main form button").click()
        somebody.page.locator(".outcomes").wait_for()

    def unfold(somebody: Somebody) -> None:
        somebody.page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
        if "/campaigns/" in somebody.path:
            somebody.page.locator(".trail-lines").wait_for()

    def addressed(somebody: Somebody) -> None:
        """With an address that works and one that does not."""
        refused = '{"key": "notice.mail_refused", "values": {"code": 535}}'
        for shown, error in (("li@school.example", None), ("li@home.example", refused)):
            school.store.connection.execute(
                "INSERT INTO person_address (person, service, shown, added_at, error) "
                "VALUES ('teacher-li', 'mail', %s, now(), %s) ON CONFLICT DO NOTHING",
                (shown, error),
            )
        somebody.page.reload()

    return [
        ("list", "/", None),
        ("list-past", "/?past=true", None),
        ("list-nothing", "/?q=nothing-is-called-so", None),
        ("new", "/new", unfold),
        ("new-refused", "/new", refused),
        ("import", "/import", unfold),
        ("import-rejects", "/import", rejects),
        ("accounts", "/accounts", None),
        ("campaign-empty", f"/campaigns/{school.campaign(written=False)}", None),
        ("campaign-written", f"/campaigns/{written}", None),
        ("campaign-editing", f"/campaigns/{written}", edit),
        ("campaign-planned", f"/campaigns/{planned}", unfold),
        ("facts", f"/campaigns/{planned}/facts", None),
        ("media", f"/campaigns/{planned}/media", None),
        ("approve", f"/campaigns/{written}/approve", None),
        ("cancel", f"/campaigns/{planned}/cancel", None),
        ("choose", f"/campaigns/{planned}/accounts", None),
        ("history", f"/campaigns/{planned}/history", None),
        ("edit", f"{text}/edit", None),
        ("revisions", f"{text}/revisions", None),
        ("job-by-hand", f"/jobs/{of('post_by_hand')}", unfold),
        ("job-in-doubt", f"/jobs/{of('confirm_outcome')}", None),
        ("nothing-here", "/campaigns/nothing", None),
        ("notices", "/notices", addressed),
        ("signed-in", "/signed-in", None),
    ]


@pytest.fixture(scope="module")
def operated(school: House, planned: str) -> Iterator[None]:
    """A post that went out hours late; a platform that staff have stopped, and an account that rests."""
    [live] = [job for job in school.jobs(planned) if job.state == "success"]
    run = school.store.connection.execute
    run(
        "UPDATE publish_job SET scheduled_at = now() - interval '5 hours', created_at = now() - interval '9 hours', "
        "published_at = now() - interval '2 hours' WHERE job_id = %s",
        (live.job_id,),
    )
    run(
        "INSERT INTO publish_attempt (job_id, attempt_no, fence, step, at) "
        "VALUES (%s, 1, 1, 'commit_started', now() - interval '2 hours')",
        (live.job_id,),
    )
    run(
        "INSERT INTO stop (scope, name, reason, stopped_at, stopped_by) "
        "VALUES ('platform', 'xiaohongshu', 'The service is being moved', now(), 'op') ON CONFLICT DO NOTHING"
    )
    yield
    run("UPDATE stop SET ended_at = now(), ended_by = 'op' WHERE ended_at IS NULL")


def conditions() -> Iterator[tuple[str, str, str]]:
    for language in ("en", "zh"):
        for form in WIDTHS:
            for scheme in ("light", "dark"):
                yield language, form, scheme
    yield from (("de", "phone", "light"), ("de", "desktop", "dark"))  # has the longest words


@pytest.mark.parametrize(("language", "form", "scheme"), list(conditions()))
def test_pages_fit_everybody_and_every_screen(house, pages, language, form, scheme):
    li = house.person(
        "teacher-li",
        viewport={"width": WIDTHS[form], "height": 900},
        color_scheme=scheme,
        locale={"en": "en-GB", "zh": "zh-CN", "de": "de-DE"}[language],
    )
    wrong = [
        f"{name}: {what}"
        for name, path, act in pages
        for what in _looked_at(li, f"{name}-{language}-{form}-{scheme}", path, act, language)
    ]
    assert wrong == []
    assert li.complaints == []


@pytest.mark.parametrize(("language", "form", "scheme"), list(conditions()))
def test_what_staff_see_of_all_publishing_does_too(house, operated, language, form, scheme):
    house.store.connection.execute(
        "UPDATE account SET paused_until = now() + interval '1 hour', pause_reason = 'rate_limited' "
        "WHERE account = 'tiktok-school'"
    )
    op = house.person(
        "op",
        viewport={"width": WIDTHS[form], "height": 900},
        color_scheme=scheme,
        locale={"en": "en-GB", "zh": "zh-CN", "de": "de-DE"}[language],
    )

    def unfold(somebody: Somebody) -> None:
        somebody.page.locator("table.lateness").first.wait_for()
        somebody.page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")

    name = f"operations-{language}-{form}-{scheme}"
    assert _looked_at(op, name, "/operations", unfold, language) == [] == op.complaints
    for name, path in (("people", "/people"), ("given", "/accounts/given?account=tiktok-school")):
        assert _looked_at(op, f"{name}-{language}-{form}-{scheme}", path, None, language) == [] == op.complaints


def test_staff_stop_and_resume_there(house, operated):
    op = house.person("op")
    op.go("/operations")
    op.page.get_by_role("button", name="Resume publishing: Xiaohongshu").click()
    expect(op.page.get_by_role("button", name="Resume publishing: Xiaohongshu")).to_have_count(0)
    assert op.path == "/operations"
    op.page.get_by_label("Kind").select_option("In doubt")
    op.button("Show").click()
    expect(op.page.locator("li.outcome.doubt")).to_have_count(op.page.locator("#posts li.outcome").count())
    assert op.path == "/operations" and op.complaints == []


def _looked_at(li: Somebody, name: str, path: str, act: Callable[[Somebody], None] | None, language: str) -> list[str]:
    li.go(path)
    if act:
        act(li)
    if SCREENSHOTS:
        li.page.wait_for_load_state("networkidle")
        li.picture(name)
    shown = li.page.locator("html").get_attribute("lang")
    return problems(li.page) + (
        [] if shown == {"en": "en", "zh": "zh-Hans", "de": "de"}[language] else [f"is in {shown}"]
    )


def problems(page: Page) -> list[str]:
    found = page.evaluate(_OUT_OF_PLACE)
    for violation in Axe().run(page).response["violations"]:
        where = [node["target"] for node in violation["nodes"][:3]]
        found.append(f"{violation['id']} ({violation['impact']}): {where}")
    return found


def test_the_look_finds_what_is_wrong(li):
    li.go("/accounts")
    li.page.evaluate(
        """() => {
          document.querySelector('h1').insertAdjacentHTML('afterend', `<img src="/encore/static/none.png">
            <p class="wide">Too wide</p><p class="cut">Cut off at its end, where nobody can read it</p>
            <p class="pale">Pale</p><svg class="axis" width="200" height="40"><text x="10" y="20">Announcement</text>
            <text x="30" y="20">Reminder</text></svg>`);
          const style = (name, rules) => { document.querySelector(name).style.cssText = rules; };
          style('.wide', 'width: 3000px');
          style('.cut', 'width: 9rem; overflow: hidden; white-space: nowrap');
          style('.pale', 'color: #999; background: #aaa');
        }"""
    )
    found = " ".join(problems(li.page))
    for what in ("the page itself", "is cut off", "overlap", "image-alt", "color-contrast"):
        assert what in found


@pytest.mark.parametrize("path", ["/", "/campaigns/{campaign}"])
def test_a_first_view_is_light_and_asks_no_other_host(house, li, written, path):
    asked = []
    li.page.on("requestfinished", lambda request: asked.append(request))
    li.go(path.format(campaign=written))
    li.page.wait_for_load_state("networkidle")
    sizes = [request.sizes() for request in asked]
    received = sum(size["responseHeadersSize"] + size["responseBodySize"] for size in sizes)
    assert 1 < len(asked) <= 10 and received < 200_000, (received, [request.url for request in asked])
    assert {request.url.startswith(f"{li.base}/") for request in asked} <= {True}
