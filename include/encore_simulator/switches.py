"""Switches: every rule, number and delay of the simulator that can be changed while it runs.

A switch is declared beside the rule that reads it (`SWITCHES` in each platform's package, whose own it is from then
on); the page at `/switches` is made from the same declarations. A value can be set for everybody or for one account.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Value = bool | int | float | str | tuple[str, ...]


class SwitchError(ValueError):
    """An unknown switch or a value of the wrong kind; the control API answers 422 with this text."""


@dataclass(frozen=True)
class Switch:
    """One thing that can be changed; the type of `default` is the type of every value."""

    name: str
    default: Value
    description: str
    choices: tuple[str, ...] = ()
    platform: str = "all"

    def accept(self, value: Any) -> Value:
        """`value` in this switch's type, or SwitchError saying what would be right."""
        kind = type(self.default)
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if kind is tuple and isinstance(value, list) and all(isinstance(item, str) for item in value):
            value = tuple(value)
        if type(value) is not kind:
            wanted = {tuple: "a list of strings", str: "a string", bool: "true or false"}.get(kind, "a number")
            raise SwitchError(f"{self.name} takes {wanted}, not {value!r}")
        if kind in (int, float) and value < 0:
            raise SwitchError(f"{self.name} cannot be negative")
        if self.choices and value not in self.choices:
            raise SwitchError(f"{self.name} is one of {', '.join(self.choices)}")
        return value


COMMON = (
    Switch(
        "local_media",
        False,
        "Media URLs may be http and local (loopback, private address, a host name without a dot). Off, the internet's "
        "rules hold: https, no IP address, a verified domain (TikTok), a public host (Instagram).",
    ),
    Switch("media_fetch_seconds", 30.0, "How long the look-alikes wait for a media URL that they fetch."),
    Switch("listing_delay_seconds", 0.0, "A new post appears this much later in its platform's list of own posts."),
    Switch("answer_delay_seconds", 0.0, "Every platform answer is sent this much later (the effect is at once)."),
    Switch("clock_offset_seconds", 0.0, "The simulator's clock runs ahead by this much: makes 24-hour rules testable."),
    Switch("public_url", "", "Base of the links to posts, where the simulator's own Host header would not open."),
)


class Switches:
    """The values in force. Read with the account at hand: an account's own value wins over everybody's."""

    def __init__(self, declared: Iterable[Switch], start: Mapping[str, Any] | None = None) -> None:
        self.declared = {switch.name: switch for switch in declared}
        self._values: dict[str, Value] = {}
        self._by_account: dict[str, dict[str, Value]] = {}
        self.change(start or {})
        self._start = dict(self._values)

    def value(self, name: str, account: str = "") -> Any:
        own = self._by_account.get(name)
        if own and account in own:
            return own[account]
        if name in self._values:
            return self._values[name]
        return self.declared[name].default

    def own(self, name: str, account: str) -> Any:
        """What was set for this account alone, or None."""
        return self._by_account.get(name, {}).get(account)

    def change(self, values: Mapping[str, Any], account: str = "") -> None:
        """Sets all of `values` or none; None puts a switch back to its default."""
        accepted = {name: None if value is None else self._find(name).accept(value) for name, value in values.items()}
        for name, value in accepted.items():
            self._find(name)
            target, key = (self._by_account.setdefault(name, {}), account) if account else (self._values, name)
            if value is None:
                target.pop(key, None)
            else:
                target[key] = value

    def _find(self, name: str) -> Switch:
        try:
            return self.declared[name]
        except KeyError:
            raise SwitchError(f"no switch is called {name!r}; GET /_sim/switches lists them") from None

    def changed(self) -> list[str]:
        """Names of the switches that are not as the simulator was started."""
        own = {name for name, values in self._by_account.items() if values}
        return [
            name
            for name, switch in self.declared.items()
            if name in own or self.value(name) != self._start.get(name, switch.default)
        ]

    def as_json(self) -> list[dict[str, Any]]:
        return [
            {
                "name": switch.name,
                "platform": switch.platform,
                "value": self.value(switch.name),
                "default": switch.default,
                "choices": list(switch.choices),
                "accounts": dict(self._by_account.get(switch.name, {})),
                "description": switch.description,
            }
            for switch in self.declared.values()
        ]
