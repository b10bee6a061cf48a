"""The world in force, with all that the look-alikes bring to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .faults import FaultBook
from .lookalike import Lookalike
from .switches import COMMON, Switches
from .world import World


class Simulation:
    """Holds the world in force and replaces it on reset."""

    def __init__(self, lookalikes: tuple[Lookalike, ...], settings: Mapping[str, Any] | None = None) -> None:
        self.lookalikes = lookalikes
        self._settings = dict(settings or {})
        self.reset()

    def reset(self) -> None:
        own = (replace(switch, platform=each.name) for each in self.lookalikes for switch in each.switches)
        names = {
            platform.name: tuple(dict.fromkeys(operation.name for operation in platform.operations))
            for platform in self.lookalikes
        }
        self.world = World(
            switches=Switches((*COMMON, *own), self._settings),
            faults=FaultBook(names),
            parts={platform.name: platform.new_state() for platform in self.lookalikes},
        )
