"""What models put around a text that was asked of them: Markdown, which no platform shows as such, their thoughts, and
sentences to whoever asked."""

from __future__ import annotations

import re

from encore.domain.chinese import simplified

_THOUGHTS = re.compile(r"<(think|thinking|reasoning)>.*?</\1>", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(r"^[ \t]*(```|~~~)[\w-]*[ \t]*$", re.MULTILINE)
_RULE = re.compile(r"^[ \t]*([-*_])([ \t]*\1){2,}[ \t]*$", re.MULTILINE)
_QUOTE = re.compile(r"^[ \t]*>[ \t]?", re.MULTILINE)
_HEADING = re.compile(r"^[ \t]*#{1,6}[ \t]+", re.MULTILINE)
_EMPHASIS = (
    re.compile(r"(\*\*\*|\*\*|__)(?=\S)(.+?)(?<=\S)\1"),
    re.compile(r"(?<![\w*])(\*)(?=[^\s*])([^*\n]+?)(?<=[^\s*])\*(?![\w*])"),
    re.compile(r"(?<![\w_{])(_)(?=[^\s_])([^_\n{}]+?)(?<=[^\s_])_(?![\w_}])"),
    re.compile(r"(`)([^`\n]+)`"),
)
_LINK = re.compile(r"\[([^\]\n]+)\]\((https?://[^)\s]+|\{\w+\})\)")
_IN_QUOTES = re.compile(r"\A[\"“„«]([^\"“”„«»]*)[\"”“»]\Z", re.DOTALL)

_BEFORE = re.compile(
    r"\b(here(’|')?s|here (is|are)|hier ist|hier kommt)\b.*(caption|post|text|version|draft|option|flyer|entwurf).*:$"
    r"|^(sure|certainly|of course|absolutely|gerne|natürlich)\b.*:$|^(sure|certainly|of course|absolutely)\W*$"
    r"|^(caption|post|text|title|body|option \d|version \d|标题|正文|文案)\W*[:：]$"
    r"|^(好的|当然|以下是|下面是|这是为|这里是).*[:：。！!]$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\b(let me know|feel free|hope this helps|would you like (me|another)|if you(’|')?d like|another version"
    r"|lass(en sie)? mich wissen|sagen sie mir)\b"
    r"|如果(你|您)?(需要|想要|希望).*(修改|调整|版本)|希望(这|对你|对您).*(帮助|喜欢|满意)|需要我再",
    re.IGNORECASE,
)


def without_markup(text: str) -> str:
    text = _THOUGHTS.sub("", text)
    for around in (_FENCE, _RULE, _QUOTE, _HEADING):
        text = around.sub("", text)
    text = _LINK.sub(r"\1 \2", text)
    for around in _EMPHASIS:
        text = around.sub(r"\2", text)
    return _IN_QUOTES.sub(r"\1", text.strip())


def talks_about_itself(text: str) -> str:
    """The first line, or the last, where it is said to whoever asked and not to readers; empty if neither is."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if len(lines) > 1 and _BEFORE.search(simplified(lines[0])):
        return lines[0]
    return lines[-1] if lines and _AFTER.search(simplified(lines[-1])) else ""
