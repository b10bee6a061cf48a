"""TikTok's switches: documented numbers as defaults, and one switch for each rule."""

from __future__ import annotations

from ..switches import Switch

PLATFORM = "tiktok"


def _switch(name: str, default: object, description: str, choices: tuple[str, ...] = ()) -> Switch:
    return Switch(name, default, description, PLATFORM, choices)  # type: ignore[arg-type]


SWITCHES = (
    _switch("processing_seconds", 1.0, "From the last byte (or the pull) to PUBLISH_COMPLETE."),
    _switch("tiktok_moderation_seconds", 0.0, "After PUBLISH_COMPLETE, until the post id appears (1.9)."),
    _switch("tiktok_post_ids", 1, "How many post ids one public post has (1.9); 0: never any."),
    _switch("tiktok_init_per_minute", 6, "Video, inbox and photo init, each, per token (1.2); 0: no limit."),
    _switch("tiktok_creator_info_per_minute", 20, "creator_info per token (1.2); 0: no limit."),
    _switch("tiktok_status_per_minute", 30, "Status and cancel per token (1.2); 0: no limit."),
    _switch("tiktok_list_per_minute", 600, "Video list and query per token (1.2); 0: no limit."),
    _switch("tiktok_retry_after", False, "rate_limit_exceeded carries Retry-After (not documented, 1.2)."),
    _switch("tiktok_posts_per_day", 15, "Direct posts per creator in 24 hours (1.12); 0: no limit."),
    _switch("tiktok_pending_shares_per_day", 5, "Inbox drafts per creator in 24 hours (1.7); 0: no limit."),
    _switch("tiktok_active_users_per_day", 0, "Posting accounts per app and day (1.12); 0: no limit, unaudited 5."),
    _switch("tiktok_unaudited", False, "The app is not audited: private accounts and SELF_ONLY only (1.12)."),
    _switch("tiktok_private_account", False, "The creator's account is private (1.4)."),
    _switch("tiktok_comment_disabled", False, "creator_info comment_disabled."),
    _switch("tiktok_duet_disabled", False, "creator_info duet_disabled."),
    _switch("tiktok_stitch_disabled", False, "creator_info stitch_disabled."),
    _switch("tiktok_max_video_seconds", 600, "creator_info max_video_post_duration_sec; longer videos fail."),
    _switch(
        "tiktok_creator_blocked",
        "",
        "The creator cannot post: creator_info answers this code with HTTP 200, init with 403 (1.10).",
        (
            "",
            "spam_risk_too_many_posts",
            "spam_risk_user_banned_from_posting",
            "reached_active_user_cap",
        ),
    ),
    _switch("tiktok_scopes", "user.info.basic,video.publish,video.upload,video.list", "Scopes of the token (1.1)."),
    _switch("tiktok_auth", True, "Rule: bearer token and its scope (1.1)."),
    _switch("tiktok_content_type", True, "Rule: Content-Type application/json with a JSON object (1.1)."),
    _switch("tiktok_text_limits", True, "Rule: title 2200, photo title 90, description 4000 UTF-16 units (1.5, 1.6)."),
    _switch("tiktok_privacy_options", True, "Rule: privacy_level is one of creator_info's options (1.5)."),
    _switch("tiktok_branded_private", True, "Rule: branded content is not SELF_ONLY (1.12)."),
    _switch("tiktok_chunk_plan", True, "Rule: chunk sizes and floor() count, with the two exact messages (1.8)."),
    _switch("tiktok_chunk_order", True, "Rule: Content-Range follows the bytes already received, else 416 (1.8)."),
    _switch("tiktok_chunk_headers", True, "Rule: video content type, Content-Range and length agree, else 400 (1.8)."),
    _switch("tiktok_range_is_count", False, "Content-Range of PUT answers gives the count, not the last index (1.8)."),
    _switch("tiktok_upload_url_seconds", 3600.0, "Life of an upload_url, then 403 (1.5)."),
    _switch("tiktok_url_rules", True, "Rule: pulled URLs are https with a domain name, no IP (1.8)."),
    _switch("tiktok_url_ownership", True, "Rule: pulled URLs lie under a verified domain or prefix (1.8)."),
    _switch("tiktok_verified_urls", (), 'Verified domains ("example.org", with subdomains) and URL prefixes.'),
    _switch("tiktok_media_checks", True, "Rule: format, size, frame rate, length of the media, else FAILED (1.8)."),
    _switch("tiktok_photo_count", True, "Rule: 1 to 35 photos and a cover index among them (1.6)."),
    _switch("tiktok_photos_listed", False, "Photo posts appear in video/list (unverified, 1.13)."),
    _switch("tiktok_error_without_data", True, "Errors have no data key at all; off: an empty one (1.1)."),
    _switch("tiktok_oauth_error_status", 400, "HTTP status of OAuth errors (undocumented; try 200 too, 1.3)."),
    _switch("tiktok_refresh_rotation", True, "A used refresh token is refused afterwards (unverified, 1.3)."),
    _switch("tiktok_client_secret", "", "The only client_secret accepted; empty: any."),
    _switch("tiktok_access_token_seconds", 86400.0, "Life of an access token from a refresh (1.3)."),
)
