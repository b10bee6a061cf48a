"""Takes secrets out of text, for log records, stored errors and answers kept for triage.

Three nets, since any one has holes: values that were registered (exactly known secrets), fields and headers whose
name says that they are secret, and strings shaped like a token of one of the platforms.
"""

from __future__ import annotations

import json
import re
from urllib.parse import quote, quote_plus

from encore.wire.plain_texts import PlainTexts
from encore.words.sentence import Sentence, sentence_of

MASK = "***"
_SHORTEST_SECRET = 6
"""A shorter registered value would mask ordinary words."""

_WORD_START = r"(?<![A-Za-z0-9_-])"
# The bounded prefix keeps the search linear on a long run of letters.
_SECRET_WORD = (
    r"(?:token|secret|passw(?:or)?d|api[_-]?key|signature|appsecret[_-]?proof|session[_-]?id|security[_-]?token)"
)
_SECRET_NAME = r"[A-Za-z0-9_-]{0,40}?" + _SECRET_WORD
_IS_A_NAME = re.compile(_SECRET_WORD, re.IGNORECASE)
_HEADER_NAME = r"(?:proxy-)?authorization|(?:set-)?cookies?|x-api-key"
_BETWEEN = r"\\*[\"']?\s{0,8}(?:=>|[=:]|%3[AaDd])\s{0,8}"
_QUOTED = r"(?P<quote>\\*[\"']).*?(?:(?P=quote)|$)"
_KEEP_QUOTES = r"\g<name>\g<between>\g<quote>***\g<quote>"
_KEEP_NAME = r"\g<name>\g<between>***"

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    *(
        (re.compile(_WORD_START + pattern, re.IGNORECASE | re.DOTALL | re.MULTILINE), replacement)
        for pattern, replacement in (
            # A header's value runs to the end of its line, a quoted one to its quote.
            (rf"(?P<name>{_HEADER_NAME})(?P<between>{_BETWEEN}){_QUOTED}", _KEEP_QUOTES),
            (rf"(?P<name>{_HEADER_NAME})(?P<between>{_BETWEEN})(?![\s\"'\\])[^\r\n]+", _KEEP_NAME),
            (rf"(?P<name>{_SECRET_NAME})(?P<between>{_BETWEEN}){_QUOTED}", _KEEP_QUOTES),
            (rf"(?P<name>{_SECRET_NAME})(?P<between>{_BETWEEN})(?![\s\"'\\])[^\s&\"'<>,;}}\])]+", _KEEP_NAME),
            (r"(?P<name>Bearer|OAuth|Basic)(?P<between>\s{1,8}|%20|\+)(?!\*)[^\s\"'<>,;\\]{4,}", _KEEP_NAME),
            # The query of an address is what makes an upload or media address a secret.
            (r"(?P<address>https?://[^\s\"'<>?#\\]{1,2000})\?[^\s\"'<>]*", r"\g<address>?***"),
            # TikTok's access and refresh tokens, the simulator's.
            (r"(?:act|rft)\.[\w.!*~+/=-]{6,}", MASK),
            (r"simr?-[\w.~-]+", MASK),
        )
    ),
    # Instagram's and Facebook's tokens. Case matters: these are prefixes of base64 text, not words.
    (re.compile(_WORD_START + r"(?:EAA|IGAA|IGQ)[A-Za-z0-9_-]{10,}"), MASK),
)

_secrets = PlainTexts()


def register_secret(value: str) -> None:
    """From now on mask `value` wherever it appears, also URL-encoded and inside JSON. Short values are ignored, and a
    value like `secret`: masked in the names of fields, it would hide what tells that others behind them are some."""
    if len(value) < _SHORTEST_SECRET or value in _secrets or _IS_A_NAME.fullmatch(value):
        return
    # The value itself last: who sees it there has nothing more to add.
    for form in (quote(value, safe=""), quote_plus(value), json.dumps(value)[1:-1], value):
        _secrets.add(form)


def register_authorization(header: str) -> None:
    """Register what follows the scheme in an Authorization header."""
    register_secret(header.partition(" ")[2].strip())


def redact(text: object, length: int | None = None) -> str:
    """`text` without secrets, then cut to at most `length` characters."""
    clean = _secrets.sub(MASK, str(text))
    for pattern, replacement in _RULES:
        clean = pattern.sub(replacement, clean)
    if length is not None and len(clean) > length:
        clean = clean[: max(0, length - 1)] + "…"[:length]
    return clean


def redacted(said: Sentence) -> Sentence:
    """The same with every text that is filled in redacted."""
    return sentence_of(said.as_stored(redact))
