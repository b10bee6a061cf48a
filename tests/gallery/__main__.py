"""`make gallery`: draws the documentation's gallery, a sheet for each format, to be looked at."""

from __future__ import annotations

from pathlib import Path

from gallery.concerts import concerts
from PIL import Image, ImageDraw

from encore.content.pictures.flyer import draw_flyer
from encore.content.pictures.fonts import sans
from encore.content.writing.template_writer import flyer_text
from encore.platforms.limits import LIMITS

PICTURES = Path(__file__).parents[2] / "include/docs/pictures"
WIDTH, GAP, LABEL, COLUMNS = 250, 16, 30, 5


def main() -> None:
    for platform, limits in LIMITS.items():
        sheet = _sheet(limits.picture_size)
        path = PICTURES / f"gallery-{platform}.jpg"
        sheet.save(path, "JPEG", quality=82, optimize=True)
        print(f"{path.name}: {path.stat().st_size // 1024} KB")


def _sheet(size: tuple[int, int]) -> Image.Image:
    height = WIDTH * size[1] // size[0]
    drawn = concerts()
    rows = -(-len(drawn) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * (WIDTH + GAP) + GAP, rows * (height + LABEL + GAP) + GAP), "white")
    font = sans().latin.at(18)
    for number, (name, (language, facts)) in enumerate(drawn.items()):
        x, y = GAP + number % COLUMNS * (WIDTH + GAP), GAP + number // COLUMNS * (height + LABEL + GAP)
        ImageDraw.Draw(sheet).text((x, y), name, font=font, fill="#333333")
        picture = draw_flyer(flyer_text(facts, language), size, facts.seed).picture()
        sheet.paste(picture.resize((WIDTH, height), Image.Resampling.LANCZOS), (x, y + LABEL))
    return sheet


if __name__ == "__main__":
    main()
