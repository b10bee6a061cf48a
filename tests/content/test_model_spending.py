"""What a model costs: counted before it is asked, so that no month's budget is ever passed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from chat_model import GOOD, PLAN

from encore.content.writing.asking import estimated_tokens
from encore.content.writing.model_answers import StoredAnswers
from encore.content.writing.model_spending import StoredMeter, month_of
from encore.content.writing.template_writer import TemplateWriter
from encore.errors import ConfigurationError, WriterUnavailableError
from encore.settings import WriterSettings

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
PRICED = {"price_in": 2.0, "price_out": 10.0, "currency": "EUR"}


@pytest.fixture
def using(settings):
    def changed(**writer):
        return WriterSettings.model_validate({**settings.writer.model_dump(), **writer})

    return changed


@pytest.fixture
def meter(store, using):
    return lambda **writer: StoredMeter(store, using(**writer), lambda: NOW)


def uses(store):
    return store.connection.execute(
        "SELECT purpose, sent, received, millionths, currency, settled_at IS NOT NULL FROM model_use ORDER BY use_id"
    ).fetchall()


def test_the_most_is_held_until_the_server_has_told(store, meter):
    meter = meter(**PRICED)
    held = meter.hold("write", "m", 1000, 2000)
    assert uses(store) == [("write", 1000, 2000, 22_000, "EUR", False)]
    meter.settle(held, {"sent": 500, "received": 100})
    assert uses(store) == [("write", 500, 100, 2_000, "EUR", True)]
    meter.settle(held, {"sent": 9, "received": 9})
    assert uses(store)[0][1] == 500, "once"
    meter.settle(meter.hold("write", "m", 1, 2), {})
    assert uses(store)[1][1:] == (1, 2, 22, "EUR", False), "nobody told: the most stays"
    meter.release(meter.hold("write", "m", 1, 2))
    assert len(uses(store)) == 2


def test_a_call_that_could_pass_the_budget_is_not_made(meter):
    by_tokens = meter(monthly_tokens=3000)
    assert by_tokens.hold("write", "m", 1000, 2001) is None
    assert by_tokens.hold("write", "m", 1000, 2000)
    assert by_tokens.hold("write", "m", 1, 0) is None
    in_money = meter(monthly_budget=0.05, **PRICED)  # of which the first has taken nothing: it had no price
    assert in_money.hold("write", "m", 0, 5001) is None
    assert in_money.hold("write", "m", 0, 5000)
    assert in_money.hold("write", "m", 1, 0) is None


def test_several_at_once_do_not_pass_it_together(open_store, using):
    settings, stores = using(monthly_tokens=5_000), [open_store(f"worker {n}") for n in range(8)]
    with ThreadPoolExecutor(8) as workers:
        held = list(workers.map(lambda on: StoredMeter(on, settings, lambda: NOW).hold("write", "m", 400, 600), stores))
    assert len([one for one in held if one]) == 5
    assert stores[0].model_use_of_month(month=date(2027, 3, 1), currency="").tokens == 5_000


def test_a_month_is_that_of_the_schools_calendar(store, using):
    at = datetime(2027, 3, 31, 22, 30, tzinfo=UTC)
    assert month_of(at, using()) == date(2027, 3, 1)
    assert month_of(at, using(month_zone="Europe/Berlin")) == date(2027, 4, 1)
    settings = using(month_zone="Europe/Berlin", monthly_tokens=10)
    assert StoredMeter(store, settings, lambda: at - timedelta(hours=1)).hold("write", "m", 5, 5)
    assert StoredMeter(store, settings, lambda: at).hold("write", "m", 5, 5), "another month"


def test_without_prices_it_counts_tokens_and_says_nothing_of_money(meter):
    assert meter().cost({"sent": 5}) == {}
    assert meter(**PRICED).cost({"sent": 1_000_000, "received": 1}) == {"millionths": 2_000_010, "currency": "EUR"}


def test_a_budget_in_money_needs_prices(using):
    with pytest.raises(ValueError, match=r"settings\.budget_without_prices"):
        using(monthly_budget=5.0)
    with pytest.raises(ValueError, match=r"settings\.unknown_zone"):
        using(month_zone="Berlin")


def test_the_estimate_is_rather_too_high():
    assert estimated_tokens("word " * 1000) > 2000 and estimated_tokens("音乐" * 500) > 1000


class TestOverHttp:
    @pytest.fixture
    def writer(self, model, store, meter):
        def made(**writer):
            return model.writer(answers=StoredAnswers(store, lambda: NOW), meter=meter(**writer))

        return made

    def test_each_text_says_what_it_cost_and_each_call_is_a_row(self, model, fact_sheet, store, writer):
        model.script(GOOD)
        made = writer(**PRICED).write(fact_sheet(), PLAN)[0].provenance
        [(purpose, sent, received, millionths, currency, settled)] = uses(store)
        assert (purpose, currency, settled) == ("write", "EUR", True)
        assert made["tokens"] == {"sent": sent, "received": received} and made["texts"] == 5
        assert made["cost"] == {"millionths": millionths, "currency": "EUR"} and millionths > 0

    def test_what_was_answered_before_costs_nothing(self, fact_sheet, store, writer):
        for _ in range(2):
            writer().write(fact_sheet(), PLAN)
        assert len(uses(store)) == 1

    def test_without_room_nobody_is_asked_and_the_templates_say_why(self, model, fact_sheet, store, writer):
        drafts = writer(monthly_tokens=1000).write(fact_sheet(), PLAN)
        assert model.answered == 0 and uses(store) == []
        assert [each.content for each in drafts] == [
            each.content for each in TemplateWriter().write(fact_sheet(), PLAN)
        ]
        assert {tuple(each.provenance["instead_of"]["flaws"]) for each in drafts} == {("over_budget",)}
        assert drafts[0].provenance["instead_of"]["requests"] == 0

    def test_a_repair_for_which_there_is_no_room_is_not_asked_for(self, model, fact_sheet, store, writer):
        wrong = {**GOOD, "instagram_day_of_en": {"body": "By Lang Lang! {title} {when} {where} {link}"}}
        model.script(wrong)
        drafts = writer(monthly_tokens=20_000).write(fact_sheet(), PLAN)
        assert model.answered == 1 and ["model" in each.provenance for each in drafts] == [
            True,
            True,
            True,
            False,
            True,
        ]
        assert drafts[3].provenance["instead_of"]["flaws"][-1] == "over_budget"

    @pytest.mark.parametrize(
        ("fault", "args", "error", "held"),
        [
            ("error", {"status": 500}, WriterUnavailableError, 0),
            ("rate_limited", {}, WriterUnavailableError, 0),
            ("token_invalid", {}, ConfigurationError, 0),
            ("lost_answer", {}, WriterUnavailableError, 1),
        ],
    )
    def test_only_what_may_be_charged_stays_held(self, model, fact_sheet, store, writer, fault, args, error, held):
        model.fault(fault, args=args)
        with pytest.raises(error):
            writer().write(fact_sheet(), PLAN)
        assert len(uses(store)) == held

    def test_a_server_that_is_not_there_takes_nothing(self, fact_sheet, store, meter, model):
        asking = model.asking(meter=meter())
        object.__setattr__(asking.endpoint, "base_url", "http://127.0.0.1:9/v1")
        with pytest.raises(WriterUnavailableError):
            type(model.writer())(asking, "campaign-2").write(fact_sheet(), PLAN)
        assert uses(store) == []
