"""Xiaohongshu's switches: how the service and the site behind it behave."""

from __future__ import annotations

from ..switches import Switch

SWITCHES = (
    Switch("publish_seconds", 0.3, "From a publish request to its answer (really 20 to 40 s, 3.5)."),
    Switch("click_share", 0.7, "Part of publish_seconds that lies before the click that publishes, 0 to 1."),
    Switch("slow_failure_seconds", 0.3, "How long failures take that really take 300 s (3.4, 3.5)."),
    Switch("xiaohongshu_bearer", False, "The service wants `Authorization: Bearer sim-<account>` (3.2)."),
    Switch("xiaohongshu_logged_in", True, "The browser session is alive (3.3)."),
    Switch("xiaohongshu_posts_per_day", 50, "Notes per account and day; more: 发布未确认成功 (3.4); 0: no limit."),
    Switch("xiaohongshu_required", True, "Rule: required fields, else 400 in the style of gin (3.4)."),
    Switch("xiaohongshu_title_units", True, "Rule: title of 20 units at most (3.4)."),
    Switch("xiaohongshu_body_length", True, "Rule: body of 1000 characters at most, tags included (3.4)."),
    Switch("xiaohongshu_image_count", True, "Rule: 18 pictures at most (3.4)."),
    Switch("xiaohongshu_fetch", True, "Rule: picture URLs are really downloaded and must be pictures (3.4)."),
    Switch("xiaohongshu_local_paths", True, "Rule: local files must exist; missing pictures are skipped (3.4)."),
    Switch("xiaohongshu_schedule", True, "Rule: schedule_at is RFC 3339, 1 hour to 14 days ahead (3.4)."),
    Switch("xiaohongshu_visibility", True, "Rule: one of the three visibilities, checked after the upload (3.4)."),
    Switch("xiaohongshu_tags_kept", 10, "Tags of a picture note that are kept, the rest is dropped silently (3.4)."),
    Switch("xiaohongshu_notice_hangup", True, "Rule: a caller that hangs up cancels the browser's work (3.2)."),
    Switch("xiaohongshu_listed", 30, "Notes on the first (and only) page of /user/me (3.7)."),
    Switch("xiaohongshu_free_prefix", "free-", "Instances whose name begins so start logged out; empty: none."),
    Switch("xiaohongshu_qrcode_seconds", 240.0, "How long a QR code can be confirmed."),
    Switch("xiaohongshu_qrcode_panics", False, "qrcode fails with INTERNAL_ERROR and an object as details."),
    Switch("xiaohongshu_captcha", False, "After scanning a captcha comes that nobody sees: status stays false."),
    Switch("xiaohongshu_cookies_lost", False, "The cookies of a confirmed login are lost: status stays false."),
    Switch("xiaohongshu_status_seconds", 0.0, "How long login/status takes, really up to 30 s."),
    Switch("xiaohongshu_false_negatives", 0, "So many of the next status answers are false though logged in."),
)
