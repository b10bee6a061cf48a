"""Texts of any signs, and of what dates, tags, links and numbers are made of: each is checked, measured and sent."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from encore.campaigns.texts import as_kept
from encore.content.facts.fact_check import check_facts, stated_facts
from encore.content.facts.fact_patterns import FactKind
from encore.content.writing.caption import to_payload
from encore.content.writing.limits_check import problems, remarks, usage
from encore.content.writing.manners import talks_about_itself, without_markup
from encore.domain.content import Language
from encore.domain.job import Platform
from encore.domain.written import has_date, readings
from encore.platforms.measures import hashtags_in, tags_as_words
from encore.words.sentence import Words

PIECES = (
    "３月１５日", "晚上七点半", "25:99", "٣:٤٥", "²³", "①", "Ⅷ", "〇", "十", "百千", "¥", "€12.-", "#", "＃",
    "[话题]#", "@", "https://", "://", "1/0", "31.2.2027", "2027-13-45", "#1", "&#x1F600;", "👨‍👩‍👧‍👦", "🏳️‍🌈",
    "\u202e", "\u200d", "\u200b", "\ufeff", "\u0301", "\ufffd", "ǅ", "ß", "İ", "ﬁ", "\n", "\r\n", "\u2028", " ",
    "\u3000", "```", "**", "__", "> ", "{title}", "{", "}}", "周日", "週六", "Sunday", "tonight", "heute", "今晚",
    "Lang Lang", "朗朗", "100 000", "1.000,50", "9" * 400, "a" * 400, "春之声", "Small Hall", "\\", "%s", "<b>",
)  # fmt: skip
anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
texts = st.lists(st.sampled_from(PIECES) | anything, max_size=25).map("".join) | st.lists(
    st.sampled_from(PIECES), max_size=40
).map(" ".join)


@pytest.mark.parametrize("many", [200, pytest.param(5000, marks=[pytest.mark.slow, pytest.mark.timeout(900)])])
def test_no_text_is_too_strange(fact_sheet, many):
    facts = fact_sheet()

    @settings(
        max_examples=many, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(texts)
    def holds(text):
        kept = as_kept(text)
        assert as_kept(kept) == kept
        found = check_facts(kept, facts)
        assert [one for one in found if one.kind is FactKind.UNCHECKED] == []
        assert all(0 <= one.start < one.end <= len(kept) for one in found)
        told = [one.said for one in found]
        for platform in Platform:
            for kind in ("image", "video"):
                told += [one.said for one in problems(platform, kept, kind)] + remarks(platform, kept, kind)
                assert all(one.used >= 0 for one in usage(platform, kept, kind))
                sent = to_payload(kept, platform, kind, language=Language.ZH)
                assert all(not tag.isdigit() and "#" not in tag for tag in sent.hashtags)
        for language in ("en", "zh", "de"):
            assert all(Words(language).told(one) for one in told)
        assert hashtags_in(tags_as_words(kept)) == [] or "http" in kept or any(sign in kept for sign in "#＃")
        stated_facts(text), readings(text), has_date(text), talks_about_itself(text)
        assert without_markup(text).count("```") <= text.count("```")

    holds()
