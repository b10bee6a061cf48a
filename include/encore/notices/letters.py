"""What a message says, in the language and the zone of who reads it: what happened, is it live, who must act by when,
and where the post is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from encore.domain.job import JobState
from encore.notices.kinds import Kind
from encore.notices.people import Digest, Wishes
from encore.posts.standing import standing
from encore.store import rows
from encore.store.store import Store
from encore.words.sentence import Sentence, Words, sentence

if TYPE_CHECKING:
    Told = rows.NoticeOfMessage | rows.NoticeOfPerson

MOST = 20
"""Notices that one letter tells one by one; of more it says how many there are."""


@dataclass(frozen=True)
class Item:
    """`lines`: one sentence each; `path`: of the page where it can be seen to."""

    headline: str
    lines: tuple[str, ...]
    path: str


@dataclass(frozen=True)
class Letter:
    """`footer`: why it comes, and `settings` where that is changed; both addresses are whole."""

    subject: str
    items: tuple[tuple[Item, str], ...]
    footer: str
    settings: str
    language: str
    more: str = ""

    @property
    def text(self) -> str:
        return self._written([_text_of(item, link) for item, link in self.items])

    @property
    def below_subject(self) -> str:
        """The text for whoever shows the subject right above it, as messengers do."""
        if [item.headline for item, _ in self.items] != [self.subject]:
            return self.text
        [(item, link)] = self.items
        return self._written(["\n".join((*item.lines, link))])

    def _written(self, parts: list[str]) -> str:
        return "\n\n".join((*parts, *filter(None, (self.more,)), f"-- \n{self.footer}\n{self.settings}")) + "\n"

    @property
    def html(self) -> str:
        parts = "".join(_html_of(item, link) for item, link in self.items)
        more = f"<p>{escape(self.more)}</p>" if self.more else ""
        footer = (
            f'<p style="color:#666;font-size:small">{escape(self.footer)}<br>'
            f'<a href="{escape(self.settings)}">{escape(self.settings)}</a></p>'
        )
        return (
            f'<!doctype html><html lang="{self.language}"><body style="font-family:sans-serif;max-width:40em">'
            f"{parts}{more}{footer}</body></html>"
        )


def _text_of(item: Item, link: str) -> str:
    return "\n".join((item.headline, *(f"  {line}" for line in item.lines), f"  {link}"))


def _html_of(item: Item, link: str) -> str:
    lines = "".join(f"<br>{escape(line)}" for line in item.lines)
    return f'<p><a href="{escape(link)}"><b>{escape(item.headline)}</b></a>{lines}</p>'


def letter(store: Store, message: rows.TakeMessage, wishes: Wishes, person: str, site: str, now: datetime) -> Letter:
    """`site`: the address of the pages, without a slash at its end. A digest of nothing has no items."""
    words = Words(wishes.language)
    if message.digest:
        subject, items, left = _digest(store, words, wishes, Digest(message.digest), person, now)
    else:
        notices = store.notices_of_message(message_id=message.message_id, most=MOST)
        items = items_of(store, words, notices, now, ZoneInfo(wishes.timezone))
        left = store.count_notices_of_message(message_id=message.message_id) - len(items)
        subject = items[0].headline if len(items) == 1 and not left else words.say("notice.many", n=len(items) + left)
    return Letter(
        subject=subject,
        items=tuple((item, f"{site}{item.path}") for item in items),
        footer=words.say("notice.footer"),
        settings=f"{site}/notices",
        language=words.language,
        more=words.say("notice.and_more", n=left) if left > 0 else "",
    )


def items_of(
    store: Store, words: Words, notices: Sequence[Told], now: datetime, zone: ZoneInfo | None = None
) -> list[Item]:
    """One for each. `zone`: in which times are told; the concert's if it is left out."""
    job_ids = sorted({one.job_id for one in notices if one.job_id})
    jobs = {job.job_id: job for job in store.reports_of_jobs(job_ids=job_ids)} if job_ids else {}
    return [_item(words, one, jobs.get(one.job_id or ""), now, zone) for one in notices]


