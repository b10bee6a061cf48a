"""Instagram's switches: documented numbers as defaults, and one switch for each rule."""

from __future__ import annotations

from ..switches import Switch

SWITCHES = (
    Switch("container_seconds", 1.0, "From creating a container to FINISHED."),
    Switch("instagram_container_life_seconds", 86400.0, "A container not published by then is EXPIRED (2.3)."),
    Switch("instagram_containers_per_day", 400, "Containers per account in 24 hours, else 9/2207069; 0: no limit."),
    Switch("instagram_quota_total", 50, "Published posts per account in 24 hours, else 9/2207042 (50 or 100, 2.5)."),
    Switch("instagram_calls_per_day", 4800, "Calls per account in 24 hours, else 80002 (2.5); 0: no limit."),
    Switch("instagram_auth", True, "Rule: a valid token, by header or parameter (2.1)."),
    Switch("instagram_auth_status", 400, "HTTP status of code 190 (not fixed in the docs: 400 or 401)."),
    Switch("instagram_token_subcode", 0, "Every call fails with 190 and this subcode (458 to 492); 0: none."),
    Switch("instagram_token_age_seconds", 2_592_000.0, "Age of the token sim-<account>: refresh needs 24 h."),
    Switch("instagram_token_life_seconds", 5_184_000.0, "A token older than this is expired: 190/463 (2.10)."),
    Switch("instagram_refresh_age", True, "Rule: a token is refreshed 24 hours after its issue at the earliest."),
    Switch("instagram_version", True, "Rule: a served version, v21.0 to v26.0, in the path (2.1)."),
    Switch("instagram_caption_limits", True, "Rule: caption of 2200 characters and 20 @tags at most (2.3)."),
    Switch("instagram_hashtags", 30, "Hashtags allowed in a caption: 30 documented, 5 in the product; 0: any."),
    Switch("instagram_alt_text", True, "Rule: alt_text on images only, 1000 characters at most (2.3)."),
    Switch("instagram_media_type", True, "Rule: known media_type, with the URL that it needs (2.3)."),
    Switch("instagram_carousel", True, "Rule: 2 to 10 children, own, is_carousel_item, FINISHED (2.3)."),
    Switch("instagram_children", True, "Rule: no caption, collaborators or is_ai_generated on children (2.3)."),
    Switch("instagram_collaborators", True, "Rule: at most 3 collaborators (2.3)."),
    Switch("instagram_url_rules", True, "Rule: media URLs are ASCII, http(s), on a public host (2.3)."),
    Switch("instagram_fetch", True, "Rule: the media URL is really fetched (9004/2207052)."),
    Switch("instagram_media_checks", True, "Rule: JPEG, 8 MiB, ratio 4:5 to 1.91:1; reels' format and length (2.3)."),
    Switch("instagram_publish_early", True, "Rule: only FINISHED containers are published, else 9007/2207027."),
    Switch(
        "instagram_publish_again",
        "new_post",
        "What a second media_publish of one container does; Meta documents nothing (2.9), so the worst is the default.",
        ("new_post", "same_id", "error"),
    ),
    Switch("instagram_captions_listed", True, "caption is readable; off as the docs of Instagram Login say (2.9)."),
    Switch("instagram_status_code", True, "Container reads carry status_code; off: only status (2.4)."),
    Switch("instagram_wrapped", False, 'Single objects come as {"data": [...]} (2.1, field).'),
)
