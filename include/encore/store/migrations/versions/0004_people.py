"""What people do after approving: hand-offs, stops, concerts called off, moments and pictures by what they are."""

from encore.store.migrations import plain_sql

revision = "0004"
down_revision = "0003"
upgrade, downgrade = plain_sql.steps(__file__)
