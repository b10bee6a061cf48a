"""HTML from the templates: for the simulator's own pages and for the dialogs that a platform shows to a person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from .call import Answer

HTML_TYPE = "text/html; charset=utf-8"
NAMES = {
    "tiktok": "TikTok",
    "instagram": "Instagram",
    "facebook": "Facebook",
    "xiaohongshu": "小红书 Xiaohongshu",
}
_MARKED = re.compile(r"(?<![\w&])([#@](?:[\w.]*\w))")


def mark_tags(text: str) -> Markup:
    """The text with its #tags and @names set apart, as the platforms do."""
    return Markup(_MARKED.sub(r"<b>\1</b>", str(escape(text))))


@cache
def _templates() -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
    environment = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["mark_tags"] = mark_tags
    environment.globals["names"] = NAMES
    return environment


def rendered(template: str, **values: Any) -> str:
    return _templates().get_template(template).render(**values)


def html_answer(template: str, status: int = 200, headers: Mapping[str, str] | None = None, /, **values: Any) -> Answer:
    return Answer(rendered(template, **values).encode(), status, dict(headers or {}), HTML_TYPE)
