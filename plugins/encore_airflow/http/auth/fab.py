"""People as FAB keeps them, through its security manager."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from encore.errors import ConflictError, NotFoundError
from encore.people.links import Role
from encore_airflow.http.auth.session import AirflowSession
from encore_airflow.http.people import Member

if TYPE_CHECKING:
    from airflow.providers.fab.auth_manager.fab_auth_manager import FabAuthManager
    from airflow.providers.fab.auth_manager.models import User
    from airflow.providers.fab.auth_manager.security_manager.override import FabAirflowSecurityManagerOverride

ROLES = {Role.TEACHER: "Teacher", Role.STAFF: "Op"}
"""`Teacher` is a role without permissions; `Op` comes with FAB."""

STAFF_ROLES = frozenset({"Op", "Admin"})

WITHIN_STAFFS = frozenset({*ROLES.values(), "User", "Viewer", "Public"})
"""Roles that allow no more than `Op` does (FAB's own contain one another); another one counts if it allows anything."""

AUTH_DB, AUTH_LDAP = 1, 2
"""Of its setting AUTH_TYPE: https://flask-appbuilder.readthedocs.io/en/latest/security.html"""

NO_MAIL = "@nowhere.invalid"
"""FAB wants an address of everybody, each another one; https://www.rfc-editor.org/rfc/rfc2606 keeps this name free."""


class FabPeople(AirflowSession):
    @property
    def asks_password(self) -> bool:
        with _fab() as security:
            return security.auth_type in (AUTH_DB, AUTH_LDAP)

    @property
    def keeps(self) -> bool:
        with _fab() as security:
            return security.auth_type == AUTH_DB

    def sign_in(self, name: str, password: str) -> str | None:
        if not name or not password:
            return None
        with _fab():
            manager = _manager()
            user = manager.create_token(headers={}, body={"username": name, "password": password})
            return manager.generate_jwt(user) if user else None

    def token_for(self, name: str) -> str:
        with _fab() as security:
            return _manager().generate_jwt(_user(security, name))

    def members(self) -> list[Member]:
        with _fab() as security:
            return sorted(map(_member, security.get_all_users()))

    def find(self, name_or_mail: str) -> Member | None:
        if not name_or_mail:
            return None
        with _fab() as security:
            user = security.find_user(username=name_or_mail) or security.find_user(email=name_or_mail)
            return _member(user) if user else None

    def add(self, member: Member, password: str) -> None:
        with _fab() as security:
            if security.find_user(username=member.name):
                raise ConflictError("person.name_taken", code="name_taken")
            if member.mail and security.find_user(email=member.mail):
                raise ConflictError("person.mail_taken", code="mail_taken")
            role = security.find_role(ROLES[member.role]) or security.add_role(ROLES[member.role])
            first, _, last = member.full_name.rpartition(" ")
            security.add_user(
                username=member.name, first_name=(first or last)[:250], last_name=last[:250] if first else "",
                email=member.mail or f"{member.name}{NO_MAIL}", role=role, password=password,
            )  # fmt: skip

    def set_password(self, name: str, password: str) -> None:
        with _fab() as security:
            user = _user(security, name)
            if not security.reset_password(user.id, password):
                raise ConflictError("people.not_stored", code="not_stored")

    def set_active(self, name: str, active: bool) -> None:
        with _fab() as security:
            user = _user(security, name)
            user.active = active
            if not security.update_user(user):
                raise ConflictError("people.not_stored", code="not_stored")
            security.reset_user_sessions(user)
            # FAB remembers for a while who a token is of; other API servers do too unless [fab] cache_ttl is 0.
            _manager().cache.pop(user.id, None)


def _manager() -> FabAuthManager:
    from airflow.providers.fab.www.utils import get_fab_auth_manager

    return get_fab_auth_manager()


@contextmanager
def _fab() -> Generator[FabAirflowSecurityManagerOverride]:
    """FAB's own way around each of its routes: within its Flask app, and without a session left behind."""
    from airflow import settings
    from airflow.providers.fab.auth_manager.api_fastapi.routes.login import _get_flask_app

    with _get_flask_app().app_context():
        try:
            yield _manager().security_manager
        finally:
            if settings.Session:
                settings.Session.remove()


def _user(security: FabAirflowSecurityManagerOverride, name: str) -> User:
    user = security.find_user(username=name)
    if user is None:
        raise NotFoundError("person.unknown")
    return user


def _member(user: User) -> Member:
    roles = {role.name for role in user.roles}
    role = Role.STAFF if STAFF_ROLES & roles else Role.TEACHER
    above = any(role.permissions for role in user.roles if role.name not in WITHIN_STAFFS)
    mail = "" if user.email.endswith(NO_MAIL) else user.email
    full_name = " ".join(filter(None, (user.first_name, user.last_name)))
    return Member(user.username, full_name, mail, role, bool(user.active), above)
