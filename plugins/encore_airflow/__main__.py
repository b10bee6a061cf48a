"""`python -m encore_airflow <command>`."""

from encore_airflow.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
