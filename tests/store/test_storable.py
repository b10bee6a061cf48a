"""The gate before the database: what cannot be stored is replaced, and the rest is kept."""

from __future__ import annotations

import json
import math

import pytest
from campaign_fixtures import NOW
from hypothesis import given
from hypothesis import strategies as st

from encore.store.storable import storable_json, storable_text

HALF, OTHER_HALF = "\ud83c", "\udfb5"


@pytest.mark.parametrize(
    ("given_text", "stored"),
    [
        ("plain", "plain"),
        ("李老师 🎵", "李老师 🎵"),
        ("a\0b", "a\ufffdb"),
        (f"half {HALF}", "half \ufffd"),
        (f"{OTHER_HALF}{HALF}", "\ufffd\ufffd"),
        (f"李\0{HALF}{OTHER_HALF}", "李\ufffd🎵"),
        ("", ""),
    ],
)
def test_a_text_loses_only_what_cannot_be_stored(given_text, stored):
    assert storable_text(given_text) == stored


def test_a_text_that_is_fine_is_not_even_copied():
    for text in ("plain", "李老师 🎵" * 100):
        assert storable_text(text) is text


def test_json_is_mended_through_and_through_keys_too():
    told = {f"k{HALF}": [{"a\0": (f"v{HALF}", 1, None, True)}, math.nan], "n": {"x": -math.inf, "y": 1.5}}
    kept = {"k\ufffd": [{"a\ufffd": ["v\ufffd", 1, None, True]}, None], "n": {"x": None, "y": 1.5}}
    assert storable_json(told) == kept


_texts = st.text(st.characters(codec=None, exclude_categories=()) | st.sampled_from(["\0", HALF, OTHER_HALF]))
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _texts,
    lambda inner: st.lists(inner) | st.dictionaries(_texts, inner),
)


@given(_json)
def test_whatever_json_is_given_can_be_stored(value):
    text = json.dumps(storable_json(value), allow_nan=False, ensure_ascii=False)
    assert "\\u0000" not in text.replace("\\\\", "")
    text.encode()


class TestInTheDatabase:
    """Through a store's statements, as everything goes."""

    @pytest.fixture
    def sample(self, store, concerts):
        concerts.put()

        def of(**given):
            told = {"platform": "tiktok", "code": "c", "stage": "read", "sample": "s", "now": NOW, **given}
            store.note_unknown_error(**told)
            return store.unknown_errors()[0]

        return of

    def test_texts(self, sample):
        row = sample(code=f"c\0{HALF}", sample=f"said {HALF} and \0, then more")
        assert (row.code, row.sample) == ("c\ufffd\ufffd", "said \ufffd and \ufffd, then more")

    def test_json(self, store, concerts):
        campaign_id = concerts.put()
        store.set_plan_notes(campaign_id=campaign_id, notes={"notes": [f"a\0{HALF}"], f"k{HALF}": math.nan}, now=NOW)
        assert store.campaign(campaign_id=campaign_id).plan_notes == {"notes": ["a\ufffd\ufffd"], "k\ufffd": None}

    def test_lists(self, store):
        still = [f"no\0{HALF}", "quota_low"]
        assert store.clear_findings(duty="account", job_id=None, account="x", still=still, now=NOW) == 0

    def test_what_is_looked_for_is_not_found_instead_of_an_error(self, store):
        assert store.job(job_id=f"a\0{HALF}") is None
