"""The bell: what a person was told, and how they want to be told."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from encore.errors import NotFoundError, RefusedError
from encore.notices import messengers, people
from encore.notices.letters import Letter
from encore.notices.mail import MAIL, NotSentError, address_of
from encore.store import rows
from encore_airflow.web.views.bell import bell_page, own_wishes
from encore_airflow.web.visit import Form, Response, Visit, Visiting, text_of, texts_of

router = APIRouter(prefix="/notices")

MOST_ROW_ID = 2**62
AddressId = Annotated[int, Path(ge=1, le=MOST_ROW_ID)]
MOST_ADDRESSES = 5
"""Of one person."""


@router.get("")
def look(visit: Visiting, before: Annotated[int | None, Query(ge=1, le=MOST_ROW_ID)] = None) -> Response:
    page = visit.page("notices.html", **bell_page(visit, before))
    if before is None:
        _be_known(visit)
        visit.store.note_bell_seen(person=visit.person.name, now=visit.now)
    return page


@router.post("/wishes")
def wish(visit: Visiting, sent: Form) -> Response:
    wishes = people.Wishes.read(
        language=text_of(sent, "language"),
        timezone=text_of(sent, "timezone"),
        wanted=texts_of(sent, "wanted"),
        quiet_from=text_of(sent, "quiet_from"),
        quiet_until=text_of(sent, "quiet_until"),
        digest=text_of(sent, "digest"),
        digest_at=text_of(sent, "digest_at"),
        staff=visit.person.staff,
    )
    people.save(visit.store, visit.person, wishes, visit.now)
    return visit.go("/notices#wishes")


@router.post("/addresses")
def add(visit: Visiting, sent: Form) -> Response:
    """An address of mail, or one of a messenger, which only Airflow's own store keeps."""
    text = text_of(sent, "address").strip()
    if len(visit.store.addresses_of(person=visit.person.name)) >= MOST_ADDRESSES:
        raise RefusedError("notice.too_many_addresses", field="address", n=MOST_ADDRESSES)
    _be_known(visit)
    if "://" in text:
        service, shown = messengers.read(text, visit.settings.notices.services)
    else:
        service, shown = MAIL, address_of(text)
        if not shown or len(shown) > messengers.LONGEST:
            raise RefusedError("notice.no_address", field="address")
    with visit.store.transaction():
        address_id = visit.store.put_address(person=visit.person.name, service=service, shown=shown, now=visit.now)
        if address_id is None:
            raise RefusedError("notice.address_there", field="address")
        if service != MAIL:
            visit.within.messengers.write(address_id, text)
    return visit.go("/notices#addresses")


@router.post("/addresses/{address_id}/drop")
def drop(address_id: AddressId, visit: Visiting) -> Response:
    address = _mine(visit, address_id)
    visit.store.drop_address(address_id=address_id, person=visit.person.name)
    if address.service != MAIL:
        visit.within.messengers.forget(address_id)
    return visit.go("/notices#addresses")


@router.post("/addresses/{address_id}/try")
def try_out(address_id: AddressId, visit: Visiting) -> Response:
    """Sent now, so that whoever asks sees at once whether it arrives."""
    address = _mine(visit, address_id)
    letter = Letter(
        subject=visit.say("notice.trial"),
        items=(),
        footer=visit.say("notice.footer"),
        settings=f"{str(visit.request.base_url).rstrip('/')}/notices",
        language=own_wishes(visit).language,
        more=visit.say("notice.trial_explained"),
    )
    try:
        visit.within.post(visit.settings)(address, letter, f"trial-{address_id}-{visit.now:%Y%m%d%H%M%S}", visit.now)
    except NotSentError as err:
        visit.store.note_address_fails(address_id=address_id, error=err.said.stored, now=visit.now)
        raise RefusedError(err.said) from err
    visit.store.note_address_works(address_id=address_id)
    return visit.go("/notices?tried=yes#addresses")


def _mine(visit: Visit, address_id: int) -> rows.PersonAddress:
    address = visit.store.address(address_id=address_id)
    if address is None or address.person != visit.person.name:
        raise NotFoundError("notice.unknown_address")
    return address


def _be_known(visit: Visit) -> None:
    wishes = own_wishes(visit)
    visit.store.ensure_person(
        person=visit.person.name, staff=visit.person.staff, language=wishes.language, timezone=wishes.timezone,
        now=visit.now,
    )  # fmt: skip
