"""Words are looked for by an index of their own; see the two SQL files of the same name."""

from encore.store.migrations import plain_sql

revision = "0010"
down_revision = "0009"
upgrade, downgrade = plain_sql.steps(__file__)
