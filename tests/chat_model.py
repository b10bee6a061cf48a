"""The look-alike chat as a model that is told how to answer; over real HTTP, through the real client."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import date

import requests

from encore.content.writing.asking import Asking
from encore.content.writing.openai_call import ModelEndpoint
from encore.content.writing.openai_writer import OpenAIWriter
from encore.content.writing.writer import CaptionSlot, WritingPlan
from encore.domain.content import Language
from encore.domain.job import Platform, Touchpoint
from encore_simulator import running

KEY = "sim-key-that-nobody-may-see"
PLAN = WritingPlan(
    (
        CaptionSlot(Platform.TIKTOK, Touchpoint.ANNOUNCEMENT, Language.EN),
        CaptionSlot(Platform.INSTAGRAM, Touchpoint.DAY_OF, Language.EN, on=date(2027, 3, 14)),
        CaptionSlot(Platform.XIAOHONGSHU, Touchpoint.REMINDER, Language.ZH),
    ),
    (Language.EN, Language.ZH),
)
GOOD = {
    "flyer_en": {"invitation": "Come and listen with us."},
    "flyer_zh": {"invitation": "欢迎来听。"},
    "tiktok_announcement_en": {
        "headline": "Save the date: {title}",
        "body": "Something to look forward to.\n{when}\n{where}\n{highlights}\n{link}",
    },
    "instagram_day_of_en": {"body": "{Today} is the day: {title}.\n\n{when}\n{where}\n\n{highlights}\n\n{link}"},
    "xiaohongshu_reminder_zh": {
        "headline": "快到啦｜{title}",
        "body": "{quoted_title}等你来听🎶\n{when}\n{where}\n{highlights}\n{link}\n你会带谁来？",
    },
}
GOOD["tiktok_announcement_en"]["body"] = "{title}: " + GOOD["tiktok_announcement_en"]["body"]


class KeptAnswers(dict):
    """Implements `Answers` in memory."""

    def put(self, asked, model, answer):
        self[asked] = answer


class Model:
    """The chat endpoint, to be told how to answer; and what it was asked."""

    def __init__(self, url):
        self.url = url

    def reset(self):
        assert requests.post(f"{self.url}/_sim/reset", timeout=5).ok

    def asking(self, key=KEY, seconds=5.0, retries=0, **kept):
        """`kept`: answers and meter."""
        return Asking(ModelEndpoint(f"{self.url}/openai/v1", key, "gpt-test", seconds, retries), **kept)

    def writer(self, key=KEY, seconds=5.0, retries=0, verify=False, **kept):
        return OpenAIWriter(self.asking(key, seconds, retries, **kept), "campaign-2", 2, verify=verify)

    def fault(self, fault, **rest):
        asked = {"platform": "openai", "operation": "chat", "fault": fault, **rest}
        assert requests.post(f"{self.url}/_sim/faults", json=asked, timeout=5).status_code == 201

    def script(self, *answers):
        for content in answers:
            requests.post(f"{self.url}/_sim/answers", json={"content": content}, timeout=5)

    def switch(self, **values):
        assert requests.put(f"{self.url}/_sim/switches", json=values, timeout=5).status_code == 200

    @property
    def answered(self):
        return requests.get(f"{self.url}/_sim/state", timeout=5).json()["openai"]["answered"]


@contextmanager
def running_model() -> Generator[Model]:
    with running() as server:
        yield Model(server.url)
