"""One caption out of phrases: each moment has its own job and each form of post its own phrases, so that no two posts
of a campaign share a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from encore.content.facts.sheet import FactSheet
from encore.content.shorten import shorten
from encore.content.writing.caption import Caption
from encore.content.writing.details_said import OF_A_MOMENT, detail_lines, pieces_said
from encore.content.writing.facts_said import facts_said
from encore.content.writing.hashtags import hashtags
from encore.content.writing.limits_check import usage
from encore.content.writing.phrase_book import chosen, phrases, skeletons
from encore.content.writing.single_facts import single_facts
from encore.content.writing.writer import CaptionSlot
from encore.domain.content import Voice
from encore.domain.job import Platform, Touchpoint
from encore.platforms.limits import LIMITS
from encore.platforms.manner import Form
from encore.platforms.measures import hashtags_in

_MEDIA_KINDS = ("image", "video")
"""A caption fits both: its short first line is a picture post's title and a video's first line."""
_TOLD_AT_ONCE = {Form.HOOK: 1, Form.NOTE: 4, Form.CAPTION: 3}
"""Facts of the highlights that an announcement tells; what is left is for the reminder."""
_TAGS = {Touchpoint.ANNOUNCEMENT: 10, Touchpoint.REMINDER: 4, Touchpoint.DAY_OF: 3, Touchpoint.THANK_YOU: 3}
"""Later posts set fewer, whatever the platform's habit."""
_WOVEN = 60
"""Widest title that reads well within a sentence, a Chinese character counting two; a longer one stands alone."""
_OPTIONAL = ("link", "details", "told", "closing")
"""What falls away first where there is no room, from the end."""
_NOT_BESIDE = ("closing", "title")
"""What a second language leaves out, too, besides the facts that are said once."""
_YEAR = re.compile(r",? \d{4}$|^\d{4}年")
_DOUBLED = re.compile(r"([.!?…])\.(?=\s|$)|([！？…])。|\.(?=[”’“]\.)")

_ENDED_TWICE = re.compile(r"(?:([?!.])”[.!]|(\?)”\?)(?=\s|$)")
"""In English a title's own mark ends the sentence."""
_OWN_STOP = re.compile(r"(?<=[^.])\.(?=[“”」]?$)")
"""A title's own full stop, which no sentence around it keeps."""
_SIGN = re.compile(r"^(?:💻|🔗) ")
_PLAIN_BULLET = "• {fact}"
"""The formal voice has no pictures."""
_LABEL = re.compile(r"^([^:]{2,40}): ")
"""Of a fact that follows a colon: "Mia: a minuet" is told as "Mia – a minuet"."""


