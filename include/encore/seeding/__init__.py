"""Campaigns from a table (CSV, or a school's own database): the good rows as facts, the others with the reason."""
