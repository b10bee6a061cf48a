"""Seed campaigns from a CSV or from another PostgreSQL database."""

from __future__ import annotations

from pathlib import Path

from airflow.sdk import BaseOperator, Context, Param

from encore.domain.json import Json
from encore.words.sentence import sentence
from encore_airflow.operators.fields import field
from encore_airflow.told_failure import told_failure

TEXT = ["null", "string"]
FIELDS: dict[str, Param] = {
    "source": field(sentence("form.source"), "csv", type="string", enum=["csv", "postgres"]),
    "csv": field(sentence("form.csv"), type=TEXT, format="multiline"),
    "conn_id": field(sentence("form.conn_id"), type=TEXT),
    "query": field(sentence("form.query"), type=TEXT, format="multiline"),
    "generate": field(sentence("form.generate"), False, type="boolean"),
}


class SeedCampaignsOperator(BaseOperator):
    """Puts the valid rows in, writes the others to a rejects file, and fails at the end if there were any.

    The same table would be rejected again: by `RefusalRetryPolicy` it is not tried again.
    """

    def execute(self, context: Context) -> Json:
        with told_failure(self.log):
            return self._seed(context)

    def _seed(self, context: Context) -> Json:
        from encore.errors import RefusedError
        from encore.seeding.read_csv import read_csv
        from encore.seeding.rejects import write_rejects
        from encore.seeding.seed import Generate, read_postgres, seed
        from encore_airflow import wiring

        given = context["params"]
        using = wiring.settings()
        staff = getattr(context["dag_run"], "triggering_user_name", None) or "staff in Airflow"
        if given["source"] == "postgres":
            if missing := [name for name in ("conn_id", "query") if not given[name]]:
                raise RefusedError("table.source_incomplete", fields=missing, field=missing[0])
            table = read_postgres(wiring.dsn(given["conn_id"]), given["query"])
        else:
            table = read_csv(given["csv"] or "")
        with wiring.store(f"airflow seed_campaigns/{context['run_id']} ({staff})") as on:
            now = wiring.clock(on)()
            done = seed(on, using, table, now, Generate(staff) if given["generate"] else None)
        self.log.info("%s", done)
        if not done.rejects:
            return {"counts": dict(done.counts)}
        for reject in done.rejects:
            self.log.warning("%s [%s]", reject.told, reject.value)
        name = context["run_id"].replace(":", "-").replace("/", "-")
        path = Path(using.seeding.rejects_directory) / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_rejects(done.rejects, path)
        raise RefusedError("table.rejected", counts=f"{done}", path=f"{path}")
