"""Posting by hand, on every platform: the parts of the adapters' contract that make sense without an adapter."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
from campaign_fixtures import NOW

from encore.domain.job import Delivery, Platform
from encore.errors import ConflictError, NotFoundError, RefusedError
from encore.media.media_store import MediaStore, MediaStoreError
from encore.platforms.post_links import link_problem, post_link
from encore.posts import decisions, handoff
from encore.publishing.claim import claim_due

LINKS = {
    "tiktok": "https://www.tiktok.com/@school/video/7412345678901234567",
    "instagram": "https://www.instagram.com/p/DAbc123/",
    "xiaohongshu": "https://www.xiaohongshu.com/explore/66f0?xsec_token=x",
}


@pytest.fixture
def settings(settings):
    by_hand = {
        platform: channel.model_copy(update={"delivery": Delivery.HANDOFF})
        for platform, channel in settings.platforms.items()
    }
    return settings.model_copy(update={"platforms": by_hand})


@pytest.fixture
def media(store, tmp_path) -> MediaStore:
    """Holds the files of the fixture's campaigns."""
    found = MediaStore(str(tmp_path / "media"), str(tmp_path / "cache"))
    source = tmp_path / "source"
    source.write_bytes(b"x" * 1000)
    for platform in Platform:
        for kind in ("image", "video"):
            found.put(source, f"{platform}.{kind}")
    return found


@pytest.fixture(params=list(Platform))
def job(request, concerts):
    text = "Come and listen!\n\n#recital #piano"
    campaign_id = concerts.put(platforms=[request.param], cta_link="https://school.example/spring")
    concerts.write(campaign_id, text=text)
    concerts.approve(campaign_id)
    return concerts.jobs(campaign_id)[0]


def test_a_package_holds_each_part_of_the_post_ready_to_copy(store, job):
    packed = handoff.package(store, job.job_id)
    assert "Come and listen!" in packed.body and "#" not in packed.body
    assert packed.tags == ("#recital", "#piano") and packed.link == "https://school.example/spring"
    assert bool(packed.title) == (job.platform == "xiaohongshu")
    assert [file.name.partition(".")[0] for file in packed.files] == [
        "video-01" if job.platform == "tiktok" else "picture-01"
    ]
    assert packed.note is None
    read_me = packed.texts("en")["0-read-me.txt"]
    assert job.account in read_me and ("23 Nov 2026" in read_me or "2026年11月23日" in read_me)


def test_what_a_model_wrote_says_so(store, job):
    store.connection.execute("""UPDATE content_revision SET provenance = '{"model": "gpt"}'""")
    packed = handoff.package(store, job.job_id)
    assert packed.note and str(packed.note) in packed.texts("en")["0-read-me.txt"]


def test_pictures_keep_their_order(store, job):
    other = store.media_assets(campaign_id=job.campaign_id)
    names = [row.media_id for row in other if row.kind == "image"][::-1]
    store.connection.execute("UPDATE publish_job SET media_ref = %s WHERE job_id = %s", (",".join(names), job.job_id))
    packed = handoff.package(store, job.job_id)
    assert [file.name[:10] for file in packed.files] == [f"picture-{n:02}" for n in range(1, len(names) + 1)]
    by_id = {row.media_id: row.file for row in other}
    assert [file.file for file in packed.files] == [by_id[name] for name in names]


def test_packing_can_be_repeated_and_changes_nothing(store, media, job):
    before = store.job(job_id=job.job_id)
    packed = handoff.package(store, job.job_id)
    first, second = io.BytesIO(), io.BytesIO()
    handoff.write_zip(packed, "en", media, first)
    handoff.write_zip(handoff.package(store, job.job_id), "en", media, second)
    assert first.getvalue() == second.getvalue()
    with zipfile.ZipFile(first) as archive:
        assert len(archive.namelist()) == len(packed.texts("en")) + len(packed.files)
    assert store.job(job_id=job.job_id) == before and store.ledger(job_id=job.job_id) == []


def test_students_without_consent_are_not_packed(store, job):
    store.connection.execute("UPDATE media_asset SET contains_students = true")
    with pytest.raises(RefusedError, match="no consent"):
        handoff.package(store, job.job_id)


def test_what_is_missing_is_said(store, job, tmp_path):
    with pytest.raises(NotFoundError):
        handoff.package(store, "nothing")
    empty = MediaStore(str(tmp_path / "empty"), str(tmp_path / "cache"))
    with pytest.raises(MediaStoreError):
        handoff.write_zip(handoff.package(store, job.job_id), "en", empty, io.BytesIO())


def test_no_task_ever_publishes_it(store, settings, job):
    before = job.scheduled_at - timedelta(seconds=1)
    assert claim_due(store, settings, "early", before) == []
    assert store.job(job_id=job.job_id).action_required is None
    assert claim_due(store, settings, "run", job.scheduled_at) == []
    handed = store.job(job_id=job.job_id)
    assert (handed.state, handed.action_required, handed.handed_off_at) == ("queued", "post_by_hand", job.scheduled_at)


