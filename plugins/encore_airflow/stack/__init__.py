"""The local stack: embedded PostgreSQL, Airflow's four components and the platform simulator on one machine.

`Stack` is what `up`, `demo` and the live tests use; the other modules hold its parts.
"""

from encore_airflow.stack.errors import StackError
from encore_airflow.stack.stack import Stack

__all__ = ["Stack", "StackError"]
