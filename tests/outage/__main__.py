"""`make outage`: one platform is down for an hour, in compressed time, for a school with 210 accounts."""

from __future__ import annotations

import sys
import time

from outage.hour import Shape
from outage.stage import play, problems, tell


def main() -> int:
    began = time.monotonic()
    played = play(Shape())
    tell(played)
    found = list(problems(played))
    for problem in found:
        print(f"  WRONG: {problem}")
    print(f"{len(found)} problems, {time.monotonic() - began:.0f} s")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
