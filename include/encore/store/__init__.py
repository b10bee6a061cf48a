"""Encore's rows in PostgreSQL: the statements, one thin method for each, and the schema's versions."""
