"""What the code says to people, read out of it: the keys that it names, the values that it gives, and texts that look
like sentences of their own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from jinja2.lexer import TOKEN_DATA

from encore_airflow.web.rendering import environment

ROOT = Path(__file__).parents[1]
CODE = [path for folder in ("include/encore", "plugins", "dags") for path in sorted((ROOT / folder).rglob("*.py"))]

SAYING = {"say", "sentence", "Sentence", "PydanticCustomError", "_"}
OF_AN_ERROR = {
    "field",
    "code",
    "current",
    "retry_after",
    "may_cost",
    "platform_code",
    "action",
    "until",
    "detail",
    "pauses",
    "hint",
}
"""Arguments of errors that are not filled into their sentence."""
KEY = re.compile(r"[a-z][a-z_]*(\.[A-Za-z0-9_-]+)+")


@dataclass(frozen=True)
class Said:
    """A call that names a key. `values`: what it gives to be filled in, None where that is not written there."""

    where: str
    key: str
    values: frozenset[str] | None


@dataclass
class Walk:
    calls: list[Said] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    """All texts that may be keys."""
    families: list[re.Pattern[str]] = field(default_factory=list)
    """Keys that are put together."""


def error_names() -> set[str]:
    """Of all errors with a sentence, those of other modules included, by their bases' names."""
    found = {"EncoreError"}
    bases = {
        node.name: {getattr(base, "id", getattr(base, "attr", "")) for base in node.bases}
        for path in CODE
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef)
    }
    while more := {name for name, of in bases.items() if of & found} - found:
        found |= more
    return found


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def walk() -> Walk:
    found, saying = Walk(), SAYING | error_names()
    for path in CODE:
        tree = parsed(path)
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and KEY.fullmatch(node.value):
                found.named.add(node.value)
            elif isinstance(node, ast.JoinedStr) and (family := _family(node)):
                found.families.append(family)
            if isinstance(node, ast.Call) and name_of(node.func) in saying and node.args:
                given = {keyword.arg for keyword in node.keywords}
                values = None if None in given or len(node.args) > 1 else frozenset(filter(None, given))
                for key in _texts(node.args[0]):
                    found.calls.append(Said(f"{path.relative_to(ROOT)}:{node.lineno}", key, values))
    for name, source in _templates():
        for text in re.findall(r"""["']([a-z_]+\.[A-Za-z0-9_.]+)["']""", source):
            found.named.add(text)
        for start in re.findall(r"""["']([a-z_]+\.[a-z_]*)["'] ~""", source):
            found.families.append(re.compile(re.escape(start) + ".+"))
        for key, given in re.findall(r"""\b_\("([^"]+)"(?! ~)((?:, \w+=)?)""", source):
            found.calls.append(Said(name, key, None if given else frozenset()))
    return found


def _family(node: ast.JoinedStr) -> re.Pattern[str] | None:
    parts = [re.escape(part.value) if isinstance(part, ast.Constant) else ".+" for part in node.values]
    whole = "".join(parts)
    return re.compile(whole) if re.match(r"[a-z_]+\\\.|\.\+\\\.", whole) else None


def name_of(node: ast.expr) -> str:
    return getattr(node, "id", getattr(node, "attr", ""))


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr) and not _family(node):
        yield "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)


def _templates() -> Iterator[tuple[str, str]]:
    made = environment()
    for name in made.list_templates():
        assert made.loader is not None
        yield name, made.loader.get_source(made, name)[0]


def words_in_templates() -> Iterator[tuple[str, str]]:
    """What stands in a template as it is: between its tags, and in the attributes that a person reads or hears."""
    made = environment()
    for name, source in _templates():
        text = "".join(value if kind == TOKEN_DATA else " \0 " for _, kind, value in made.lex(source))
        for part in re.findall(r"""(?:alt|title|placeholder|aria-label)=["']([^"'\0]*)["']""", text):
            yield from ((name, part),) if re.search(r"[A-Za-z\u4e00-\u9fff]{2}", part) else ()
        shown = re.sub(r"<(script|style)\b.*?</\1>|<[^<>]*>|&\w+;", " ", text, flags=re.DOTALL)
        for part in shown.split("\0"):
            if re.search(r"[A-Za-z\u4e00-\u9fff]{2}", part) and not re.search(
                r'[\w-]+="', part
            ):  # of a tag begun elsewhere
                yield name, " ".join(part.split())


SENTENCE = re.compile(r"[A-Za-z{}]+,? [\w{}'“”]+ .*[.!?:]\s*$|[\u3400-\u9fff]", re.DOTALL)


def sentences_in(path: Path) -> Iterator[tuple[int, str]]:
    """Texts of a module that look as if a person read them: neither docstrings nor what is logged, described to a
    program's author, or raised by a fault in the code itself."""
    tree = parsed(path)
    quiet = {id(node) for node in ast.walk(tree) for node in _quiet(node)}
    for node in ast.walk(tree):
        if id(node) in quiet:
            continue
        if isinstance(node, ast.JoinedStr):
            text = "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if SENTENCE.search(text):
            yield node.lineno, text


_LOGGING = {"debug", "info", "warning", "error", "exception", "log"}
_FOR_AUTHORS = {
    "ValueError", "TypeError", "KeyError", "RuntimeError", "AssertionError", "LookupError", "Field", "Query", "Path",
    "Header", "Body", "add_argument", "add_parser", "ArgumentParser", "compile", "shown_as",
}  # fmt: skip
_DESCRIBING = {"description", "json_schema_extra", "epilog"}
"""Arguments that describe the API or a command."""


def _quiet(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.Expr):
        bodies = [node] if isinstance(node, ast.Expr) else node.body
        for one in bodies:
            if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant):
                yield one.value
    elif isinstance(node, ast.JoinedStr):
        for part in node.values:
            yield from ast.walk(part)
    elif isinstance(node, ast.Assert) or (isinstance(node, ast.Call) and name_of(node.func) in _LOGGING | _FOR_AUTHORS):
        yield from ast.walk(node)
    elif isinstance(node, ast.Call):
        for keyword in node.keywords:
            yield from ast.walk(keyword.value) if keyword.arg in _DESCRIBING and name_of(node.func) != "Param" else ()
