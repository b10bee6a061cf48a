"""The tables as data: every row is complete, and the most precise row wins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from encore.domain.job import Action, Platform
from encore.errors import OutcomeUnknownError, PlatformUnavailableError, PublishingError, QuotaExceededError
from encore.platforms import error_table
from encore.platforms.error_table import CLASSES, ErrorTable
from encore.wire.call import MalformedReplyError, NoAnswerError, NotSentError
from encore.words import of_platforms
from encore.words.of_platforms import SHARED
from encore.words.sentence import Sentence, Words

NOW = datetime(2026, 9, 1, tzinfo=UTC)
ROWS = [(platform.value, row) for platform in Platform for row in ErrorTable.load(platform.value).rows]
ROWS += [("tiktok", row) for shared in SHARED for row in ErrorTable.load(shared).rows]
ENGLISH, CHINESE = Words("en"), Words("zh")


def _chinese(text: str) -> bool:
    return any("一" <= char <= "鿿" for char in text)


@pytest.mark.parametrize(
    ("platform", "row"),
    ROWS,
    ids=lambda value: value if isinstance(value, str) else f"{value.match_code}-{value.stage}",
)
def test_a_row_says_what_happened_what_to_do_and_where_it_is_known_from(platform, row):
    english, chinese = (words.say(row.key, platform=platform) for words in (ENGLISH, CHINESE))
    assert english.rstrip()[-1] in ".!" and len(english) > 30 and not _chinese(english)
    assert _chinese(chinese) and chinese.rstrip()[-1] in "。！"
    assert row.source and row.code and row.code == row.code.lower()
    assert "{" not in english + chinese
    assert row.class_name != "ambiguous" or row.action is Action.CONFIRM_OUTCOME
    assert row.class_name != "reauth" or row.action is Action.RECONNECT_ACCOUNT
    assert row.class_name != "permanent" or row.action in (Action.FIX_CONTENT, Action.APPROVE_CONTENT)
    assert row.class_name not in ("quota", "throttled") or row.delay is not None, "nobody says how long to wait"
    if CLASSES[row.class_name] is PublishingError:
        assert row.action is None


@pytest.fixture
def table(monkeypatch, tmp_path):
    (tmp_path / "made_up").mkdir()
    (tmp_path / "made_up" / "errors.yaml").write_text(
        """