def test_it_is_confirmed_once_with_a_link_of_its_platform(store, settings, job):
    for platform, link in LINKS.items():
        if platform != job.platform:
            with pytest.raises(RefusedError) as caught:
                decisions.confirm_live(store, settings, job.job_id, link, "teacher-li", NOW)
            assert caught.value.field == "link"
    done = decisions.confirm_live(store, settings, job.job_id, LINKS[job.platform], "teacher-li", NOW)
    assert (done.state, done.external_url) == ("success", LINKS[job.platform])
    with pytest.raises(ConflictError):
        decisions.confirm_live(store, settings, job.job_id, LINKS[job.platform], "teacher-li", NOW)


def test_a_link_of_another_account_is_refused_where_the_account_is_known(store, settings, concerts):
    campaign_id = concerts.planned(platforms=["tiktok"])
    job_id = concerts.jobs(campaign_id)[0].job_id
    store.note_account_state(account="tiktok-school", state={"username": "other"}, now=NOW)
    with pytest.raises(RefusedError, match="a post of school, not of other"):
        decisions.confirm_live(store, settings, job_id, LINKS["tiktok"], "teacher-li", NOW)


@pytest.mark.parametrize(
    ("platform", "link", "username", "problem"),
    [
        ("tiktok", "https://vm.tiktok.com/ZMabc/", "school", None),
        ("tiktok", "https://www.tiktok.com/@School/photo/74", "@school", None),
        ("tiktok", "https://www.tiktok.com/", "", "not the web address of a post"),
        ("tiktok", "https://nottiktok.com/@school/video/1", "", "leads to nottiktok.com"),
        ("tiktok", "https://tiktok.com.evil.example/@school/video/1", "", "leads to tiktok.com.evil.example"),
        ("tiktok", "javascript:alert(1)", "", "not a web address"),
        ("tiktok", "https://evil.example/?x=tiktok.com/@school/video/1", "", "not the web address"),
        ("tiktok", "https://tiktok.com@evil.example/x", "", "not a web address"),
        ("tiktok", "https://[broken/x", "", "not a web address"),
        ("instagram", "https://instagram.com/school/reel/abc/", "school", None),
        ("instagram", "https://instagram.com/other/p/abc/", "school", "a post of other"),
        ("instagram", "https://www.instagram.com/reel/abc/", "school", None),
        ("xiaohongshu", "http://xhslink.com/a/abc", "", None),
        ("xiaohongshu", "https://www.xiaohongshu.com/discovery/item/66f0", "school", None),
    ],
)
def test_which_links_can_be_a_post(settings, platform, link, username, problem):
    found = link_problem(link, settings.platforms[Platform(platform)], username)
    assert found is None if problem is None else problem in str(found)


@pytest.mark.parametrize(
    ("platform", "pasted", "link"),
    [
        (
            "xiaohongshu",
            "33 【春之声 | 小红书】 😆 AbC 😆 https://www.xiaohongshu.com/discovery/item/65f0c0ffee0000000000abcd?source=webshare",
            "https://www.xiaohongshu.com/discovery/item/65f0c0ffee0000000000abcd?source=webshare",
        ),
        ("xiaohongshu", "http://xhslink.cn/o/AbCdEf", "http://xhslink.cn/o/AbCdEf"),
        (
            "xiaohongshu",
            "春之声 http://xhslink.com/a/AbC，复制本条信息，打开【小红书】App查看",
            "http://xhslink.com/a/AbC",
        ),
        ("xiaohongshu", "xiaohongshu.com/search_result/65f0c0ff", "https://xiaohongshu.com/search_result/65f0c0ff"),
        ("tiktok", "Check it out!\nhttps://vt.tiktok.com/ZSabc/.", "https://vt.tiktok.com/ZSabc/"),
        ("instagram", "https://www.instagram.com/share/p/BAbcDEF", "https://www.instagram.com/share/p/BAbcDEF"),
        ("instagram", "(https://instagram.com/p/DJ0a/c/180123/)", "https://instagram.com/p/DJ0a/c/180123/"),
        (
            "instagram",
            "https://instagram.com/p/DJ0a/?x=1 again https://www.instagram.com/p/DJ0a/",
            "https://www.instagram.com/p/DJ0a/",
        ),
    ],
)
def test_what_was_pasted_gives_up_its_link(settings, platform, pasted, link):
    assert post_link(pasted, settings.platforms[Platform(platform)]) == (link, None)


@pytest.mark.parametrize(
    ("platform", "pasted", "why"),
    [
        ("xiaohongshu", "https://www.xiaohongshu.com/user/profile/5f0c0ffee", "link.no_post"),
        ("tiktok", "https://www.tiktok.com/@someone_else", "link.no_post"),
        ("instagram", "https://www.instagram.com/school/", "link.no_post"),
        ("instagram", "https://www.instagram.com/explore/tags/p/", "link.no_post"),
        ("instagram", "https://instagram.com/p/one/ https://instagram.com/p/two/", "link.several"),
        ("tiktok", "it is online now", "link.no_address"),
    ],
)
def test_a_profile_never_confirms_a_post(settings, platform, pasted, why):
    problem = post_link(pasted, settings.platforms[Platform(platform)])[1]
    assert problem is not None and problem.key == why


def test_a_look_alike_s_links_count_where_it_is_configured(settings):
    channel = settings.platforms[Platform.INSTAGRAM].model_copy(update={"base_url": "http://127.0.0.1:8090/instagram"})
    assert link_problem("http://127.0.0.1:8090/instagram/p/abc", channel, "school") is None
    assert link_problem("http://127.0.0.1:8091/instagram/p/abc", channel) is not None
