"""Registers Encore's apps with Airflow's API server. Opens nothing: every Airflow process loads this file."""

from airflow.plugins_manager import AirflowPlugin

from encore_airflow.operators.publish import LivePostLink
from encore_airflow.web.media_app import create_media_app


class EncorePlugin(AirflowPlugin):
    name = "encore"
    fastapi_apps = [{"app": create_media_app(), "url_prefix": "/media", "name": "encore media"}]
    operator_extra_links = [LivePostLink()]
