"""Encore's schema, version by version (Alembic)."""
