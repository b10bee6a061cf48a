"""What every look-alike has: its operations, its switches, and its own way of saying that something is wrong."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from .call import Answer, Call, Operation
from .switches import Switch


class Lookalike(ABC):
    """One platform. `prefix` is the path under which it lives."""

    name: ClassVar[str]
    title: ClassVar[str]
    prefix: ClassVar[str]
    operations: ClassVar[tuple[Operation, ...]]
    switches: ClassVar[tuple[Switch, ...]]
    new_state: ClassVar[Callable[[], Any]]
    """What the platform remembers, empty; needs `as_json()` for /_sim/state."""

    @abstractmethod
    def account_of(self, call: Call) -> str:
        """The account that the request claims to be from, unchecked."""

    @abstractmethod
    def error(self, call: Call, args: Mapping[str, Any]) -> Answer: ...

    @abstractmethod
    def rate_limited(self, call: Call, args: Mapping[str, Any]) -> Answer: ...

    @abstractmethod
    def token_invalid(self, call: Call, args: Mapping[str, Any]) -> Answer: ...

    @abstractmethod
    def success_as_error(self, call: Call, args: Mapping[str, Any]) -> Answer: ...

    @abstractmethod
    def unknown_route(self, call: Call) -> Answer: ...

    async def logged_out(self, call: Call, args: Mapping[str, Any]) -> Answer:
        raise NotImplementedError
