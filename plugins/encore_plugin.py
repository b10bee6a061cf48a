"""Registers Encore's apps with Airflow's API server. Opens nothing: every Airflow process loads this file."""

import json
from urllib.parse import quote, urlsplit

from airflow.configuration import conf
from airflow.plugins_manager import AirflowPlugin

from encore_airflow.http.access_log import discreet_access_log
from encore_airflow.http.lazy_app import LazyApp
from encore_airflow.http.pages_address import PagesAddress
from encore_airflow.http.watchman import Watchman
from encore_airflow.operators.publish import LivePostLink, PostsLink

_API = LazyApp("encore_airflow.api.app:create_api")
_MEDIA = LazyApp("encore_airflow.web.media_app:create_media_app")
_PAGES = LazyApp("encore_airflow.web.app:create_pages")
_ROOT = urlsplit(conf.get("api", "base_url", fallback="")).path.rstrip("/")

# In Airflow's navigation. A link out of it (`external_views` without a route) does nothing when clicked in Airflow 3.3,
# and our pages forbid being framed; so it is an app of one line, which leads on to them.
_MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="none" stroke="{color}" stroke-width="2.6" '
    'stroke-linecap="round"><path d="M6 18c4-10 8-10 10 0s6 10 10 0"/><circle cx="16" cy="16" r="14"/></svg>'
)
_LEAD_ON = f"globalThis.AirflowPlugin = () => {{ location.replace({json.dumps(_ROOT + '/encore/')}); return null; }};"


def _file(mime: str, content: str) -> str:
    """As an address of its own, that needs no server."""
    return f"data:{mime},{quote(content)}"


class EncorePlugin(AirflowPlugin):
    name = "encore"
    fastapi_apps = [
        {"app": _API, "url_prefix": "/api/v1", "name": "encore api"},
        {"app": _MEDIA, "url_prefix": "/media", "name": "encore media"},
        {"app": _PAGES, "url_prefix": "/encore", "name": "encore pages"},
    ]
    fastapi_root_middlewares = [
        {"middleware": discreet_access_log, "name": "encore access log"},
        {"middleware": PagesAddress, "name": "encore pages address"},
        {"middleware": Watchman, "name": "encore watchman"},
    ]
    react_apps = [
        {
            "name": "Campaigns",
            "bundle_url": _file("text/javascript", _LEAD_ON),
            "destination": "nav",
            "nav_top_level": True,
            "url_route": "campaigns",
            "icon": _file("image/svg+xml", _MARK.format(color="#2d3748")),
            "icon_dark_mode": _file("image/svg+xml", _MARK.format(color="#e2e8f0")),
        }
    ]
    operator_extra_links = [LivePostLink(), PostsLink(_ROOT)]
