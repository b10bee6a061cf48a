"""What is kept of a campaign for people to read is kept as sentences, to be told in any language; the columns beside
them are English."""

from __future__ import annotations

import pytest
from campaign_fixtures import NOW

from encore.campaigns.plan_notes import stored_notes
from encore.campaigns.rebinding import rebind
from encore.campaigns.texts import Edit, edit
from encore.posts import calling_off
from encore.words.sentence import Words

ZH = Words("zh")
LEFT_OUT = (
    "The timeline, the platforms or the accounts have no place for it any more.",
    "时间安排、平台或账号中已没有它的位置。",
)


def test_why_an_approval_is_void(store, settings, concerts):
    campaign_id = concerts.approved()
    edit(store, settings, campaign_id, [Edit(f"{campaign_id}.caption.tiktok.day_of.en", "Come!")], "li", None, NOW)
    [approval] = store.approvals_of_campaign(campaign_id=campaign_id)
    assert approval.void_reason == "a text was edited" and ZH.stored(approval.void_said) == "文字被修改"


def test_why_the_plan_took_a_post_out(store, settings, concerts):
    campaign_id = concerts.planned(platforms=["instagram"])
    calling_off.call_off(store, settings, campaign_id, "called_off", "li", NOW)
    job = concerts.jobs(campaign_id)[0]
    assert job.error_message == "The concert does not take place as planned."
    assert ZH.stored(job.error_said) == "音乐会没有按原计划举行。"


def test_what_the_plan_leaves_out(store, settings, concerts):
    campaign_id = concerts.planned(platforms=["instagram"])
    store.set_timeline(campaign_id=campaign_id, timeline={"reminder": "skip"}, now=NOW)
    rebind(store, settings, campaign_id, NOW)
    assert [ZH.told(note) for note in stored_notes(store.campaign(campaign_id=campaign_id))] == [
        "Instagram“提醒”：按要求省略。"
    ]
    store.set_plan_notes(campaign_id=campaign_id, notes={"notes": ["Left out, as it was said before."]}, now=NOW)
    [of_before] = stored_notes(store.campaign(campaign_id=campaign_id))
    assert ZH.told(of_before) == "Left out, as it was said before."


@pytest.mark.parametrize("job_stays", [True, False])
def test_a_row_of_before_keeps_its_chinese_as_long_as_its_english(store, settings, concerts, job_stays):
    campaign_id = concerts.planned(platforms=["instagram"])
    job = concerts.jobs(campaign_id)[0]
    store.set_timeline(campaign_id=campaign_id, timeline={job.touchpoint: "skip"}, now=NOW)
    rebind(store, settings, campaign_id, NOW)
    store.connection.execute(
        "UPDATE publish_job SET error_said = NULL, error_message = %s, error_message_zh = %s WHERE job_id = %s",
        (*LEFT_OUT, job.job_id),
    )
    if not job_stays:
        store.set_timeline(campaign_id=campaign_id, timeline={}, now=NOW)
    concerts.approve(campaign_id)
    after = store.job(job_id=job.job_id)
    assert ZH.stored(after.error_said, after.error_message, after.error_message_zh) == (
        LEFT_OUT[1] if job_stays else ""
    )
