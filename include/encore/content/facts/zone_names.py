"""What people call a time zone: the city whose clock it is, and the offset from UTC at that moment."""

from __future__ import annotations

from datetime import datetime, timedelta

from encore.domain.content import Language

_EN_CITY = {"Asia/Shanghai": "Beijing", "Asia/Chongqing": "Beijing", "Asia/Calcutta": "Kolkata"}
_ZH_CITY = {
    "Asia/Shanghai": "北京",
    "Asia/Chongqing": "北京",
    "Asia/Hong_Kong": "香港",
    "Asia/Macau": "澳门",
    "Asia/Taipei": "台北",
    "Asia/Singapore": "新加坡",
    "Asia/Kuala_Lumpur": "吉隆坡",
    "Asia/Tokyo": "东京",
    "Asia/Seoul": "首尔",
    "Asia/Bangkok": "曼谷",
    "Asia/Dubai": "迪拜",
    "Australia/Sydney": "悉尼",
    "Australia/Melbourne": "墨尔本",
    "Pacific/Auckland": "奥克兰",
    "Europe/London": "伦敦",
    "Europe/Paris": "巴黎",
    "Europe/Berlin": "柏林",
    "Europe/Vienna": "维也纳",
    "Europe/Rome": "罗马",
    "Europe/Madrid": "马德里",
    "Europe/Amsterdam": "阿姆斯特丹",
    "Europe/Moscow": "莫斯科",
    "America/New_York": "纽约",
    "America/Toronto": "多伦多",
    "America/Chicago": "芝加哥",
    "America/Denver": "丹佛",
    "America/Los_Angeles": "洛杉矶",
    "America/Vancouver": "温哥华",
}


def _offset(at: datetime) -> str:
    minutes = (at.utcoffset() or timedelta()) // timedelta(minutes=1)
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '-'}{hours}" + (f":{rest:02}" if rest else "")


def zone_label(zone: str, at: datetime, language: Language) -> str:
    """`Berlin time, UTC+1`, `柏林时间，UTC+1`; the offset alone where the zone is called after no known city.

    `zone` is an IANA name, `at` an aware time in it.
    """
    area, _, city = zone.rpartition("/")
    if language == Language.ZH:
        name = f"{_ZH_CITY[zone]}时间" if zone in _ZH_CITY else ""
        return "，".join(part for part in (name, _offset(at)) if part)
    if not area or area == "Etc":
        return _offset(at)
    return f"{_EN_CITY.get(zone, city.replace('_', ' '))} time, {_offset(at)}"