- {match: [4, 17], class: throttled, code: a, delay_seconds: 5, en: A., zh: 一。, source: s}
- {match: {code: 4, subcode: 2207051}, stage: publish, class: ambiguous, code: b, en: B., zh: 二。, source: s}
- {match: 200-203, class: reauth, code: c, en: C., zh: 三。, source: s}
- {match: -1, stage: [read, create], class: transient, code: d, en: D., zh: 四。, source: s}
- {match: -1, stage: publish, class: ambiguous, code: e, en: E., zh: 五。, source: s}
- {match: {code: FAILED, contains: 标题}, class: permanent, code: f, en: F., zh: 六。, source: s}
- {match: {code: FAILED, contains: 标题输入}, class: transient, code: g, max_tries: 3, en: G., zh: 七。, source: s}
- {match: {status: 429}, class: quota, code: h, delay_seconds: 60, pauses: account, en: H., zh: 八。, source: s}
""",
        encoding="utf-8",
    )
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(of_platforms, "_FOLDER", tmp_path)
        rows = tuple(error_table._read("made_up"))
    return ErrorTable("instagram", rows)


@pytest.mark.parametrize(
    ("code", "found", "asked"),
    [
        (4, "a", {}),
        (17, "a", {}),
        (4, "b", {"subcode": 2207051, "stage": "publish"}),
        (4, "a", {"subcode": 2207051, "stage": "create"}),
        (4, "a", {"subcode": 1, "stage": "publish"}),
        (201, "c", {}),
        (-1, "d", {}),
        (-1, "e", {"stage": "publish"}),
        ("FAILED", "f", {"text": "标题长度超过限制"}),
        ("FAILED", "g", {"text": "标题输入框失败"}),
        (None, "h", {"status": 429}),
        (204, None, {}),
        ("FAILED", None, {"text": "别的"}),
    ],
)
def test_the_most_precise_row_wins(table, code, found, asked):
    row = table.find(code, **{"stage": "read", **asked})
    assert (row.code if row else None) == found


def test_an_error_carries_what_the_row_says(table):
    error = table.error(status=429, stage="read", now=NOW, detail="access_token=abcdefgh12345")
    assert type(error) is QuotaExceededError
    assert (error.until, error.pauses) == (NOW + timedelta(seconds=60), "account")
    assert error.said == Sentence("made_up.429", {"platform": "instagram"})
    assert "abcdefgh12345" not in error.detail
    assert table.error(status=429, stage="read", now=NOW, retry_after=timedelta(5)).until == NOW + timedelta(5)
    assert table.error("FAILED", text="标题输入框失败", stage="create").max_tries == 3
    assert table.error(4, subcode=2207051, stage="publish").platform_code == "4/2207051"


def test_a_quota_asks_no_clock_of_its_own(table):
    error = table.error(status=429, stage="read")
    assert (error.until, error.retry_after) == (None, timedelta(seconds=60))


@pytest.mark.parametrize(
    ("code", "status", "stage", "kind", "unknown"),
    [
        ("x", 400, "read", PublishingError, True),
        ("x", 400, "create", PublishingError, True),
        ("x", 400, "publish", OutcomeUnknownError, True),
        (None, 404, "create", PlatformUnavailableError, True),
        (None, 302, "read", PlatformUnavailableError, True),
        (None, 408, "read", PlatformUnavailableError, True),
        (None, 425, "create", PlatformUnavailableError, True),
        (None, 408, "publish", OutcomeUnknownError, True),
        (None, 403, "publish", OutcomeUnknownError, True),
        (None, 502, "read", PlatformUnavailableError, False),
        (None, 502, "create", PlatformUnavailableError, False),
        (None, 502, "publish", OutcomeUnknownError, False),
        ("x", 502, "create", PlatformUnavailableError, True),
        ("x", 502, "publish", OutcomeUnknownError, True),
    ],
)
def test_what_no_row_knows_is_taken_carefully(table, code, status, stage, kind, unknown):
    error = table.error(code, status=status, stage=stage)
    assert type(error) is kind
    assert error.unknown is unknown
    assert error.stage == stage
    assert error.platform_code == (code or f"http_{status}")
    assert error.message.count("Instagram") == 1 and "Instagram" in CHINESE.told(error.said)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 407, 408, 413, 425, 429, 451])
@pytest.mark.parametrize("platform", Platform)
def test_a_bare_refusal_is_a_proxy_s_so_it_is_tried_again_and_proves_nothing_of_a_post(platform, status):
    """Tried a few times, unless a table knows how long to wait (429)."""
    known = ErrorTable.load(platform)
    for stage in ("read", "create"):
        error = known.error(status=status, stage=stage, now=NOW)
        assert error.retried and (error.max_tries == 4 or error.retry_after)
        assert "Nothing was published" in error.message and _chinese(CHINESE.told(error.said))
    assert type(known.error(status=status, stage="publish", now=NOW)) is OutcomeUnknownError


@pytest.mark.parametrize("stage", ["read", "create", "publish"])
@pytest.mark.parametrize("err", [NotSentError("refused"), NoAnswerError("reset"), MalformedReplyError("html")])
def test_only_a_publishing_request_that_may_have_arrived_leaves_a_doubt(table, err, stage):
    error = table.unanswered(err, stage)
    doubtful = stage == "publish" and not isinstance(err, NotSentError)
    assert type(error) is (OutcomeUnknownError if doubtful else PlatformUnavailableError)
    assert error.retried is not doubtful
    assert error.detail == str(err)


@pytest.mark.parametrize(
    "row",
    [
        "{match: 1, class: nonsense, code: a, en: A., zh: 一。, source: s}",
        "{match: 1, class: quota, code: a, en: A., zh: 一。, source: s, delay: 5}",
        "{match: 1, class: quota, code: a, en: A., source: s}",
        "{match: {}, class: quota, code: a, en: A., zh: 一。, source: s}",
        "{match: 1, stage: later, class: quota, code: a, en: A., zh: 一。, source: s}",
        "{match: 1, class: quota, action: pray, code: a, en: A., zh: 一。, source: s}",
        "{match: 1, class: quota, renewable: true, code: a, en: A., zh: 一。, source: s}",
        "{match: 1, class: reauth, renewable: perhaps, code: a, en: A., zh: 一。, source: s}",
    ],
)
def test_a_wrong_row_is_named(row, monkeypatch, tmp_path):
    (tmp_path / "wrong").mkdir()
    (tmp_path / "wrong" / "errors.yaml").write_text(f"- {row}\n", encoding="utf-8")
    monkeypatch.setattr(of_platforms, "_FOLDER", tmp_path)
    with pytest.raises(ValueError, match="wrong, row 1"):
        list(error_table._read("wrong"))


@pytest.mark.parametrize(
    ("platform", "row"),
    [(platform.value, row) for platform in Platform for row in ErrorTable.load(platform.value).rows],
    ids=lambda value: value if isinstance(value, str) else f"{value.match_code}-{value.match_contains}-{value.stage}",
)
def test_the_answer_that_a_row_describes_has_that_row_s_consequences(platform, row):
    """No row is hidden behind another, and each says what it says: class, action, sentence, retry, delay."""
    stages = ("read", "create", "publish") if row.stage == "any" else (row.stage,)
    found = []
    for stage in stages:
        asked = {"subcode": row.match_subcode, "text": row.match_contains or "", "status": row.match_status}
        error = ErrorTable.load(platform).error(row.match_code, **asked, stage=stage, now=NOW)
        found.append((type(error), error.code, error.action, error.said.key, error.retry_after))
        assert error.retried is CLASSES[row.class_name].retried or error.code != row.code
        assert not error.unknown
    kind = CLASSES[row.class_name]
    action = row.action or kind.action
    assert (kind, row.code, action, row.key, row.delay) in found


def test_what_encore_finds_itself_names_the_platform():
    for platform in Platform:
        for row in ErrorTable.load("encore").rows:
            error = error_table.own_error(row.match_code, platform, now=NOW)
            assert (error.code, error.said.key) == (row.code, row.key)
            for words in (ENGLISH, CHINESE):
                assert words.say(f"platform.{platform}") in words.told(error.said)
