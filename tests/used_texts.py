"""Every text of the pages and every sentence of the services that they show, read out of the code itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from jinja2.ext import extract_from_ast

from encore.domain.fact_problems import _sentence
from encore.platforms.limits import LIMITS
from encore.posts import calling_off
from encore.posts.decisions import _FIRST
from encore.store.store import RULES
from encore_airflow.web.rendering import environment
from encore_airflow.web.views import campaign_list, campaign_page, history, labels

ROOT = Path(__file__).parents[1]
WEB = ROOT / "plugins" / "encore_airflow" / "web"
EDGE = tuple(WEB.with_name("http") / f"{name}.py" for name in ("context", "uploads"))
"""What refuses something on the way in."""
ENCORE = ROOT / "include" / "encore"

SERVICES = (
    "accounts/configured", "accounts/stopping", "campaigns/access", "campaigns/fact_review", "campaigns/facts",
    "campaigns/generation", "campaigns/media_library", "campaigns/plan_notes", "campaigns/rebinding",
    "campaigns/requests", "campaigns/restoring", "campaigns/review", "campaigns/scheduling", "campaigns/texts",
    "campaigns/timeline", "campaigns/turn", "domain/campaign", "domain/fact_problems", "media/file_facts",
    "media/media_store", "media/repair", "platforms/post_links", "posts/calling_off", "posts/decisions",
    "posts/handoff", "posts/moving", "seeding/read_csv", "seeding/seed", "seeding/table", "seeding/text_encoding",
    "seeding/validate", "store/idempotency", "upkeep/progress",
)  # fmt: skip
"""What the pages call, and what those call in turn to refuse something."""

ERRORS = {
    "RefusedError", "ConflictError", "NotFoundError", "OutdatedError", "ForbiddenError", "MediaStoreError",
    "KeyReusedError", "TooLargeError",
}  # fmt: skip


OBJECTIONS = ("already past", "after the concert", "before the concert")
"""Of `timeline.objection`."""
WHY_NOT_CANCELLED = "{} {}: {}"
"""Of `cancel_campaign`: platform, moment, and the sentence of an error."""


def page_texts() -> set[str]:
    found = set(_in_templates()) | set(_said_in(WEB))
    for table in (labels.STATUSES, labels.OFF, labels.STATES, labels.PARTS,
                  labels.FIELDS, labels.USAGE, history._STEPS, history._JOB_FIELDS):  # fmt: skip
        found |= set(table.values())
    found |= {labels.HELD, labels.BY_HAND, labels.DOUBTFUL, *campaign_page.STEPS}
    return found | {text for texts in campaign_list._NEEDS.values() for text in texts}


def _in_templates() -> Iterator[str]:
    made = environment()
    for name in made.list_templates():
        source, _, _ = made.loader.get_source(made, name)
        for _, _, texts in extract_from_ast(made.parse(source), ("_", "count")):
            yield from (text for text in (texts if isinstance(texts, tuple) else (texts,)) if text)


def _said_in(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and _name(call.func) in ("say", "count", "_refused"):
                for argument in call.args:
                    yield from _constants(argument)


def _constants(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from _constants(node.body)
        yield from _constants(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Dict):  # {"en": "English", ...}[language]
        for value in node.value.values:
            yield from _constants(value)


def service_sentences() -> set[str]:
    """`{}` for each value that is filled in."""
    found: set[str] = set()
    for path in (*(ENCORE / f"{name}.py" for name in SERVICES), *WEB.rglob("*.py"), *EDGE):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                found |= set(_of_call(node))
            elif isinstance(node, ast.Return | ast.Yield) or (
                isinstance(node, ast.Assign) and _name(node.targets[0]) == "reason"
            ):
                found |= {text for text in [_pattern(node.value)] if _is_sentence(text)}
    limits = [limit for of in LIMITS.values() for limit in (of.text, of.title, of.photo_text) if limit]
    found |= {limit.unit for limit in limits} | {"hashtags", "mentions", *OBJECTIONS, WHY_NOT_CANCELLED}
    tables = {*RULES.values(), *_FIRST.values(), *calling_off._REASON.values()}
    return {text for text in found if text.strip("{} .")} | tables


def _of_call(call: ast.Call) -> Iterator[str]:
    name = _name(call.func)
    texts = [_pattern(argument) for argument in call.args]
    if name == "ValueError":  # told as `field_problems` tells it
        yield from (_sentence(re.sub(r"^[a-z_]+(\.\{\})?: ", "", text)) for text in texts)
    elif name in ERRORS:
        yield from texts[:2]
    elif name == "append":
        yield from (text for text in texts if _is_sentence(text))
    elif name in ("void_approval", "_after_change"):
        yield from (text for text in (*texts, *(_pattern(given.value) for given in call.keywords)) if text)


def _name(node: ast.expr) -> str:
    return getattr(node, "id", getattr(node, "attr", ""))


def _pattern(node: ast.expr | None) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return ""


def _is_sentence(text: str) -> bool:
    return " " in text and text.rstrip().endswith((".", "?"))