class TemplatePost:
    """The phrases chosen for one caption, with the facts to be put in."""

    def __init__(self, facts: FactSheet, slot: CaptionSlot, voice: Voice) -> None:
        self._facts, self._slot, self._voice = facts, slot, voice
        self._fitted = {"details": self._details, "told": self._told}
        self._limits = LIMITS[slot.platform]
        self._manner = self._limits.manner
        self._words = phrases(slot.language)
        spoken = self._words["voices"][voice]
        self._said = self._with_names(facts_said(facts, slot))
        self._lines, self._pool = spoken["lines"], spoken[slot.touchpoint][self._manner.form]
        if slot.touchpoint == Touchpoint.DAY_OF and not self._said["today"]:
            self._pool = {"start": [self._lines["when"]]}  # it goes out on another day, so it gives the date
        self._title = self._headline()
        # The body says what the headline had to cut off.
        self._parts = {name: self._part(name) for name in ("opening", "start", "when", "where", "link")}
        self._parts["closing"] = self._filled("closing") if not slot.beside else ""
        self._parts["title"] = self._title_line()

    def caption(self) -> Caption:
        """What must be said always fits; the link, then highlights, then the closing get the room that is left."""
        held = {name: text for name, text in self._parts.items() if name not in _OPTIONAL}
        for name in _OPTIONAL:
            text = made(held) if (made := self._fitted.get(name)) else self._parts[name]
            if text and self._room(self._with({**held, name: text})) >= 0:
                held[name] = text
        return self._with(held)

    def _with_names(self, said: dict[str, str]) -> dict[str, str]:
        """With the title as a sentence says it, and the day as a later post does: without the year."""
        title = _OWN_STOP.sub("", said["quoted_title"])
        quoted = title if re.search('[《“„»«「『"]', title) else f"“{title}”"
        wide = sum(2 if sign >= "\u2e80" else 1 for sign in title) > _WOVEN
        day = _YEAR.sub("", said["date"])
        if self._slot.touchpoint == Touchpoint.REMINDER and said["date"]:
            said = {**said, "when": said["when"].replace(said["date"], day)}
        return {**said, "name": self._words["nameless"] if wide else quoted}

    def _part(self, name: str) -> str:
        match name:
            case "when":
                if self._slot.touchpoint == Touchpoint.DAY_OF or not self._said["when"]:
                    return ""  # the start says it
                return self._lines["when"].format(**self._said)
            case "where":
                where = self._lines["where"].format(**self._said) if self._said["where"] else ""
                return "\n".join(line for line in (where, self._way("watch_link", "watch")) if line)
            case "link":
                return self._way("link", "links")
        return self._filled(name)

    def _way(self, link: str, pools: str) -> str:
        """The link itself, or where to find it; "" where the moment says nothing of it."""
        options = self._words[pools].get(self._slot.touchpoint, {}).get(self._manner.form)
        if not options or not self._said[link]:
            return ""
        if link == "link" and not self._manner.links and (self._said["watch_link"] or self._booked_by_link()):
            return ""  # nobody is sent to the profile twice
        way = self._words["in_text"][link].format(**self._said) if self._manner.links else self._choice(options, link)
        return _SIGN.sub("", way) if self._voice == Voice.FORMAL else way

    def _booked_by_link(self) -> bool:
        return "book_link" in OF_A_MOMENT[Touchpoint(self._slot.touchpoint)] and bool(self._said["booking_link"])

    def _filled(self, name: str) -> str:
        if name not in self._pool:
            return ""
        return _ENDED_TWICE.sub(r"\1\2”", self._choice(self._pool[name], name).format(**self._said))

    def _choice(self, options: Sequence[str], name: str, after: int = 0) -> str:
        """`after`: the one that follows it by so many."""
        alike = [platform for platform in Platform if LIMITS[platform].manner.form == self._manner.form]
        key = (self._facts.seed, self._slot.touchpoint, self._manner.form, name)
        return chosen(options, *key, turn=after + alike.index(Platform(self._slot.platform)))

    def _headline(self) -> str | None:
        """The first line: a phrase with which the concert's title fits into the platform's title, or a title that is
        cut where none does."""
        limit = self._limits.title
        if limit is None:
            return None
        options = self._pool.get("headline", ["{title}"])
        if ": " in self._said["title"]:
            options = [option.replace(": {title}", " – {title}") for option in options]  # one colon is enough
        in_turn = [self._choice(options, "headline", after) for after in range(len(options))]
        whole = (option for option in in_turn if limit.count(option.format(**self._said)) <= limit.most)
        template = next(whole, in_turn[0])
        room = limit.most - limit.count(template.format(**{**self._said, "title": ""}))
        title = shorten(self._said["title"], room, limit.count, sentences=False)
        return template.format(**{**self._said, "title": title}).strip()

    def _title_line(self) -> str:
        """Unless another line says the whole of it."""
        title = self._said["title"]
        opening = self._parts["opening"]
        named = self._said["name"] != self._words["nameless"] and self._said["name"] in opening
        said = title in (self._title or "") or _OWN_STOP.sub("", title) in opening or named
        return "" if said or self._slot.beside else title

    def _told(self, held: dict[str, str]) -> str:
        """What of the highlights is this moment's to tell, as far as it fits."""
        if not (told := self._facts_told()):
            return ""
        frame = self._choice(self._pool["told"], "told")
        below = "\n{told}" in frame
        count = self._limits.text.count
        room = self._room(self._with({**held, "told": frame.format(told="…")}))
        joined = self._bullets(told) if below else self._in_a_row(told)
        shown = shorten(joined, min(self._manner.highlights, room), count)
        return _DOUBLED.sub(r"\1\2", frame.format(told=shown)) if shown else ""

    def _bullets(self, told: Sequence[str]) -> str:
        bullet = _PLAIN_BULLET if self._voice == Voice.FORMAL else self._words["bullet"]
        return "\n".join(bullet.format(fact=fact) for fact in told)

    def _in_a_row(self, told: Sequence[str]) -> str:
        """Behind the phrase's colon; sentences stay sentences."""
        given = self._said["highlights"]
        sentences = all(re.search(rf"{re.escape(fact)}\.\s", given) for fact in told[:-1])
        return (". " if sentences else self._words["between"]).join(_LABEL.sub(r"\1 – ", fact) for fact in told)

    def _details(self, held: dict[str, str]) -> str:
        """As many of the moment's lines as fit. A second language says none again."""
        if self._slot.beside:
            return ""
        names = OF_A_MOMENT[Touchpoint(self._slot.touchpoint)]
        lines: list[str] = []
        for line in detail_lines(self._facts, self._said, self._slot.language, names, self._voice):
            short = shorten(line, self._manner.highlights, self._limits.text.count)
            if self._room(self._with({**held, "details": "\n".join([*lines, short])})) >= 0:
                lines.append(short)
        return "\n".join(lines)

    def _facts_told(self) -> Sequence[str]:
        if "told" not in self._pool:
            return ()
        facts = single_facts(self._said["highlights"], self._words["and_more"][self._slot.touchpoint])
        pieces = () if self._slot.beside else pieces_said(self._facts, self._slot.language)
        first = (*facts.first, *pieces)
        kept_back = 0 if facts.more else 1
        at_once = max(1, min(_TOLD_AT_ONCE[self._manner.form], len(first) - kept_back))
        if self._slot.touchpoint == Touchpoint.ANNOUNCEMENT:
            return first[:at_once]
        untold = [piece for piece in pieces if piece in first[at_once:]]
        return (*untold, *first[at_once:], *facts.more)[:1]

    def _with(self, parts: dict[str, str]) -> Caption:
        order = chosen(
            skeletons()[self._slot.touchpoint][self._manner.form],
            self._facts.seed, self._slot.touchpoint, self._manner.form,
        )  # fmt: skip
        paragraphs = ("\n".join(parts[name] for name in paragraph if parts.get(name)) for paragraph in order)
        body = "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
        return Caption(body, self._title, hashtags(self._facts, self._slot.language, self._tags_left(body)))

    def _tags_left(self, body: str) -> int:
        most = min(self._manner.tags, _TAGS[self._slot.touchpoint])
        if self._limits.hashtags is None:
            return most
        return max(0, min(most, self._limits.hashtags - len(hashtags_in(body))))

    def _room(self, caption: Caption) -> int:
        """Units left in the text, whichever kind of media it is posted with."""
        uses = (use for kind in _MEDIA_KINDS for use in usage(self._slot.platform, caption.render(), kind))
        return min(use.left for use in uses if use.field == "text")
