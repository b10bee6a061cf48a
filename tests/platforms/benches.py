"""Every way of posting that is under the contract. A new adapter adds its benches here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from instagram_bench import INSTAGRAM_BENCHES
from platform_bench import Bench, World
from tiktok_bench import TIKTOK_BENCHES
from xiaohongshu_bench import XIAOHONGSHU_BENCHES

Builder = Callable[[World, Path, str], Bench]
"""Makes a bench from the account's world, the folder for media, and the address that serves that folder."""

BENCHES: dict[str, tuple[Builder, tuple[str, ...]]] = {
    **TIKTOK_BENCHES,
    **INSTAGRAM_BENCHES,
    **XIAOHONGSHU_BENCHES,
}
"""Name (its first word is the simulator's name of the platform) -> builder, and the simulator's operations that one
post makes. The contract loses the answer to each of them."""
