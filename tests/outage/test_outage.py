"""The short version of `make outage`."""

from __future__ import annotations

import pytest
from outage.hour import Shape
from outage.stage import play, problems


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_platform_down_for_an_hour_costs_the_others_nothing_and_its_own_posts_little() -> None:
    played = play(Shape(teachers=4, posts=2, at_once=3))
    assert list(problems(played)) == []
    ends = {went.state for went in played.outage if went.platform == played.shape.platform}
    assert "success" in ends and any(went.late > 300 for went in played.outage if went.late)
