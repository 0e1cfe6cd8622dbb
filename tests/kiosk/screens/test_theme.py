from dataclasses import fields

import pytest

from kiosk.screens.buttons import look
from kiosk.screens.icons import ICONS, icon_mask
from kiosk.screens.intents import Help
from kiosk.screens.models import Action, Rank
from kiosk.screens.notices import Tone
from kiosk.screens.parts import TONE_ICONS
from kiosk.screens.theme import PALETTES, SMALLER, Theme, Type, contrast, first_installed

AA_TEXT, AAA_TEXT = 4.5, 7.0
"""Success criteria 1.4.3 and 1.4.6 of WCAG 2.1. What is really drawn is measured in test_contrast.py."""


def test_contrast_is_that_of_wcag():
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == 1


@pytest.mark.parametrize("theme", PALETTES)
@pytest.mark.parametrize("rank", Rank)
@pytest.mark.parametrize("pressed", [False, True])
@pytest.mark.parametrize("enabled", [False, True])
def test_a_button_can_be_read_in_every_state(theme, rank, pressed, enabled):
    shown = look(PALETTES[theme], Action("Go", Help(), rank=rank, enabled=enabled), pressed)
    assert contrast(shown.ink, shown.fill) >= AA_TEXT


def test_high_contrast_reaches_aaa():
    colours = PALETTES["contrast"]
    for ink in ("text", "muted", "go", "yours", "warn", "stop", "busy"):
        assert contrast(getattr(colours, ink), colours.raised) >= AAA_TEXT


def test_the_contrast_test_can_fail():
    assert contrast(PALETTES["dark"].line, PALETTES["dark"].surface) < AA_TEXT


def test_nothing_is_smaller_than_a_caption():
    assert min(kind.size for kind in Type) == Type.CAPTION.size == 17
    for kind, smaller in SMALLER.items():
        assert smaller.size < kind.size
        assert smaller.large < kind.large
        assert smaller.figures == kind.figures


def test_large_text_is_a_third_larger_where_sentences_are_read():
    for kind in (Type.CAPTION, Type.BODY, Type.STRONG):
        assert 1.28 <= kind.large / kind.size <= 1.34


@pytest.mark.parametrize(
    ("size", "scale"),
    [((800, 480), 1.0), ((1024, 600), 1.25), ((1280, 800), 1.6), ((480, 800), 1.0), ((400, 240), 0.75)],
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
    for colours in PALETTES.values():
        for field in fields(colours):
            if field.type is str or field.type == "str":
                assert len(getattr(colours, field.name)) == 7


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
