"""Registers Encore's apps with Airflow's API server. Opens nothing: every Airflow process loads this file."""

from airflow.plugins_manager import AirflowPlugin

from encore_airflow.lazy_app import LazyApp
from encore_airflow.operators.publish import LivePostLink

_API = LazyApp("encore_airflow.api.app:create_api")
_MEDIA = LazyApp("encore_airflow.web.media_app:create_media_app")


class EncorePlugin(AirflowPlugin):
    name = "encore"
    fastapi_apps = [
        {"app": _API, "url_prefix": "/api/v1", "name": "encore api"},
        {"app": _MEDIA, "url_prefix": "/media", "name": "encore media"},
    ]
    operator_extra_links = [LivePostLink()]
