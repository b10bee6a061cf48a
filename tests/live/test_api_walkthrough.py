"""The README's script, run as it stands: from a concert to three live posts with curl and the spec's six calls."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(300)]

PAGE = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
WALK = PAGE.partition("\n## From a script")[2].partition("\n## ")[0]
[SCRIPT] = re.findall(r"```sh\n(.*?)```", WALK, re.DOTALL)


def test_the_commands_take_a_concert_to_three_live_posts(stack, staff):
    given = {
        "PATH": os.environ["PATH"],
        "URL": stack.api_url,
        "PASSWORD": stack.passwords["teacher-li"],
        "no_proxy": "127.0.0.1",
    }
    done = subprocess.run(
        ["bash", "-u", "-c", SCRIPT], env=given, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, f"{done.stdout[-1500:]}\n{done.stderr[-1500:]}"
    assert len(staff.posts("Lantern Recital")) + len(staff.posts("A lantern for every piece")) >= 3
    jobs = staff.jobs("Lantern Recital")
    assert sorted((job.platform, job.state) for job in jobs) == [
        ("instagram", "success"),
        ("tiktok", "success"),
        ("xiaohongshu", "success"),
    ]


def test_another_teacher_does_not_find_the_campaign(stack, staff):
    [campaign_id] = {job.campaign_id for job in staff.jobs("Lantern Recital")} or {"nothing"}
    path = f"/api/v1/campaigns/{campaign_id}"
    assert stack.api("GET", path, "teacher-anna").status_code == 404
    assert stack.api("GET", path, user=None).status_code == 401
    if staff.jobs("Lantern Recital"):
        assert stack.api("GET", path, "op").status_code == 200
