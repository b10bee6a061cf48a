"""JSON, as it comes from outside and as `jsonb` keeps it."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
"""An object. What is in it, whoever reads it has to look at: a type would only promise what nobody has checked."""
