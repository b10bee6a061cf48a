"""What the page of an import shows: how the file was read, and what each row would do."""

from __future__ import annotations

from dataclasses import dataclass

from encore.domain.details import DETAILS
from encore.domain.written import readings
from encore.errors import RefusedError
from encore.seeding.drafts import Draft
from encore.seeding.headers import COLUMNS
from encore.seeding.preview import Fate, Planned, preview
from encore.seeding.seed import rows_of_teacher
from encore.seeding.table import Table
from encore.seeding.validate import order_of
from encore.words.sentence import Sentence, Words, sentence
from encore_airflow.http.uploads import SentTable
from encore_airflow.web.visit import Visit

SHOWN = 200
"""Rows of one kind on one page."""

ENCODINGS = ("utf-8", "gb18030", "big5hkscs", "cp932", "euc_jp", "cp949", "cp1252", "cp1250", "cp1251", "mac_roman")


@dataclass(frozen=True)
class Mending:
    """A cell of a rejected row. `wrong`: what is wrong with it, "" for one that is not."""

    column: str
    value: str
    wrong: str


@dataclass(frozen=True)
class Drafted:
    """`wrong`: why the file is no table of concerts yet. `header`: names with their columns. `undecided`: whether some
    dates have two readings. `zone_wanted`: whether rows without a zone there are, or would be. `teachers`: what the
    table calls those who are no users, or not this one, each with the user that is meant."""

    planned: tuple[Planned, ...] = ()
    header: tuple[tuple[str, str | None], ...] = ()
    notes: tuple[Sentence, ...] = ()
    wrong: Sentence | None = None
    undecided: bool = False
    zone_wanted: bool = False
    doubtful_encoding: bool = False
    teachers: tuple[tuple[str, str], ...] = ()
    encodings: tuple[str, ...] = ENCODINGS

    def of(self, fate: str) -> tuple[Planned, ...]:
        return tuple(one for one in self.planned if one.fate == fate)

    @property
    def rejected(self) -> tuple[Planned, ...]:
        return self.of(Fate.REJECTED)

    @property
    def good(self) -> int:
        return len(self.of(Fate.NEW)) + len(self.of(Fate.CHANGED))

    @property
    def mapping_wanted(self) -> bool:
        return self.wrong is not None and self.wrong.key in ("table.columns_missing", "table.column_twice")


def drafted(visit: Visit, draft: Draft) -> Drafted:
    try:
        header = tuple(draft.header)
    except RefusedError as err:
        return Drafted(wrong=err.said)
    zone_wanted = "timezone" not in {column for _, column in header}
    try:
        table = draft.table(_otherwise(visit))
    except RefusedError as err:
        return Drafted(header=header, wrong=err.said, zone_wanted=zone_wanted)
    own, others = (table, []) if visit.person.staff else rows_of_teacher(table, visit.person.name)
    planned = preview(visit.store, own.rows, visit.now, draft.order)
    strangers = {reject.row: reject for reject in others}
    planned += [
        Planned(row, Fate.REJECTED, None, (strangers[row.number],)) for row in table.rows if row.number in strangers
    ]
    planned.sort(key=lambda one: one.row.number)
    rejects = [reject for one in planned for reject in one.rejects]
    return Drafted(
        planned=tuple(planned),
        header=header,
        notes=(*table.notes, *_order_told(draft, table)),
        undecided=bool(draft.order) or any(reject.said.key == "input.two_readings" for reject in rejects),
        zone_wanted=zone_wanted or any(reject.column == "timezone" for reject in rejects),
        teachers=_strangers(draft, planned),
        doubtful_encoding=any(note.key == "table.read_doubtful" for note in table.notes) or bool(draft.encoding),
    )  # fmt: skip


def _strangers(draft: Draft, planned: list[Planned]) -> tuple[tuple[str, str], ...]:
    refused = [one.row for one in planned if any(reject.column == "teacher_id" for reject in one.rejects)]
    named = {str(row.cells.get("teacher_id", "")) for row in refused} - {"", *draft.teachers.values()}
    unknown = dict.fromkeys(named, "")
    return tuple(sorted({**unknown, **draft.teachers}.items()))


def ready(visit: Visit, draft: Draft) -> SentTable:
    """To be put in. Raises `RefusedError` for what is no table yet."""
    return SentTable(draft.table(_otherwise(visit)), draft.draft_id, draft.order)


def mendings(words: Words, one: Planned) -> list[Mending]:
    """The cells of a rejected row, those that are wrong first."""
    wrong: dict[str, list[Sentence]] = {}
    for reject in one.rejects:
        wrong.setdefault(reject.column, []).append(reject.said)
    names = [
        *(name for name in wrong if name in COLUMNS),
        *(name for name in COLUMNS if name not in wrong and name in one.row.cells),
    ]
    return [
        Mending(name, str(one.row.cells.get(name, "")), " ".join(words.in_full(said) for said in wrong.get(name, ())))
        for name in names
    ]


def _otherwise(visit: Visit) -> dict[str, str]:
    return {} if visit.person.staff else {"teacher_id": visit.person.name}


def _order_told(draft: Draft, table: Table) -> list[Sentence]:
    """By which row the order of day and month was decided, if any date needs it."""
    order, row = order_of(table.rows)
    needed = any(len(readings(str(one.cells.get("concert_datetime", "")))) == 2 for one in table.rows)
    if draft.order or order is None or not needed:
        return []
    return [sentence(f"table.dates_{order}", row=row)]


def template_header(visit: Visit) -> list[tuple[str, str]]:
    """The columns as their reader calls them, each with an example."""
    columns = [
        name
        for name in COLUMNS
        if name not in ("campaign_id", "timeline") and (visit.person.staff or name != "teacher_id")
    ]
    examples = dict.fromkeys(DETAILS, "") | {
        "doors_open": "19:00", "duration_minutes": "75", "booking_deadline": f"{visit.now.year + 1}-06-18",
        "teacher_id": visit.person.name, "concert_datetime": f"{visit.now.year + 1}-06-20 19:30",
        "timezone": visit.reads.zone or "Europe/Berlin", "cta_link": "https://",
        "platforms": "TikTok; Xiaohongshu; Instagram", "languages": visit.say("language.en"),
        "voice": visit.say("voice.warm"),
    }  # fmt: skip
    return [
        (visit.say(f"column.{name}"), examples[name] if name in examples else visit.say(f"column.{name}.example"))
        for name in columns
    ]


__all__ = ["Drafted", "Mending", "drafted", "mendings", "ready", "template_header"]
