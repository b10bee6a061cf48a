"""What a model wrote is marked as AI's where a platform asks for it, also after a person edited it."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from campaign_fixtures import NOW

from encore.campaigns.rebinding import rebind
from encore.campaigns.texts import Edit, edit
from encore.media.media_store import MediaStore
from encore.platforms.contract import Credentials
from encore.posts import handoff
from encore.publishing.resolving import Resolver


@pytest.fixture
def resolver(store, settings, tmp_path):
    logins = SimpleNamespace(of=lambda adapter, account, renew: Credentials("a", "", "1", "t", {}))
    return Resolver(store, settings, lambda: NOW, logins, MediaStore(str(tmp_path), str(tmp_path)))


@pytest.fixture
def posts(store, settings, concerts):
    """The posts of a campaign whose texts were written by `writer`, one of them edited: by touchpoint."""

    def planned(**provenance):
        campaign_id = concerts.put(platforms=["instagram", "tiktok"])
        concerts.write(campaign_id)
        store.connection.execute("UPDATE content_asset SET provenance = %s", (json.dumps(provenance),))
        store.connection.execute("UPDATE content_revision SET provenance = %s", (json.dumps(provenance),))
        for platform in ("instagram", "tiktok"):
            asset_id = f"{campaign_id}.caption.{platform}.reminder.en"
            edit(store, settings, campaign_id, [Edit(asset_id, "Mine\n\nChanged.")], "li", None, NOW)
        concerts.approve(campaign_id)
        rebind(store, settings, campaign_id, NOW)
        return [store.job_for_publishing(job_id=job.job_id, fence=None) for job in concerts.jobs(campaign_id)]

    return planned


@pytest.mark.parametrize(
    ("provenance", "marked"),
    [
        ({"writer": "openai", "model": "gpt-test", "prompt": "campaign-1"}, True),
        ({"writer": "template", "version": 1}, False),
        ({"writer": "template", "version": 1, "instead_of": {"model": "gpt-test", "why": ["refused"]}}, False),
    ],
)
def test_the_mark_reaches_the_platforms_and_the_package(store, resolver, posts, provenance, marked):
    found = posts(**provenance)
    assert len(found) == 6 and sum("editor" in job.provenance for job in found) == 2
    for job in found:
        assert resolver.submission(job).content_payload.ai_generated is marked
        assert bool(handoff.package(store, job.job_id).note) is marked
