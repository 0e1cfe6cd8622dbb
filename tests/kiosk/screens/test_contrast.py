"""What is drawn can be read, in every theme: measured on the pixels of every screen, and for colour-blind eyes."""

import tkinter as tk
from collections import Counter
from collections.abc import Iterator
from itertools import combinations

import pytest
from PIL import Image, ImageGrab

from kiosk.screens.models import TileKind
from kiosk.screens.page import Page
from kiosk.screens.reading import Reading
from kiosk.screens.samples import Sample, read_as, scene
from kiosk.screens.showcase import samples
from kiosk.screens.stage import Stage
from kiosk.screens.technician.samples import sheets
from kiosk.screens.theme import DARK, PALETTES, contrast
from kiosk.screens.tiles import TILE_ICONS, tile_colour
from kiosk.screens.view_models import build_screen
from tests.kiosk.screens.conftest import SIZES, MakeStage

AA_TEXT, AA_LARGE, AA_GRAPHIC = 4.5, 3.0, 3.0
"""Success criteria 1.4.3 and 1.4.11 of WCAG 2.1."""
LARGE_PX, LARGE_BOLD_PX = 24, 18.66
"""Large text is 18 pt, or 14 pt bold, at 96 dpi."""
BLIND = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
"""Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency", 2009, at
severity 1.0, for linear RGB.
"""


def show(stage: Stage, sample: Sample, theme: str) -> Page:
    stage.show(build_screen(scene(read_as(sample, Reading(contrast=theme == "contrast")))))
    stage.settle()
    stage.update()
    assert stage.page is not None
    return stage.page


def everything(stage: Stage, theme: str) -> Iterator[tuple[str, Page]]:
    """Every screen in turn, the technicians' too."""
    for sample in samples():
        yield sample.name, show(stage, sample, theme)
    for name, sheet in sheets():
        stage.show(sheet)
        stage.update()
        assert stage.page is not None
        yield name, stage.page


def grab(stage: Stage) -> Image.Image:
    x, y = stage.winfo_rootx(), stage.winfo_rooty()
    return ImageGrab.grab((x, y, x + stage.winfo_width(), y + stage.winfo_height()), xdisplay=stage.winfo_screen())


def as_hex(pixel: tuple[int, ...]) -> str:
    return "#" + "".join(f"{part:02X}" for part in pixel[:3])


def colours_of(part: Image.Image) -> Counter[str]:
    """How many pixels have each colour."""
    found = part.convert("RGB").getcolors(part.width * part.height)
    assert found is not None
    return Counter({as_hex(pixel): count for count, pixel in found})  # type: ignore[arg-type]  # of RGB pixels


def lettering(part: Image.Image) -> tuple[str, str]:
    """Ground and ink of a text's place: most pixels are ground, and of the others most of one colour are ink."""
    ground = colours_of(part).most_common(1)[0][0]
    ink = max(colours_of(part), key=lambda colour: contrast(colour, ground))
    return ground, ink


def is_large(canvas: Page, item: int) -> bool:
    font = tk.font.Font(canvas, font=canvas.itemcget(item, "font"))
    size = -int(font.actual("size")) or font.metrics("ascent")
    return size >= (LARGE_BOLD_PX if font.actual("weight") == "bold" else LARGE_PX)


@pytest.mark.parametrize("theme", PALETTES)
def test_every_text_is_read_on_the_ground_it_really_has(make_stage: MakeStage, theme):
    stage = make_stage(SIZES[0], theme)
    for name, canvas in everything(stage, theme):
        picture = grab(stage)
        for item in canvas.find_all():
            box = canvas.bbox(item)
            if canvas.type(item) != "text" or box is None or not canvas.itemcget(item, "text").strip():
                continue
            if covered(canvas, item):
                continue
            ground, _ = lettering(picture.crop(box))
            ink = canvas.itemcget(item, "fill")
            least = AA_LARGE if is_large(canvas, item) else AA_TEXT
            words = canvas.itemcget(item, "text")
            assert contrast(ink, ground) >= least, (name, words, ink, ground)
            if theme == "contrast":
                assert contrast(ink, ground) >= AA_TEXT, (name, words)


def covered(canvas: Page, item: int) -> bool:
    """Whether a notice lies over it."""
    x0, y0, x1, y1 = canvas.bbox(item)
    over = canvas.find_overlapping(x0 + 2, y0 + 2, x1 - 2, y1 - 2)
    later = [other for other in over if canvas.find_all().index(other) > canvas.find_all().index(item)]
    return any(canvas.type(other) == "rectangle" and canvas.itemcget(other, "state") != "hidden" for other in later)


@pytest.mark.parametrize("theme", PALETTES)
def test_every_icon_stands_out_from_its_ground(make_stage: MakeStage, theme):
    stage = make_stage(SIZES[0], theme)
    for sample in samples():
        canvas = show(stage, sample, theme)
        picture = grab(stage)
        for item in canvas.find_all():
            box = canvas.bbox(item)
            is_icon = canvas.type(item) == "image" and canvas.itemcget(item, "anchor") == "center"
            if not is_icon or box is None or not canvas.itemcget(item, "image") or covered(canvas, item):
                continue
            colours = colours_of(picture.crop(box))
            ground = as_hex(picture.getpixel((box[0], box[1])))  # type: ignore[arg-type]  # an RGB picture
            drawn = [colour for colour, count in colours.items() if count >= 4]
            assert max(contrast(colour, ground) for colour in drawn) >= AA_GRAPHIC, (sample.name, box)


def seen_by(deficiency: str, colour: str) -> str:
    """The colour as somebody with that deficiency sees it."""

    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    def encoded(value: float) -> float:
        value = min(1.0, max(0.0, value))
        return value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055

    rgb = [linear(int(colour[k : k + 2], 16) / 255) for k in (1, 3, 5)]
    rows = BLIND[deficiency]
    return "#" + "".join(
        f"{round(encoded(sum(m * v for m, v in zip(row, rgb, strict=True))) * 255):02X}" for row in rows
    )


@pytest.mark.parametrize("theme", PALETTES)
@pytest.mark.parametrize("deficiency", BLIND)
@pytest.mark.parametrize("kind", TileKind)
def test_colour_blind_eyes_see_every_state(deficiency, theme, kind):
    colours = PALETTES[theme]
    ink = seen_by(deficiency, tile_colour(colours, kind))
    assert contrast(ink, seen_by(deficiency, colours.surface)) >= AA_TEXT


def test_every_state_has_a_shape_of_its_own():
    assert len(set(TILE_ICONS.values())) == len(TileKind)


def test_states_that_meet_in_colour_for_somebody_differ_in_word_and_shape():
    """What somebody cannot tell by colour they can tell otherwise; that colours do meet is why this must hold."""
    board = {s.name: s for s in samples()}["home-eight"]
    words: dict[TileKind, set[str]] = {}
    for tile in build_screen(scene(board)).tiles:  # type: ignore[union-attr]  # a board
        words.setdefault(tile.kind, set()).add(tile.word)
    for one, other in combinations(words, 2):
        assert not words[one] & words[other]
    met = [
        (one, other)
        for deficiency in BLIND
        for one, other in combinations(TileKind, 2)
        if contrast(seen_by(deficiency, tile_colour(DARK, one)), seen_by(deficiency, tile_colour(DARK, other))) < 1.5
    ]
    assert met
    assert all(TILE_ICONS[one] != TILE_ICONS[other] for one, other in met)
