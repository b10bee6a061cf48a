"""One reading of whole numbers from outside."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encore_airflow.http.whole_number import MOST, whole_number


@pytest.mark.parametrize(("written", "number"), [("0", 0), ("7", 7), ("007", 7), (str(MOST), MOST)])
def test_digits_are_a_number(written, number):
    assert whole_number(written) == number


@pytest.mark.parametrize(
    "written",
    ["", "²", "1²", "٣", "一", "1_0", "+1", "-1", " 1", "1\n", "1.0", "1e3", "0x1", str(MOST + 1), "9" * 5000],
)
def test_anything_else_is_none(written):
    assert whole_number(written) is None


@given(st.text())
def test_no_text_is_an_error(written):
    number = whole_number(written)
    assert number is None or (0 <= number <= MOST and number == int(written))


def test_the_bound_may_be_another():
    assert whole_number("10", most=9) is None and whole_number(str(2**40), most=2**63) == 2**40
