"""What is asked of Airflow's auth manager: who may come in, and who there is."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from starlette.requests import Request
from starlette.responses import Response

from encore.people.links import Role


class Member(NamedTuple):
    """`name`: the user name. `mail`: "" for none. `above_staff`: who may do more than staff, and whom staff therefore
    cannot let in, shut out or give a password."""

    name: str
    full_name: str
    mail: str
    role: Role
    active: bool = True
    above_staff: bool = False


class People(Protocol):
    """`asks_password`: whether a name and a password are what it takes to sign in; where not, Airflow's own page leads
    on. `keeps`: whether people can be added and changed here."""

    @property
    def asks_password(self) -> bool: ...

    @property
    def keeps(self) -> bool: ...

    def sign_in(self, name: str, password: str) -> str | None:
        """A token for a session; None for a wrong name or password, which does not say which."""

    def token_for(self, name: str) -> str: ...

    def is_staff(self, token: str) -> bool: ...

    def begin(self, request: Request, answer: Response, token: str) -> None:
        """Gives the browser its session."""

    def end(self, request: Request, answer: Response) -> None:
        """Ends the session with which this was asked, here and in the browser."""

    def members(self) -> list[Member]: ...

    def find(self, name_or_mail: str) -> Member | None: ...

    def add(self, member: Member, password: str) -> None:
        """Raises `ConflictError` for a name or an address that somebody has."""

    def set_password(self, name: str, password: str) -> None: ...

    def set_active(self, name: str, active: bool) -> None:
        """Who is not active gets nothing any more, whatever session they have."""
