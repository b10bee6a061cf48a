"""What no post of a school says, whatever made a model write it: instructions to a machine, talk about its own prompt,
insults, and ways to get in touch that the concert's facts do not give."""

from __future__ import annotations

import re
import unicodedata

_TO_A_MACHINE = re.compile(
    r"\b(?:ignor(?:e|ing)|disregard|forget|override|bypass)\b[^.!?\n]{0,40}"
    r"\b(?:instruction|prompt|rule|guideline|direction|command)s?\b"
    r"|\b(?:ignorier\w*|vergiss|vergesst|missacht\w*)\b[^.!?\n]{0,40}\b(?:anweisung|regel|vorgabe|prompt|befehl)\w*"
    r"|(?:忽略|無視|无视|忘記|忘记|不要理会|不要理會|绕过|繞過).{0,16}(?:指令|指示|规则|規則|提示|要求|命令)"
    r"|\byou are now (?:an?|in|free|my)\b|\bfrom now on,? you\b|\bdu bist jetzt (?:ein|mein|frei)"
    r"|(?:从现在起|從現在起|现在起|現在起)(?:你|您)(?:是|扮演)"
    r"|\b(?:jailbreak|dan mode|developer mode)\b|</?(?:system|assistant|user|instructions?)>|\[/?INST\]|<\|\w+\|>",
    re.IGNORECASE,
)
_OF_ITSELF = re.compile(
    r"\b(?:system|hidden|initial)[ -]?(?:prompt|message|instruction)s?\b|\bmy (?:instructions|prompt|guidelines)\b"
    r"|\b(?:as|i am|i’m|i'm) an? (?:ai|artificial intelligence|(?:large )?language model|assistant|chatbot)\b"
    r"|\blanguage model\b|\bplaceholders?\b|\bjson\b|\b(?:chatgpt|openai)\b"
    r"|\bi (?:cannot|can’t|can't|am unable to|won’t|won't) (?:help(?! but)|assist|comply|write|provide|fulfil)"
    r"|\bals (?:ki|künstliche intelligenz|sprachmodell)\b|\bsprachmodell\b|\bsystem-?prompt\b|\bplatzhalter\b"
    r"|系统提示|系統提示|提示词|提示詞|占位符|佔位符|语言模型|語言模型|作为一?[个個]?(?:AI|人工智能)"
    r"|作為一?[个個]?(?:AI|人工智慧)|我(?:无法|無法|不能)(?:帮助|協助|协助|提供|完成|满足|滿足)",
    re.IGNORECASE,
)
_INSULT = re.compile(
    r"\b(?:idiots?|morons?|imbeciles?|retards?|retarded|stupid|dumbass\w*|losers?|assholes?|bastards?|bitch\w*|cunts?"
    r"|fuck\w*|shit\w*|crap|whores?|sluts?|pathetic|shut up|go to hell|kill yourself|nobody likes you"
    r"|idioten?|dummk[oö]pf\w*|trottel|vollpfosten|arschl[oö]ch\w*|schei(?:ß|ss)\w*|verdammte?\w*|halt die klappe"
    r"|versager\w*|hurensohn\w*|schlampe\w*)\b"
    r"|傻[逼屄瓜子叉]|白痴|白癡|蠢货|蠢貨|笨蛋|废物|廢物|垃圾|滚蛋|滾蛋|混蛋|王八蛋|他妈的|他媽的"
    r"|(?<![妈媽老我你他她爸])[妈媽]的|去死|贱人|賤人|脑残|腦殘|操你",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"(?<![\w.])\+?\(?\d(?:[ ()/.–-]{0,2}\d){6,}(?![\w])"
    r"|\b[\w.+-]+ ?(?:@|\(at\)|\[at\]) ?[\w-]+ ?(?:\.|\(dot\)|\[dot\]) ?\w{2,}"
    r"|(?<![\w@])@\w[\w.]{1,}|\b(?:https?://|www\.)\S+|\b(?:t\.me|wa\.me|bit\.ly|tinyurl\.com)\b\S*"
    r"|(?:微信|WeChat|VX|加V|Q{2}群?|Telegram|WhatsApp)(?:号|號|ID)?[ :：]{0,2}[A-Za-z0-9_+-]{4,}",
    re.IGNORECASE,
)
_KINDS = (
    (_TO_A_MACHINE, "Do not write instructions, such as “{}”; write for the concert's audience."),
    (_OF_ITSELF, "Do not write about yourself or what you were asked, such as “{}”."),
    (_INSULT, "Do not insult anybody: leave out “{}”."),
    (_CONTACT, "Do not type a link, an account or a number to call, such as “{}”."),
)
_RUN = 8
"""Words of the prompt in a row that are no chance; of Chinese there are none in it."""


def unfit(text: str, prompt: str = "") -> list[str]:
    """What is wrong with a model's own words (without what code puts in), as it is told. `prompt`: what it must not
    repeat."""
    plain = unicodedata.normalize("NFKC", text)
    found = [told.format(match[0].strip()) for kind, told in _KINDS if (match := kind.search(plain))]
    runs = _runs(prompt)
    if repeated := next((run for run in _runs(plain) if run in runs), None):
        found.append(f"Do not repeat what you were told, such as “{' '.join(repeated)}”.")
    return found


def _runs(text: str) -> dict[tuple[str, ...], None]:
    words = re.findall(r"[a-z]+", text.casefold())
    return {tuple(words[at : at + _RUN]): None for at in range(len(words) - _RUN + 1)}
