"""A second look of the model at its own texts: it only adds findings, and a look that fails adds none."""

from __future__ import annotations

import pytest
from chat_model import GOOD, PLAN

from encore.content.facts.claims import FactKind
from encore.content.writing.second_look import Statement, _unsupported, findings_of, kept_after_edit

TIKTOK = "tiktok_announcement_en"


def looked(**statements):
    """What the model answers: of each text its statements with their support."""
    return {name: [{"statement": s, "support": q} for s, q in statements.get(name, [])] for name in GOOD}


def written(model, facts, look):
    model.script(GOOD, look)
    return model.writer(verify=True).write(facts, PLAN)


def test_support_that_stands_in_the_facts_is_no_finding_and_any_other_is_one(model, facts):
    statements = [
        ("Mia (9) plays Bach on the piano", ["Mia (9) plays Bach", "on the piano"]),
        ("Something to look forward to", ["the best evening of the year"]),
        ("Kleiner Saal", []),
    ]
    drafts = written(model, facts, looked(**{TIKTOK: statements}))
    found = list(findings_of(drafts[2].provenance))
    assert [one.text for one in found] == ["Something to look forward to", "Kleiner Saal"]
    assert {one.kind for one in found} == {FactKind.STATEMENT}
    assert "nothing in the concert's facts says “Kleiner Saal”" in str(found[1].said)
    assert list(findings_of(drafts[0].provenance)) == [] and model.answered == 2
    assert drafts[0].provenance["second_look"]["tokens"]["sent"] > 0


@pytest.mark.parametrize(
    ("support", "supported"),
    [
        (["SUNDAY,  14 March 2027"], True),
        (["2027年3月14日"], True),
        (["王小雨"], True),
        (["9"], True),
        (["Mi"], False),
        (["a"], False),
        (["Mia", "Lang Lang"], False),
        (["title"], False),
        ([""], False),
        ([], False),
    ],
)
def test_word_for_word(support, supported):
    facts = "Spring Recital\nSunday, 14 March 2027\n2027年3月14日（周日）\nMia (9) plays Bach. 王小雨演奏《夜曲》。"
    assert (_unsupported([Statement(statement="x", support=support)], facts) == []) is supported


def test_what_a_model_lists_without_end_is_cut(model, facts):
    many = [(f"{'x' * 500} {n}", []) for n in range(50)] + [("said twice", []), ("  ", [])]
    drafts = written(model, facts, looked(**{TIKTOK: [(f"{n} {'x' * 500}", []) for n, _ in enumerate(many)]}))
    found = drafts[2].provenance["second_look"]["unsupported"]
    assert len(found) == 20 and max(map(len, found)) == 200


@pytest.mark.parametrize("fault", ["html", "broken_json", "refusal", "rate_limited", "token_invalid", "lost_answer"])
def test_a_look_that_fails_adds_nothing_and_is_told(model, facts, fault):
    model.script(GOOD)
    model.fault(fault, contains="You check social media posts")
    drafts = model.writer(verify=True).write(facts, PLAN)
    for draft in drafts:
        assert "model" in draft.provenance and list(findings_of(draft.provenance)) == []
        assert draft.provenance["second_look"]["failed"]["key"]


def test_without_it_nothing_is_asked_and_nothing_is_kept(model, facts):
    model.script(GOOD)
    drafts = model.writer().write(facts, PLAN)
    assert model.answered == 1 and all("second_look" not in draft.provenance for draft in drafts)


def test_texts_of_the_templates_are_not_looked_at(model, facts):
    model.fault("refusal")
    assert all("second_look" not in draft.provenance for draft in model.writer(verify=True).write(facts, PLAN))
    assert model.answered == 1


def test_an_edit_keeps_what_it_still_says_in_either_language():
    made = {
        "second_look": {"unsupported": ["free cake"]},
        "second_language": {"second_look": {"unsupported": ["有蛋糕"]}},
    }
    assert kept_after_edit(made, "There is Free  cake.\n\n没有") == {"second_look": {"unsupported": ["free cake"]}}
    assert kept_after_edit(made, "Nothing") == {} and len(list(findings_of(made))) == 2
