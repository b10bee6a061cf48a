"""The whole way by keyboard alone: no mouse, no script that puts the focus where a person could not."""

from __future__ import annotations

from datetime import datetime

from browser.house import MADE_WITHIN, concert_time
from playwright.sync_api import Page, expect

MOST_STEPS = 150
"""Presses of the tabulator to come to anything on a page."""

_FOCUSED = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const style = getComputedStyle(at), box = at.getBoundingClientRect();
  const words = (at.getAttribute('aria-label') || at.innerText || at.value || '').trim();
  const label = at.labels?.[0]?.innerText || '';
  // A date field's button to choose by picture has the focus for itself; the browser marks that one.
  const marked = style.outlineStyle !== 'none' || / [1-9][0-9.]*px/.test(style.boxShadow) || !at.matches(':focus');
  return { tag: at.tagName.toLowerCase(), words: `${label} ${words}`, marked, seen: box.width > 0 && box.height > 0 };
}"""


def tab_to(page: Page, words: str, tag: str | None = None) -> None:
    """On to the next thing that is called so. Wherever the focus is on the way, it must be seen."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        at = page.evaluate(_FOCUSED)
        if at is None:
            continue
        assert at["marked"] and at["seen"], f"nobody sees that the focus is on {at}"
        if words in at["words"] and tag in (None, at["tag"]):
            return
    raise AssertionError(f"no tabulator leads to {words!r}")


def a_day_either_way_round() -> datetime:
    """A day of a month of the same number: which of them the field asks for first is the browser's affair, and that
    has its own language, not the page's.
    """
    return next(day for day in map(concert_time, range(7, 60)) if day.day == day.month)


def test_from_a_new_concert_to_a_live_post(house):
    li = house.person("teacher-li", reduced_motion="reduce")  # the focus is marked at once, not little by little
    title = house.title("By Keyboard")
    page, keys = li.page, li.page.keyboard
    li.go()
    # The first thing on every page leads past the navigation.
    tab_to(page, "Skip to the content")
    keys.press("Enter")
    tab_to(page, "New campaign")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="New campaign", level=1)).to_be_visible()
    tab_to(page, "Concert title")
    keys.type(title)
    tab_to(page, "Local date and time")
    keys.type(f"{a_day_either_way_round():%d%m%Y}")
    keys.press("ArrowRight")
    keys.type("1930")
    tab_to(page, "Place, or the link")
    keys.type("Small Hall")
    for platform in ("TikTok", "Xiaohongshu"):
        tab_to(page, platform)
        keys.press("Space")
    tab_to(page, "When the posts go out")
    keys.press("Enter")
    # A group of radio buttons is one stop; arrows choose within it.
    tab_to(page, "As usual")
    for _ in ("reminder", "on the day"):
        tab_to(page, "As usual")
        keys.press("ArrowDown")
        assert page.evaluate("document.activeElement.value") == "skip"
    tab_to(page, "Create the campaign")
    keys.press("Enter")
    expect(page.get_by_role("heading", name=title, level=1)).to_be_focused()
    approve = page.get_by_role("button", name="Go on to approve and schedule")
    expect(approve).to_be_visible(timeout=MADE_WITHIN)

    # Edit the caption in its place; the focus goes into it, and afterwards on.
    tab_to(page, "Edit", "a")
    keys.press("Enter")
    expect(page.locator("textarea")).to_be_focused()
    keys.press("Control+End")
    keys.type(" No mouse was needed.")
    tab_to(page, "Save", "button")
    keys.press("Enter")
    expect(page.locator(".caption").first).to_contain_text("No mouse was needed.")

    li.go(li.path)
    tab_to(page, "Go on to approve and schedule")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Approve and schedule", level=1)).to_be_visible()
    tab_to(page, "Approve and schedule 1 post", "button")
    keys.press("Enter")
    expect(page.locator("#posts")).to_contain_text("1 of 1 posts are live.", timeout=MADE_WITHIN)
    tab_to(page, "Open the post", "a")
    assert li.complaints == []
