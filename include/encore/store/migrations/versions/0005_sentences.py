"""Sentences as values: beside the English of what went wrong its key and what is filled in."""

from encore.store.migrations import plain_sql

revision = "0005"
down_revision = "0004"
upgrade, downgrade = plain_sql.steps(__file__)
