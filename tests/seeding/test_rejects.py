from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encore.seeding.rejects import harmless, write_rejects
from encore.seeding.validate import Reject
from encore.words.sentence import verbatim


@pytest.mark.parametrize("cell", ["=1+1", " =1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_formulas_are_disarmed(cell):
    assert harmless(cell) == f"'{cell}"


@given(st.text(max_size=20))
def test_no_cell_begins_like_a_formula(cell):
    written = harmless(cell)
    assert written == cell or written == f"'{cell}"
    assert not written.lstrip().startswith(("=", "+", "-", "@")) and not written.startswith(("\t", "\r", "\n"))


def test_the_file_opens_in_a_spreadsheet_and_reads_back(tmp_path):
    path = tmp_path / "rejects.csv"
    write_rejects(
        [
            Reject(3, "concert_title", '=HYPERLINK("x", "春")', verbatim("Looks like a formula.")),
            Reject(5, "", "a\nb", verbatim("B")),
        ],
        path,
    )
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [
            ["row", "column", "value", "reason"],
            ["3", "concert_title", '\'=HYPERLINK("x", "春")', "Looks like a formula."],
            ["5", "", "a\nb", "B"],
        ]
