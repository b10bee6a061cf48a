"""Encore's work as Airflow tasks. Arguments are a contract: a deploy in the middle of a run meets old ones."""
