"""The fact checker over generated concerts: what is planted is found, what is true raises nothing."""

from __future__ import annotations

from collections import Counter

import pytest
from concerts_made_up import KINDS, concerts, planted, true_sentences
from every_slot import day_out, every_slot, everything
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from encore.content.facts.fact_check import check_facts
from encore.content.writing.template_writer import TemplateWriter
from encore.content.writing.writer import WritingPlan
from encore.domain.content import Language

CASES = settings(
    max_examples=60, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
SENTENCES_IN = (Language.EN, Language.ZH)
"""The languages of `concerts_made_up`."""


@pytest.fixture(scope="module")
def figures():
    """What was checked, printed at the end (`pytest -s`)."""
    counted: Counter[str] = Counter()
    yield counted
    print("".join(f"\n  {name}: {count}" for name, count in sorted(counted.items())))


@pytest.mark.parametrize("language", SENTENCES_IN)
def test_what_is_planted_is_found(language, figures):
    """Each of 60 texts with each kind of falsehood, one at a time, somewhere between its paragraphs."""

    @CASES
    @given(st.data())
    def each(data):
        facts = data.draw(concerts())
        slot = data.draw(st.sampled_from(every_slot(facts, (language,))))
        [draft] = TemplateWriter().write(facts, WritingPlan((slot,), ()))
        paragraphs = draft.content.split("\n\n")
        at = data.draw(st.integers(0, len(paragraphs)))
        for kind in KINDS:
            false = data.draw(planted(kind, language, facts))
            text = "\n\n".join([*paragraphs[:at], false.sentence, *paragraphs[at:]])
            start = text.index(false.sentence) + false.sentence.index(false.claim)
            found = check_facts(text, facts, slot.touchpoint, slot.on)
            assert [one for one in found if one.start < start + len(false.claim) and start < one.end], text
            figures[f"planted {kind}, {language}, found"] += 1

    each()


@pytest.mark.slow
@CASES
@given(facts=concerts())
def test_what_the_templates_write_raises_nothing(facts, figures):
    for draft in TemplateWriter().write(facts, everything(facts)):
        on = draft.touchpoint and day_out(facts, draft.touchpoint)
        assert check_facts(draft.content, facts, draft.touchpoint, on) == (), draft.content
        figures["texts of the template writer without a finding"] += 1


@pytest.mark.parametrize("language", SENTENCES_IN)
def test_the_facts_in_other_words_raise_nothing(language, figures):
    @CASES
    @given(concerts())
    def each(facts):
        for sentence in true_sentences(facts, language):
            assert check_facts(sentence, facts) == (), sentence
            figures[f"true sentences, {language}, without a finding"] += 1

    each()
