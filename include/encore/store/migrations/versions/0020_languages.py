"""Two more languages of posts; see the two SQL files of the same name."""

from encore.store.migrations import plain_sql

revision = "0020"
down_revision = "0019"
upgrade, downgrade = plain_sql.steps(__file__)
