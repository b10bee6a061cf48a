"""The three platforms: one adapter each, their limits and their errors as data."""
