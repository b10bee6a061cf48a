"""Tables to try Encore with. Their dates are offsets from today, so that they never grow old.

`concerts.csv`  concerts of two teachers. `harbour-sunrise` is 240 days ahead: the longest stretch between two
                changes of its clock is 238 days, so that a change always lies in between.
`messy.csv`     what people really upload: UTF-16, tabs, a column too many, and most ways to get a row wrong.
"""

from __future__ import annotations

from pathlib import Path

CONCERTS = Path(__file__).with_name("concerts.csv")
MESSY = Path(__file__).with_name("messy.csv")
