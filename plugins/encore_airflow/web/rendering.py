"""Templates to HTML. Everything that is put in is escaped."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from babel import Locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from encore.domain.json import Json
from encore.words.catalogue import Catalogue, languages
from encore.words.sentence import Words
from encore_airflow.web.assets import address_of
from encore_airflow.web.preferences import zone_cities


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
    named: Json = made.globals
    named |= {"static": address_of, "languages": _named, "locale_tag": locale_tag}
    return made


def rendered(template: str, context: Json, shown: Json) -> str:
    words: Words = context["words"]
    said = {
        "_": words.say,
        "told": words.told,
        "listed": lambda items: words.say("verbatim", text=list(items)),
        "zone_cities": lambda: zone_cities(words.language),
        "platform_name": lambda platform: words.say(f"platform.{platform}"),
    }
    return environment().get_template(template).render({**context, **said, **shown})


def locale_tag(language: str) -> str:
    """As an attribute `lang` says it: `en`, `zh-Hans`, `de`."""
    locale = Catalogue.of(language).locale
    return "-".join(filter(None, (locale.language, locale.script)))


@cache
def _named() -> dict[str, str]:
    """Each language that the pages speak, by what it calls itself."""
    return {language: (Locale(language).get_language_name() or language).capitalize() for language in languages()}
