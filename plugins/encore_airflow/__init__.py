"""Encore on Airflow: operators, triggers, the HTTP API, the pages, and the command line."""
