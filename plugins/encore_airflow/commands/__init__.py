"""The commands of `python -m encore_airflow`, one module each; `encore_airflow.cli` finds them."""