def _item(words: Words, notice: Told, job: rows.Report | None, now: datetime, zone: ZoneInfo | None) -> Item:
    headline = words.told(_headline(notice, job))
    why = words.stored(notice.said) if notice.said and notice.kind != Kind.SYSTEM else ""
    lines = [why, *(_standing(words, notice, job, now, zone) if job else _to_do(words, notice))]
    return Item(headline, tuple(dict.fromkeys(filter(None, lines))), _path(notice))


def _headline(notice: Told, job: rows.Report | None) -> Sentence:
    kind = Kind(notice.kind)
    if kind is Kind.SYSTEM:
        return sentence("verbatim", text={"said": notice.said, "english": notice.cause, "chinese": None})
    if job is not None:
        post = sentence("notice.post", platform=job.platform, title=job.concert_title, touchpoint=job.touchpoint)
    elif notice.account:
        post = sentence("verbatim", text=notice.account)
    else:
        post = sentence("verbatim", text=notice.concert_title or "")
    return sentence(f"notice.{kind}", what=post)


def _standing(words: Words, notice: Told, job: rows.Report, now: datetime, zone: ZoneInfo | None) -> list[str]:
    stands = standing(job, now, zone)
    settled = notice.kind in (Kind.FAILED, Kind.IN_DOUBT, Kind.MISSED) and job.state != JobState.FAILED
    said = words.in_full(stands.said)
    lines = [words.say("notice.by_now", said=said) if settled else said, words.say(f"notice.live_{stands.live}")]
    if stands.to_do:
        lines.append(words.told(stands.to_do))
    if stands.by and notice.kind != Kind.HAND_OFF:  # which has just said it
        lines.append(
            words.say("result.until", at=sentence("notice.moment", at=_in(stands.by, zone or ZoneInfo(job.timezone))))
        )
    return lines


def _to_do(words: Words, notice: Told) -> list[str]:
    """What concerns no single post."""
    return [words.say(f"notice.{notice.kind}.to_do")] if f"{notice.kind}" in _WITH_TO_DO else []


_WITH_TO_DO = frozenset(
    {
        Kind.NEEDS_APPROVAL,
        Kind.APPROVAL_LATE,
        Kind.READY,
        Kind.NOT_WRITTEN,
        Kind.CALLED_OFF,
        Kind.DISCONNECTED,
        Kind.STAFF_APPROVAL,
    }
)


def _path(notice: Told) -> str:
    if notice.job_id and notice.kind != Kind.NEEDS_APPROVAL:
        return f"/jobs/{notice.job_id}"
    if notice.kind in (Kind.NEEDS_APPROVAL, Kind.APPROVAL_LATE, Kind.READY, Kind.STAFF_APPROVAL):
        return f"/campaigns/{notice.campaign_id}/approve"
    if notice.campaign_id:
        return f"/campaigns/{notice.campaign_id}"
    return "/operations" if notice.kind == Kind.SYSTEM else "/accounts"


def _digest(
    store: Store, words: Words, wishes: Wishes, kind: Digest, person: str, now: datetime
) -> tuple[str, list[Item], int]:
    until = now + timedelta(days=1 if kind is Digest.DAILY else 7)
    zone = ZoneInfo(wishes.timezone)
    posts: Sequence[rows.ComingPost] = store.coming_posts(person=person, now=now, until=until, most=MOST + 1)
    items = [
        Item(
            words.say("notice.coming", at=_in(post.scheduled_at, zone), platform=post.platform,
                      title=post.concert_title, touchpoint=post.touchpoint),
            (words.say(f"action.{post.action_required}"),) if post.action_required else (),
            f"/jobs/{post.job_id}",
        )
        for post in posts[:MOST]
    ]  # fmt: skip
    return words.say(f"notice.digest.{kind}", n=len(posts)), items, len(posts) - len(items)


def _in(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone)
