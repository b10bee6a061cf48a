"""What the pages of a login by QR code show, and what is read from their forms."""

from __future__ import annotations

import base64
import math
from datetime import timedelta

from encore.accounts.qr_attempts import found_by
from encore.accounts.qr_keeping import LONGEST_NAME
from encore.accounts.qr_services import services_for
from encore.domain.job import Platform
from encore.domain.json import Json
from encore.errors import RefusedError
from encore.platforms.loading import load_adapter
from encore.store import rows
from encore_airflow.web.visit import Visit

LONGEST_TEACHER = 64
UNUSUAL_AFTER = timedelta(minutes=2)
"""Whoever has scanned is logged in long before; something else is asked of them, which nobody sees here."""


def choice_page(visit: Visit, typed: Json, wrong: str = "", field: str = "") -> Json:
    services = services_for(visit.store, visit.settings, visit.person)
    of_account = next((one for one in services if one.account and one.account.account == typed.get("account")), None)
    chosen = typed.get("service") or (of_account.conn_id if of_account else "")
    risk = load_adapter(Platform.XIAOHONGSHU, visit.settings, visit.within.now).risk
    return {
        "services": services,
        "chosen": chosen if chosen in {one.conn_id for one in services} else "",
        "free": any(one.account is None for one in services),
        "whose": typed.get("whose") or "school",
        "teacher": typed.get("teacher", ""),
        "risk": visit.words.in_full(risk) if risk else "",
        "wrong": wrong,
        "field": field,
        "most_teacher": LONGEST_TEACHER,
    }


def owner_of(visit: Visit, whose: str, teacher: str) -> str | None:
    """Of a new account. A teacher's are their own; staff say. Raises `RefusedError`."""
    if not visit.person.staff:
        return visit.person.name
    if whose != "teacher":
        return None if whose in ("", "school") else visit.person.name
    name, people = teacher.strip(), visit.within.people()
    member = people.find(name)
    if member is not None:
        return member.name
    if not name or len(name) > LONGEST_TEACHER or people.keeps:
        raise RefusedError("connect.qr_which_teacher", field="teacher")
    return name


def attempt_page(visit: Visit, row: rows.LoginAttempt, shown: rows.QrLogin) -> Json:
    """`state`: what the page shows; another one is another page."""
    now = visit.within.now()
    state = "fetched" if row.status == "sent" and shown.picture is None else row.status
    found = found_by(row)
    known = row.renews or row.account
    account = visit.store.account(account=known) if known else None
    return {
        "row": row,
        "state": state,
        "code": _as_address(shown) if state == "sent" else "",
        "minutes": max(math.ceil((row.ends_at - now).total_seconds() / 60), 1),
        "unusual": state == "sent" and now - shown.shown_at >= UNUSUAL_AFTER,
        "trouble": visit.words.stored(shown.trouble) if shown.trouble else "",
        "said": visit.words.stored(row.said) if row.said else "",
        "found": found.get("name") or "",
        "before_us": shown.before_us,
        "account": account,
        "named": (account.username or account.display_name or account.account) if account else "",
        "whose": "school" if row.owner is None else "own" if row.owner == row.person else "teacher",
        "most_name": LONGEST_NAME,
    }


def _as_address(shown: rows.QrLogin) -> str:
    """In the page itself, which nobody keeps, as the code is good for minutes."""
    return f"data:{shown.content_type};base64,{base64.b64encode(shown.picture or b'').decode()}"
