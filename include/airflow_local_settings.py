"""What Airflow imports, by this name, in each of its processes as it starts. In those from which tasks are forked (the
scheduler with its LocalExecutor, a Celery worker) what every publish task would import and read again is imported and
read here, once: half of a task's processor time is that.

Nothing is opened: a connection, thread or socket would not survive the fork. It follows that new code and new tables
reach tasks when these processes are started again, as a deploy does anyway.
"""

import sys

__all__: list[str] = []
"""Nothing of this is a setting of Airflow's."""


def forks_tasks(arguments: list[str]) -> bool:
    """Whether a process of Airflow that was started like this is one from which tasks are forked."""
    return arguments[1:2] == ["scheduler"] or arguments[1:3] == ["celery", "worker"]


def warm() -> None:
    """No module of Airflow: it is being set up itself at this moment."""
    import os
    from importlib import import_module

    from encore.domain.job import Platform
    from encore.settings import load_settings
    from encore.store.store import statements

    for name in ("publisher", "claim", "resolving"):
        import_module(f"encore.publishing.{name}")
    import_module("encore.accounts.logins")
    import_module("encore.media.media_store")
    statements()
    using = load_settings(os.environ.get("ENCORE_CONFIG"))
    for platform in Platform:
        import_module(using.platforms[platform].adapter.partition(":")[0])


if forks_tasks(sys.argv):
    try:
        warm()
    except Exception as err:  # whatever is wrong, each task says it in its own log; the scheduler goes on
        print(f"Encore was not imported ahead of its tasks: {type(err).__name__}: {err}", file=sys.stderr)
