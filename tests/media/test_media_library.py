"""Putting media in: a fitting version for each platform, consent, and the approval that it voids."""

from __future__ import annotations

from datetime import timedelta

import av
import pytest
from campaign_fixtures import NOW
from PIL import Image

from encore.campaigns import media_library
from encore.campaigns.rebinding import rebind
from encore.campaigns.review import review
from encore.domain.job import Platform
from encore.errors import ContentRejectedError, NotFoundError, RefusedError
from encore.media.media_store import MediaStore
from encore.platforms.limits import LIMITS
from encore.publishing.resolving import Resolver


@pytest.fixture
def media(tmp_path) -> MediaStore:
    return MediaStore(str(tmp_path / "media"), str(tmp_path / "cache"))


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "stage.png"
    Image.new("RGB", (3000, 1000), "teal").save(path)
    return path


@pytest.fixture
def campaign_id(concerts):
    return concerts.planned()


@pytest.fixture
def put(store, settings, media):
    def put_in(campaign_id, source, now=NOW, students=False, consent=False, platform=None):
        return media_library.put_media(
            store, settings, media, campaign_id, source,
            contains_students=students, consent_on_file=consent, now=now, platform=platform,
        )  # fmt: skip

    return put_in


def current(store, campaign_id):
    return {row.platform: row for row in review(store, campaign_id).media if row.kind == "image"}


def test_each_platform_that_posts_pictures_gets_a_version_that_fits(store, media, put, picture, campaign_id):
    versions = put(campaign_id, picture)
    assert {entry.platform for entry in versions} == {Platform.INSTAGRAM, Platform.XIAOHONGSHU}
    for entry in versions:
        row, limit = current(store, campaign_id)[entry.platform], LIMITS[entry.platform].image
        assert (row.media_id, row.origin) == (entry.media_id, "upload")
        assert row.width <= limit.max_width
        assert media.local_path(row.file).stat().st_size == row.size_bytes
    instagram, xiaohongshu = (current(store, campaign_id)[name] for name in ("instagram", "xiaohongshu"))
    assert (instagram.mime, xiaohongshu.mime) == ("image/jpeg", "image/png"), "a PNG that is welcome stays one"
    assert [entry.repaired for entry in versions if entry.platform == "instagram"] == [True]


def test_what_was_approved_is_so_no_longer(store, put, picture, campaign_id, concerts):
    put(campaign_id, picture, NOW + timedelta(minutes=1))
    assert store.approval_in_force(campaign_id=campaign_id) is None
    assert {job.action_required for job in concerts.jobs(campaign_id)} == {"approve_content"}
    concerts.approve(campaign_id)
    rebind(store, concerts.settings, campaign_id, NOW)
    refs = {job.media_ref for job in concerts.jobs(campaign_id) if job.platform == "instagram"}
    assert refs == {current(store, campaign_id)["instagram"].media_id}


def test_the_same_file_again_changes_nothing(store, put, picture, campaign_id, concerts):
    first = put(campaign_id, picture, NOW + timedelta(minutes=1))
    approval = concerts.approve(campaign_id)
    assert put(campaign_id, picture, NOW + timedelta(minutes=2)) == first
    assert store.approval_in_force(campaign_id=campaign_id).approval_id == approval.approval_id


def test_an_earlier_file_put_in_again_is_the_current_one(store, put, picture, campaign_id, tmp_path):
    other = tmp_path / "other.png"
    Image.new("RGB", (1000, 1000), "navy").save(other)
    first = put(campaign_id, picture, NOW + timedelta(minutes=1))
    put(campaign_id, other, NOW + timedelta(minutes=2))
    put(campaign_id, picture, NOW + timedelta(minutes=3))
    assert {row.media_id for row in current(store, campaign_id).values()} >= {entry.media_id for entry in first}


def test_students_without_consent_are_never_approved(store, put, picture, campaign_id, concerts):
    versions = put(campaign_id, picture, NOW + timedelta(minutes=1), students=True)
    with pytest.raises(RefusedError, match="no consent"):
        concerts.approve(campaign_id)
    for entry in versions:
        media_library.set_consent(store, concerts.settings, campaign_id, entry.media_id, True, NOW)
    concerts.approve(campaign_id)
    media_library.set_consent(store, concerts.settings, campaign_id, versions[0].media_id, False, NOW)
    assert store.approval_in_force(campaign_id=campaign_id) is None


def test_students_without_consent_are_not_published_whatever_was_approved(
    store, settings, media, put, picture, campaign_id, concerts
):
    """The last look, in the transaction that would start the commit, and before that when the post is put together."""
    resolver = Resolver(store, settings, lambda: NOW, None, media)
    put(campaign_id, picture, NOW + timedelta(minutes=1), students=True, consent=True)
    concerts.approve(campaign_id)
    rebind(store, settings, campaign_id, NOW)
    job_id = next(job.job_id for job in concerts.jobs(campaign_id) if job.platform == "instagram")
    store.connection.execute("UPDATE media_asset SET consent_on_file = false")
    store.connection.execute(
        "UPDATE publish_job SET state = 'running', claimed_by = 'r', lease_expires_at = now() WHERE job_id = %s",
        (job_id,),
    )
    assert store.wanted(job_id=job_id, fence=0, now=NOW, by=NOW).media_approved is False
    with pytest.raises(ContentRejectedError) as caught:
        resolver.submission(store.job_for_publishing(job_id=job_id, fence=None))
    assert caught.value.code == "consent_missing"


def test_a_video_is_taken_as_it_is_or_refused_with_every_problem(store, put, campaign_id, tmp_path):
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 320, 320, "yuv420p"
        frame = av.VideoFrame.from_image(Image.new("RGB", (320, 320), "navy"))
        for number in range(20):
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    with pytest.raises(RefusedError) as caught:
        put(campaign_id, path)
    assert "TikTok: " in caught.value.message
    assert "frames a second" in caught.value.message and "320 x 320" in caught.value.message
    assert all(row.origin == "flyer" for row in store.media_assets(campaign_id=campaign_id))


def test_a_file_that_no_platform_here_posts_is_refused(put, picture, campaign_id, tmp_path):
    with pytest.raises(RefusedError, match="not what is posted on TikTok"):
        put(campaign_id, picture, platform=Platform.TIKTOK)
    (tmp_path / "text.jpg").write_text("not a picture")
    with pytest.raises(RefusedError):
        put(campaign_id, tmp_path / "text.jpg")
    with pytest.raises(NotFoundError):
        put("nobody", picture)


def test_a_picture_too_small_for_a_platform_is_refused_and_nothing_is_stored(store, put, campaign_id, tmp_path):
    tiny = tmp_path / "tiny.png"
    Image.new("RGB", (200, 200), "teal").save(tiny)
    with pytest.raises(RefusedError, match=r"Xiaohongshu: .*200 x 200.*Instagram: "):
        put(campaign_id, tiny)
    assert all(row.origin == "flyer" for row in store.media_assets(campaign_id=campaign_id))
