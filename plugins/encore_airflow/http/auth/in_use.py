"""Which auth manager is in use, and what can be asked of it."""

from __future__ import annotations

from encore.errors import ConflictError
from encore_airflow.http.auth.session import AirflowSession
from encore_airflow.http.people import Member, People


class PeopleElsewhere(AirflowSession):
    """An auth manager that we know nothing of: its own page signs in, and it keeps its people itself."""

    def sign_in(self, name: str, password: str) -> str | None:
        return None

    def token_for(self, name: str) -> str:
        raise _kept_elsewhere()

    def members(self) -> list[Member]:
        return []

    def find(self, name_or_mail: str) -> Member | None:
        return None

    def add(self, member: Member, password: str) -> None:
        raise _kept_elsewhere()

    def set_password(self, name: str, password: str) -> None:
        raise _kept_elsewhere()

    def set_active(self, name: str, active: bool) -> None:
        raise _kept_elsewhere()


class SimplePeople(PeopleElsewhere):
    """Airflow's SimpleAuthManager: names and roles stand in its settings, passwords in its file."""

    @property
    def asks_password(self) -> bool:
        from airflow.configuration import conf

        return not conf.getboolean("core", "simple_auth_manager_all_admins", fallback=False)

    def sign_in(self, name: str, password: str) -> str | None:
        from airflow.api_fastapi.auth.managers.simple.datamodels.login import LoginBody
        from airflow.api_fastapi.auth.managers.simple.services.login import SimpleAuthManagerLogin
        from fastapi import HTTPException

        try:
            return SimpleAuthManagerLogin.create_token(LoginBody(username=name, password=password))
        except HTTPException:
            return None


def people_of_airflow() -> People:
    from airflow.api_fastapi.app import get_auth_manager
    from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager

    manager = get_auth_manager()
    if isinstance(manager, SimpleAuthManager):
        return SimplePeople()
    try:
        from airflow.providers.fab.auth_manager.fab_auth_manager import FabAuthManager
    except ImportError:
        return PeopleElsewhere()
    if isinstance(manager, FabAuthManager):
        from encore_airflow.http.auth.fab import FabPeople

        return FabPeople()
    return PeopleElsewhere()


def _kept_elsewhere() -> ConflictError:
    return ConflictError("people.kept_elsewhere", code="kept_elsewhere")
