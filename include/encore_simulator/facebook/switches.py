"""Facebook's switches: the app, its login, and the Pages that a person has."""

from __future__ import annotations

from ..switches import Switch

SWITCHES = (
    Switch("facebook_client_id", "sim-facebook-app", "The only Meta app id that the login dialog knows."),
    Switch("facebook_client_secret", "sim-facebook-secret", "The app's secret; signs signed_request too."),
    Switch("facebook_redirect_uris", (), "Redirect addresses registered for the app; none: every login is refused."),
    Switch("facebook_redirect_rules", True, "Rule: redirect_uri is registered byte for byte."),
    Switch("facebook_scope_names", True, "Rule: the dialog takes known permissions alone."),
    Switch("facebook_code_seconds", 600.0, "Life of a code, which is used once."),
    Switch("facebook_short_token_seconds", 5400.0, "Life of the user token that a code gives."),
    Switch(
        "facebook_pages",
        "one",
        "The Pages of the person: the last of them is linked to the Instagram account, except without_instagram.",
        ("one", "none", "without_instagram", "fifty"),
    ),
    Switch("facebook_data_access_expired", False, "The 90 days without a login are over: reads fail with code 10."),
)
