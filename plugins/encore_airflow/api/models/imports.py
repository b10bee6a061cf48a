"""What became of a table of campaigns."""

from __future__ import annotations

from encore.seeding.seed import Seeded
from encore.seeding.validate import Reject as Rejected
from encore_airflow.api.models.fields import Output, Told


class Reject(Output):
    """One cell that kept its row out. `row` counts as a spreadsheet does."""

    row: int
    column: str
    value: str
    reason: Told

    @classmethod
    def of(cls, reject: Rejected) -> Reject:
        return cls(row=reject.row, column=reject.column, value=reject.value, reason=reject.said)


class Imported(Output):
    """The good rows are in; the others are in `rejects`."""

    inserted: int
    updated: int
    unchanged: int
    generation_requested: list[str]
    rejects: list[Reject]
    surplus_columns: list[str]

    @classmethod
    def of(cls, done: Seeded, others: list[Rejected]) -> Imported:
        """`others`: rejects from before the seeding."""
        kinds = {kind: done.counts[kind] for kind in ("inserted", "updated", "unchanged")}
        return cls(
            **kinds,
            generation_requested=list(done.requested),
            rejects=list(map(Reject.of, (*others, *done.rejects))),
            surplus_columns=list(done.surplus_columns),
        )
