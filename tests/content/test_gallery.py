"""The concerts of the documentation's gallery, in every design and format: nothing clipped, overlapping or missing."""

from __future__ import annotations

import itertools

import pytest
from combinations import a_third_of_all
from gallery.concerts import concerts

from encore.content.pictures.flyer import FlyerText, draw_flyer
from encore.content.pictures.flyer_designs import DESIGNS
from encore.content.writing.template_writer import flyer_text
from encore.platforms.limits import LIMITS

CONCERTS = concerts()
SIZES = sorted({limits.picture_size for limits in LIMITS.values()})


@pytest.mark.parametrize(
    ("name", "design", "size"),
    [
        pytest.param(name, design, size, id=f"{name}-{design.name}-{size}", marks=marks)
        for (name, design, size), marks in a_third_of_all(CONCERTS, DESIGNS, SIZES)
    ],
)
def test_every_part_is_there_whole_and_apart(name, design, size):
    language, facts = CONCERTS[name]
    text = flyer_text(facts, language)
    drawn = draw_flyer(text, size, facts.seed, design=design)
    assert drawn.missing == frozenset()
    said = FlyerText.parse(text)
    wanted = {part for part in ("title", "facts", "body", "links") if getattr(said, part)}
    wanted |= {"qr"} if said.code else set()
    assert set(drawn.boxes) in (wanted, wanted - {"qr"} if design.centred else wanted)
    for box in drawn.boxes.values():
        assert 0 <= drawn.safe.left - 0.51 <= box.left and box.right <= drawn.safe.right + 0.51 <= size[0]
        assert drawn.safe.top <= box.top and box.bottom <= drawn.safe.bottom + 0.51 <= size[1]
    for one, other in itertools.combinations(drawn.boxes.values(), 2):
        beside = one.right <= other.left or other.right <= one.left
        assert beside or one.bottom <= other.top or other.bottom <= one.top


def test_the_gallery_has_what_is_hard():
    assert len(CONCERTS) >= 8
