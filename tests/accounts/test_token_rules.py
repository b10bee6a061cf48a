"""A token as it is kept, and when it is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encore.platforms.instagram import token as instagram_token
from encore.platforms.tiktok import token as tiktok_token
from encore.platforms.tokens import KeptToken, RenewalRule, Token

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
moments = st.none() | st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
kept_tokens = st.builds(
    KeptToken,
    st.builds(
        Token, st.text(min_size=1), st.text(), moments, moments, moments, st.lists(st.text(min_size=1)).map(tuple)
    ),
    st.text(min_size=1),
)


@given(kept_tokens)
def test_a_kept_token_comes_back_as_it_went_in(kept):
    assert KeptToken.from_json(kept.to_json()) == kept


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "{}", '{"access_token": "s3cret-token", "origin": "x", "expires_at": "2026"}', "plain"]
)
def test_what_is_no_kept_token_is_refused_without_being_shown(text):
    with pytest.raises(ValueError) as caught:
        KeptToken.from_json(text)
    assert "s3cret" not in repr(caught.value) and caught.value.__cause__ is None


def test_a_token_never_shows():
    token = Token("act.secret", "rft.secret")
    assert "secret" not in repr(token) + repr(KeptToken(token, "x")) + token.origin


@given(kept_tokens, kept_tokens)
def test_what_is_known_is_never_overwritten_with_nothing(old, new):
    after = old.token.followed_by(new.token)
    assert after.access_token == new.token.access_token
    assert bool(after.refresh_token) == bool(old.token.refresh_token or new.token.refresh_token)
    assert bool(after.scopes) == bool(old.token.scopes or new.token.scopes)


def test_a_renewal_without_a_token_is_none():
    with pytest.raises(ValueError):
        Token("act.1", "rft.1").followed_by(Token("", "rft.2"))


TIKTOK, INSTAGRAM = tiktok_token.RENEWAL, instagram_token.RENEWAL


@pytest.mark.parametrize(
    ("rule", "age", "left", "ahead", "in_use"),
    [
        (TIKTOK, None, None, True, True),  # put in by hand: it may end any moment
        (TIKTOK, 1 * HOUR, 23 * HOUR, False, False),
        (TIKTOK, 23 * HOUR, 1 * HOUR, True, False),
        (TIKTOK, 24 * HOUR, timedelta(minutes=9), True, True),
        (TIKTOK, 25 * HOUR, -HOUR, True, True),
        (INSTAGRAM, None, None, True, False),
        (INSTAGRAM, 23 * HOUR, 12 * HOUR, False, False),  # too young, whatever is left
        (INSTAGRAM, 30 * 24 * HOUR, 30 * 24 * HOUR, True, False),
        (INSTAGRAM, 60 * 24 * HOUR, 12 * HOUR, True, True),
        (INSTAGRAM, 10 * 24 * HOUR, 50 * 24 * HOUR, False, False),
    ],
)
def test_a_token_is_due_ahead_of_its_end_and_at_the_latest_when_used(
    rule: RenewalRule, age: timedelta | None, left: timedelta | None, ahead: bool, in_use: bool
):
    token = Token("t", "r", age and NOW - age, left and NOW + left)
    assert (rule.is_due(token, NOW, in_use=False), rule.is_due(token, NOW, in_use=True)) == (ahead, in_use)
