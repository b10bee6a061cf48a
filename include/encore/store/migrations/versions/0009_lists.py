"""Lists of people cost what they show, not what is over; see the two SQL files of the same name."""

from encore.store.migrations import plain_sql

revision = "0009"
down_revision = "0008"
upgrade, downgrade = plain_sql.steps(__file__)
