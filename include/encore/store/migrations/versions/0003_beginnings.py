"""The beginnings of an account's posts, so that a platform's rate is kept; see the two SQL files of the same name."""

from encore.store.migrations import plain_sql

revision = "0003"
down_revision = "0002"
upgrade, downgrade = plain_sql.steps(__file__)
