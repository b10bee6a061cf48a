"""The HTTP API of Encore, at `/api/v1` in Airflow's API server; `include/docs/api.md` says how it is used."""
