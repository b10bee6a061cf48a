"""Registers Encore's apps with Airflow's API server. Opens nothing: every Airflow process loads this file."""

from urllib.parse import urlsplit

from airflow.configuration import conf
from airflow.plugins_manager import AirflowPlugin

from encore_airflow.lazy_app import LazyApp
from encore_airflow.operators.publish import LivePostLink
from encore_airflow.pages_address import PagesAddress

_API = LazyApp("encore_airflow.api.app:create_api")
_MEDIA = LazyApp("encore_airflow.web.media_app:create_media_app")
_PAGES = LazyApp("encore_airflow.web.app:create_pages")
_ROOT = urlsplit(conf.get("api", "base_url", fallback="")).path.rstrip("/")


class EncorePlugin(AirflowPlugin):
    name = "encore"
    fastapi_apps = [
        {"app": _API, "url_prefix": "/api/v1", "name": "encore api"},
        {"app": _MEDIA, "url_prefix": "/media", "name": "encore media"},
        {"app": _PAGES, "url_prefix": "/encore", "name": "encore pages"},
    ]
    fastapi_root_middlewares = [{"middleware": PagesAddress, "name": "encore pages address"}]
    # Without a url_route it is a plain link: the pages forbid being framed.
    external_views = [{"name": "Campaigns", "href": f"{_ROOT}/encore/", "destination": "nav", "nav_top_level": True}]
    operator_extra_links = [LivePostLink()]
