"""Templates to HTML. Everything that is put in is escaped."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from encore.platforms.about import names_of
from encore_airflow.web.assets import address_of
from encore_airflow.web.words import Words


@cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals["static"] = address_of
    return made


def rendered(template: str, context: dict[str, Any], shown: dict[str, Any]) -> str:
    words: Words = context["words"]
    said = {
        "_": words.say,
        "count": words.count,
        "told": words.told,
        "platform_name": lambda platform: names_of(platform)[words.chinese],
    }
    return environment().get_template(template).render({**context, **said, **shown})
