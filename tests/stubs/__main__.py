"""`make stubs`: writes what the statements take and give into `include/encore/store/rows.pyi`."""

from __future__ import annotations

from postgres_fixtures import running_server
from stubs.written import STUB, stub

from encore.store import schema
from encore.store.connect import connect

with running_server() as server:
    dsn = server.dsn("encore", "encore")
    schema.upgrade(dsn)
    with connect(dsn, "stubs") as connection:
        STUB.write_text(stub(connection), encoding="utf-8")
