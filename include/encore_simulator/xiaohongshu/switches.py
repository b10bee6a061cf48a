"""Xiaohongshu's switches: how the service and the site behind it behave."""

from __future__ import annotations

from ..switches import Switch

PLATFORM = "xiaohongshu"


def _switch(name: str, default: object, description: str, choices: tuple[str, ...] = ()) -> Switch:
    return Switch(name, default, description, PLATFORM, choices)  # type: ignore[arg-type]


SWITCHES = (
    _switch("publish_seconds", 0.3, "From a publish request to its answer (really 20 to 40 s, 3.5)."),
    _switch("click_share", 0.7, "Part of publish_seconds that lies before the click that publishes, 0 to 1."),
    _switch("slow_failure_seconds", 0.3, "How long failures take that really take 300 s (3.4, 3.5)."),
    _switch("xiaohongshu_bearer", False, "The service wants `Authorization: Bearer sim-<account>` (3.2)."),
    _switch("xiaohongshu_logged_in", True, "The browser session is alive (3.3)."),
    _switch("xiaohongshu_posts_per_day", 50, "Notes per account and day; more: 发布未确认成功 (3.4); 0: no limit."),
    _switch("xiaohongshu_required", True, "Rule: required fields, else 400 in the style of gin (3.4)."),
    _switch("xiaohongshu_title_units", True, "Rule: title of 20 units at most (3.4)."),
    _switch("xiaohongshu_body_length", True, "Rule: body of 1000 characters at most, tags included (3.4)."),
    _switch("xiaohongshu_image_count", True, "Rule: 18 pictures at most (3.4)."),
    _switch("xiaohongshu_fetch", True, "Rule: picture URLs are really downloaded and must be pictures (3.4)."),
    _switch("xiaohongshu_local_paths", True, "Rule: local files must exist; missing pictures are skipped (3.4)."),
    _switch("xiaohongshu_schedule", True, "Rule: schedule_at is RFC 3339, 1 hour to 14 days ahead (3.4)."),
    _switch("xiaohongshu_visibility", True, "Rule: one of the three visibilities, checked after the upload (3.4)."),
    _switch("xiaohongshu_tags_kept", 10, "Tags of a picture note that are kept, the rest is dropped silently (3.4)."),
    _switch("xiaohongshu_notice_hangup", True, "Rule: a caller that hangs up cancels the browser's work (3.2)."),
    _switch("xiaohongshu_listed", 30, "Notes on the first (and only) page of /user/me (3.7)."),
)
