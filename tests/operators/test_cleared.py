"""A person's clear told from a retry that Airflow makes by itself."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from encore_airflow.operators.publish import _was_cleared


@pytest.mark.parametrize(
    ("try_number", "max_tries", "cleared"),
    [(1, 20, False), (2, 20, False), (20, 20, False), (2, 21, True), (3, 21, False), (4, 23, True), (5, 23, False)],
)
def test_only_the_first_try_after_a_clear_is_a_persons(try_number, max_tries, cleared):
    """A clear sets max_tries to the tries made so far plus the retries of the task, here 20."""
    assert _was_cleared(SimpleNamespace(try_number=try_number, max_tries=max_tries), 20) is cleared
