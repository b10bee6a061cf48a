"""Encore: from a concert to published posts. Nothing in this package imports Airflow."""
