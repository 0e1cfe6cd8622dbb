from dataclasses import fields

import pytest

from kiosk.screens.buttons import look
from kiosk.screens.icons import ICONS, icon_mask
from kiosk.screens.intents import Help
from kiosk.screens.models import Action, Rank
from kiosk.screens.notices import Tone
from kiosk.screens.parts import TILE_ICONS, TONE_ICONS, tile_colour, tone_colour
from kiosk.screens.theme import DARK, SMALLER, TEXT_PAIRS, Theme, Type, contrast, first_installed, mix

AA_TEXT, AA_LARGE_TEXT, AA_GRAPHIC = 4.5, 3.0, 3.0
"""Success criteria 1.4.3 and 1.4.11 of WCAG 2.1."""


def test_contrast_is_that_of_wcag():
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == 1


@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_every_pair_of_text_and_ground_reaches_aa(ink, ground):
    assert contrast(getattr(DARK, ink), getattr(DARK, ground)) >= AA_TEXT


@pytest.mark.parametrize("rank", Rank)
@pytest.mark.parametrize("pressed", [False, True])
@pytest.mark.parametrize("enabled", [False, True])
def test_a_button_can_be_read_in_every_state(rank, pressed, enabled):
    shown = look(DARK, Action("Go", Help(), rank=rank, enabled=enabled), pressed)
    assert contrast(shown.ink, shown.fill) >= AA_TEXT


@pytest.mark.parametrize("tone", Tone)
def test_a_notice_can_be_read_in_every_tone(tone):
    colour = tone_colour(DARK, tone)
    fill = mix(colour, DARK.night, 0.82)
    assert contrast(DARK.text, fill) >= AA_TEXT
    assert contrast(colour, fill) >= AA_GRAPHIC


@pytest.mark.parametrize("kind", TILE_ICONS)
def test_a_tile_is_told_by_its_shape_and_its_word_stands_out(kind):
    assert contrast(tile_colour(DARK, kind), DARK.surface) >= AA_TEXT
    assert len(set(TILE_ICONS.values())) == len(TILE_ICONS)
    assert TILE_ICONS[kind] in ICONS


def test_the_contrast_test_can_fail():
    assert contrast(DARK.line, DARK.surface) < AA_TEXT


def test_nothing_is_smaller_than_a_caption():
    assert min(kind.size for kind in Type) == Type.CAPTION.size == 17
    for kind, smaller in SMALLER.items():
        assert smaller.size < kind.size
        assert smaller.figures == kind.figures


@pytest.mark.parametrize(
    ("size", "scale"), [((800, 480), 1.0), ((1024, 600), 1.25), ((1280, 800), 1.6), ((400, 240), 0.75)]
)
def test_sizes_follow_the_screen(size, scale):
    theme = Theme.for_screen(size[0], size[1], installed=("Noto Sans", "Roboto"))
    assert theme.scale == pytest.approx(scale)
    assert theme.px(60) == round(60 * scale)
    assert theme.font(Type.BODY) == ("Noto Sans", -round(21 * scale), "normal")
    assert theme.font(Type.TIMER)[0] == "Roboto"


def test_fonts_are_the_first_that_is_installed():
    assert first_installed(("Inter", "Noto Sans"), ("Noto Sans", "Roboto")) == "Noto Sans"
    assert first_installed(("Inter",), ("Courier",)) == "TkDefaultFont"


def test_colours_are_six_digits():
    for field in fields(DARK):
        assert len(getattr(DARK, field.name)) == 7


@pytest.mark.parametrize("name", ICONS)
def test_every_icon_draws_something_and_stays_inside(name):
    mask = icon_mask(name, 48)
    assert mask.size == (48, 48)
    drawn = mask.point(lambda grey: 255 if grey > 60 else 0).getbbox()
    assert drawn is not None
    assert max(drawn[2] - drawn[0], drawn[3] - drawn[1]) >= 24
    edges = [mask.crop(box) for box in ((0, 0, 48, 1), (0, 47, 48, 48), (0, 0, 1, 48), (47, 0, 48, 48))]
    assert not any(edge.point(lambda grey: 255 if grey > 200 else 0).getbbox() for edge in edges)


def test_every_tone_has_an_icon():
    assert {TONE_ICONS[tone] for tone in Tone} <= set(ICONS)
