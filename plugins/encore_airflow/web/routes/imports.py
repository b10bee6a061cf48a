"""Campaigns from a file: what it would do, row by row, mended in place, and then put in."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter
from starlette.responses import Response as PlainResponse

from encore.domain.written import Order
from encore.errors import RefusedError
from encore.seeding.drafts import Draft, change_draft, draft_of, put_draft
from encore.seeding.headers import COLUMNS, MEANINGS
from encore.seeding.rejects import rejects_csv
from encore.seeding.template import template_csv, template_workbook
from encore_airflow.http.statuses import status_of
from encore_airflow.http.uploads import NEVER_A_PAGE, chosen, content_of_table
from encore_airflow.web.views.import_page import SHOWN, drafted, mendings, ready, template_header
from encore_airflow.web.visit import Form, Response, Visit, Visiting, text_of

router = APIRouter(prefix="/import")


@router.get("")
def ask(visit: Visiting) -> Response:
    return _asked(visit)


def _asked(visit: Visit, status: int = 200, wrong: str = "") -> Response:
    return visit.page("import.html", status, wrong=wrong, columns=COLUMNS)


@router.post("")
def look(visit: Visiting, sent: Form) -> Response:
    """Nothing goes in yet."""
    try:
        file = chosen(sent.get("file"))
        content = content_of_table(file, visit)
        draft_id = put_draft(
            visit.store, visit.person.name, file.filename or "", content, visit.reads.zone or "", visit.now
        )
    except RefusedError as err:
        return _asked(visit, status_of(err), visit.words.in_full(err.said))
    return visit.go(f"/import/{draft_id}")


@router.get("/template.csv")
def csv_template(visit: Visiting) -> Response:
    return _file(template_csv(template_header(visit)), "text/csv; charset=utf-8", "encore.csv")


@router.get("/template.xlsx")
def excel_template(visit: Visiting) -> Response:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file(template_workbook(template_header(visit)), kind, "encore.xlsx")


def _file(content: bytes, media_type: str, name: str) -> Response:
    headers = {**NEVER_A_PAGE, "Content-Disposition": f'attachment; filename="{name}"'}
    return PlainResponse(content, media_type=media_type, headers=headers)


@router.get("/{draft_id}")
def shown(draft_id: str, visit: Visiting) -> Response:
    return _page(visit, draft_of(visit.store, visit.person.name, draft_id))


@router.get("/{draft_id}/rejects.csv")
def rejects(draft_id: str, visit: Visiting) -> Response:
    """The rows that cannot go in, whole, each with why."""
    found = drafted(visit, draft_of(visit.store, visit.person.name, draft_id))
    rows = [(one.row, [visit.words.told(reject.told) for reject in one.rejects]) for one in found.rejected]
    return _file(rejects_csv(rows), "text/csv; charset=utf-8", "rejects.csv")


@router.post("/{draft_id}")
def mend(draft_id: str, visit: Visiting, sent: Form) -> Response:
    """Keep how it is to be read and what was mended; with `put_in` the good rows go in."""
    draft = _as_sent(visit, draft_of(visit.store, visit.person.name, draft_id), sent)
    change_draft(visit.store, visit.person.name, draft)
    if not text_of(sent, "put_in"):
        return visit.go(f"/import/{draft_id}")
    return _page(visit, draft, put_in=ready(visit, draft).put_in(visit, generate=bool(text_of(sent, "generate"))))


def _page(visit: Visit, draft: Draft, put_in: object = None) -> Response:
    found = drafted(visit, draft)
    return visit.page(
        "import_draft.html", draft=draft, found=found, done=put_in, columns=COLUMNS, meanings=MEANINGS,
        mendings=lambda one: mendings(visit.words, one), shown=SHOWN,
        names_of=lambda names: [visit.say(f"column.{name}") for name in names],
    )  # fmt: skip


def _as_sent(visit: Visit, draft: Draft, sent: Form) -> Draft:
    """Fields: `timezone`, `order`, `encoding`, `column.<name>` with a column or nothing, `teacher.<name>` with a user,
    `cell.<row>.<column>` with what it says, and `twin.<row>` with the campaign that it is."""
    teachers = dict(draft.teachers)
    columns, mended = dict(draft.columns or {}), {row: dict(cells) for row, cells in (draft.mended or {}).items()}
    for field, value in sent.multi_items():
        kind, _, rest = field.partition(".")
        if not isinstance(value, str) or not rest:
            continue
        if kind == "column" and value != text_of(sent, f"was.column.{rest}"):
            columns[rest] = value if value in MEANINGS else ""
        elif kind == "teacher":
            # Nobody but staff puts in what is another's.
            teachers[rest] = value.strip()[:64] if visit.person.staff or not value else visit.person.name
        elif kind == "twin" and rest.isdigit() and value:
            mended.setdefault(int(rest), {})["campaign_id"] = value
        elif kind == "cell":
            number, _, column = rest.partition(".")
            if number.isdigit() and column in COLUMNS and value != text_of(sent, f"was.{number}.{column}"):
                mended.setdefault(int(number), {})[column] = value.strip()[:5000]
    order = text_of(sent, "order")
    return replace(
        draft,
        timezone=text_of(sent, "timezone").strip() if "timezone" in sent else draft.timezone,
        order=Order(order) if order in list(Order) else draft.order,
        encoding=text_of(sent, "encoding") or draft.encoding,
        columns=columns,
        teachers={called: user for called, user in teachers.items() if user},
        mended=mended,
    )
