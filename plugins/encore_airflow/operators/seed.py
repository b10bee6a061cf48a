"""Seed campaigns from a CSV or from another PostgreSQL database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from airflow.sdk import BaseOperator, Param
from airflow.sdk.exceptions import AirflowFailException

FIELDS: dict[str, Param] = {
    "source": Param("csv", type="string", enum=["csv", "postgres"], title="Where the concerts come from"),
    "csv": Param(
        None, type=["null", "string"], format="multiline", title="CSV",
        description="A path that the workers can read, or the table itself, pasted with its header.",
    ),
    "conn_id": Param(None, type=["null", "string"], title="Connection", description="Of the school's PostgreSQL."),
    "query": Param(
        None, type=["null", "string"], format="multiline", title="SELECT",
        description="Its columns are named like a campaign's fields; concert_datetime has a time zone.",
    ),
    "generate": Param(False, type="boolean", title="Generate the content too"),
}  # fmt: skip


class SeedCampaignsOperator(BaseOperator):
    """Puts the valid rows in, writes the others to a rejects file, and fails at the end if there were any.

    Fails without a retry: the same table would be rejected again.
    """

    def execute(self, context: Any) -> dict[str, Any]:
        from encore.errors import RefusedError
        from encore.seeding.read_csv import read_csv
        from encore.seeding.rejects import write_rejects
        from encore.seeding.seed import Generate, read_postgres, seed
        from encore_airflow import wiring

        given = context["params"]
        using = wiring.settings()
        staff = getattr(context["dag_run"], "triggering_user_name", None) or "staff in Airflow"
        try:
            if given["source"] == "postgres":
                for name in ("conn_id", "query"):
                    if not given[name]:
                        raise RefusedError(f"{name}: needed for the source postgres.", field=name)
                table = read_postgres(wiring.dsn(given["conn_id"]), given["query"])
            else:
                table = read_csv(given["csv"] or "")
            with wiring.store(f"airflow seed_campaigns/{context['run_id']} ({staff})") as on:
                now = wiring.clock(on)()
                done = seed(on, using, table, now, Generate(staff) if given["generate"] else None)
        except RefusedError as err:
            raise AirflowFailException(str(err)) from None
        self.log.info("%s", done)
        if not done.rejects:
            return {"counts": dict(done.counts)}
        for reject in done.rejects:
            self.log.warning("row %d, %s = %r: %s", reject.row, reject.column, reject.value, reject.reason)
        name = context["run_id"].replace(":", "-").replace("/", "-")
        path = Path(using.seeding.rejects_directory) / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_rejects(done.rejects, path)
        raise AirflowFailException(f"{done}. The good rows are in; mend the others, listed in {path}.")
