"""A fourth platform is one new folder and its configuration: done here to a copy of the code, as
include/docs/platforms.md says, and then used from planning to the published post."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

ADAPTER = '''
"""Bilibili, as a test: what was posted is kept in memory."""

from encore.domain.job import Platform
from encore.platforms.contract import AccountState, NotPublished, PlatformAdapter, Published
from encore.platforms.error_table import ErrorTable
from encore.platforms.validation import media_problems, text_problems

FEED = {}


class BilibiliAdapter(PlatformAdapter):
    platform = Platform.BILIBILI

    def validate(self, content_payload, media_asset):
        words = text_problems("text", content_payload.text, self.limits.text, self.limits)
        return words + media_problems(media_asset, self.limits)

    def prepare(self, content_payload, media_asset, credentials, checkpoint, save):
        return {"draft": content_payload.submission_key}

    def commit(self, content_payload, media_asset, credentials, checkpoint):
        number = len(FEED) + 1
        post = Published(f"bv{number}", f"https://www.bilibili.com/video/bv{number}")
        FEED[content_payload.submission_key] = post
        return post

    def observe(self, content_payload, media_asset, credentials, checkpoint, committed_at):
        error = ErrorTable.load(self.platform).error("62002", stage="read")
        return FEED.get(content_payload.submission_key) or NotPublished(error)

    def probe(self, credentials):
        return AccountState(username="school")
'''

LIMITS = """
from encore.platforms.measures import ImageLimit, Limits, TextLimit, VideoLimit, characters

LIMITS = Limits(
    text=TextLimit(250, characters, "characters"), title=None, hashtags=10, mentions=None,
    image=ImageLimit(("JPEG",), 5_000_000), video=VideoLimit(("mp4",), ("h264",), 8_000_000_000, 1, 36_000),
)
"""

ERRORS = """
- match: 62002
  class: transient
  code: not_there
  en: "Bilibili does not show the post. Nothing was published; Encore tries again by itself."
  zh: "哔哩哔哩没有显示这条内容。内容尚未发布，Encore 会自动重试。"
  source: "a test"
"""

SECTION = """
  bilibili:
    adapter: encore.platforms.bilibili.adapter:BilibiliAdapter
    languages: [zh]
    max_in_flight: 4
    max_in_flight_per_account: 1
    call_seconds: 10
    commit_seconds: 10
    settle_seconds: 1
    watch_seconds: 10
    processing_limit_seconds: 60
"""

USE = """
import sys
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

from encore.accounts.configured import put_accounts
from encore.campaigns.facts import put_campaign
from encore.campaigns.requests import request_generation
from encore.campaigns.review import review

from encore.campaigns import generation
from encore.content.writing.caption import to_payload
from encore.content.writing.template_writer import TemplateWriter
from encore.domain.campaign import CampaignFacts
from encore.domain.job import Platform
from encore.campaigns.requests import Turn
from encore.media.media_store import MediaStore
from encore.platforms.contract import Credentials, MediaAsset
from encore.media.file_facts import read_media_facts
from encore.publishing.claim import claim_due
from encore.publishing.publisher import Publisher
from encore.publishing.submission import Submission
from encore.campaigns.scheduling import Choices, schedule
from encore.settings import load_settings
from encore.store.store import Store, connect

NOW = datetime.now(UTC)
settings = load_settings(sys.argv[2])
store = Store(connect(sys.argv[1], "test"))
put_accounts(store, settings, NOW)
facts = CampaignFacts(teacher_id="li", concert_title="Recital", concert_datetime=NOW + timedelta(days=20),
                      timezone="Asia/Shanghai", venue_or_link="Hall", platforms=("bilibili",))
campaign_id = put_campaign(store, settings, facts, NOW)[0]
request = request_generation(store, settings, campaign_id, "li", NOW)
store.claim_generation_request(request_id=request.request_id, run_id="run", now=NOW)
turn = Turn(request.request_id, "run")
media = MediaStore(sys.argv[3], sys.argv[3])
generation.write_content(store, settings, TemplateWriter(), turn, NOW)
generation.draw_flyer(store, settings, media, turn, NOW)
generation.finish(store, turn, "done", None, NOW)
schedule(store, settings, campaign_id, "li", review(store, campaign_id).digest, Choices(), NOW)

channel = settings.platforms[Platform("bilibili")]
module, _, name = channel.adapter.partition(":")
adapter = getattr(import_module(module), name)(channel, lambda: datetime.now(UTC))

def submission(job):
    path = media.local_path(job.media[0]["file"])
    file = read_media_facts(path).media_file("m", path)
    return Submission(adapter, to_payload(job.content, Platform(job.platform), "image", language=job.language,
                                            submission_key=f"{job.job_id}-{job.attempt_no}"),
                      MediaAsset((file,)), Credentials(job.account))

for claimed in claim_due(store, settings, "run", NOW + timedelta(minutes=1)):
    print(Publisher(store, settings, submission, clock=lambda: datetime.now(UTC)).publish(claimed.job_id, "run").url)
print(store.jobs_of_campaign(campaign_id=campaign_id)[0].state, len(import_module(module).FEED))
"""


@pytest.mark.slow
def test_a_fourth_platform_needs_nothing_else(dsn, tmp_path):
    copy = tmp_path / "include"
    shutil.copytree(ROOT / "include", copy, ignore=shutil.ignore_patterns("__pycache__", "encore_simulator"))
    folder = copy / "encore" / "platforms" / "bilibili"
    folder.mkdir()
    for name, text in (
        ("__init__.py", ""), ("adapter.py", ADAPTER), ("limits.py", LIMITS), ("errors.yaml", ERRORS),
        ("about.yaml", "names: {en: Bilibili, zh: 哔哩哔哩}"),
    ):  # fmt: skip
        (folder / name).write_text(text, encoding="utf-8")
    config = copy / "encore" / "config.yaml"
    text = config.read_text(encoding="utf-8").replace("\nplatforms:", f"\nplatforms:{SECTION.rstrip()}")
    text = re.sub(r"at: \{", 'at: {bilibili: "19:00", ', text)
    account = "accounts:\n  - {account: bilibili-school, platform: bilibili, conn_id: encore_bilibili_school}"
    config.write_text(text.replace("accounts:", account, 1), encoding="utf-8")
    (tmp_path / "settings.yaml").write_text("timeline: demo\n", encoding="utf-8")
    (tmp_path / "use.py").write_text(USE, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(tmp_path / "use.py"), dsn, str(tmp_path / "settings.yaml"), str(tmp_path / "media")],
        env={"PYTHONPATH": str(copy)}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "https://www.bilibili.com/video/bv1"
    assert done.stdout.splitlines()[-1].startswith("success ")
    assert int(done.stdout.split()[-1]) == done.stdout.count("https://")
