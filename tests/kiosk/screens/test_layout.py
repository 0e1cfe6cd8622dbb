"""Nothing is clipped, nothing lies on anything else, everything to touch is large and apart: every screen, in every
size, language and text size. Themes change colours only, which a test of its own says.
"""

from dataclasses import replace
from itertools import combinations

import pytest

from kiosk.i18n import LANGUAGES, set_language
from kiosk.screens.intents import ShowBoard
from kiosk.screens.models import AnyModel, Screen
from kiosk.screens.page import Page
from kiosk.screens.reading import Reading
from kiosk.screens.samples import Sample, kiosk, mine, others, read_as, scene, slot, visit
from kiosk.screens.samples import arrived as arriving
from kiosk.screens.showcase import samples
from kiosk.screens.stage import Stage
from kiosk.screens.theme import GAP, PALETTES, TARGET
from kiosk.screens.view_models import build_screen
from sessions.machine import SlotState
from tests.kiosk.screens.conftest import SIZES, MakeStage

ALL = samples()
LARGE = {False: "usual", True: "large"}


def show(stage: Stage, sample: Sample, large: bool, language: str = "en") -> AnyModel:
    model = build_screen(scene(read_as(sample, Reading(language, large=large))))
    stage.show(model)
    stage.settle()
    stage.update_idletasks()
    return model


def page(stage: Stage) -> Page:
    assert stage.page is not None
    return stage.page


def written(canvas: Page) -> dict[int, tuple[int, int, int, int]]:
    """Every text that can be seen, and its box."""
    items = [item for item in canvas.find_all() if canvas.type(item) == "text" and canvas.itemcget(item, "text")]
    return {item: box for item in items if (box := canvas.bbox(item)) is not None}


def assert_whole(stage: Stage, name: str, model: Screen, size: tuple[int, int]) -> None:
    canvas = page(stage)
    clipped = [text.value for text in canvas.texts if text.value and text.overflows()]
    assert not clipped, (name, clipped)
    seen = written(canvas)
    assert seen
    for x0, y0, x1, y1 in seen.values():
        assert min(x0, y0) >= 0, name
        assert x1 <= size[0], name
        assert y1 <= size[1], name
    if model.banner is not None:
        return  # It lies over the title, on purpose.
    for one, other in combinations(seen, 2):
        assert not overlap(seen[one], seen[other]), (
            name,
            canvas.itemcget(one, "text"),
            canvas.itemcget(other, "text"),
        )


def overlap(a: tuple[int, int, int, int], b: tuple[int, int, int, int], bearing: int = 10) -> bool:
    """Whether two texts really meet: a line's box is higher than its letters by the bearings above and below."""
    across = min(a[2], b[2]) - max(a[0], b[0])
    down = min(a[3], b[3]) - max(a[1], b[1])
    return across > bearing and down > bearing


def named(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


@pytest.mark.parametrize("large", LARGE, ids=LARGE.get)
@pytest.mark.parametrize("size", SIZES, ids=named)
@pytest.mark.parametrize("code", LANGUAGES)
def test_nothing_is_clipped_or_covered(make_stage: MakeStage, size, code, large):
    stage = make_stage(size, large=large)
    set_language(code)
    for sample in ALL:
        assert_whole(stage, sample.name, show(stage, sample, large, code), size)


@pytest.mark.parametrize("large", LARGE, ids=LARGE.get)
@pytest.mark.parametrize("size", SIZES, ids=named)
def test_everything_to_touch_is_large_and_apart(make_stage: MakeStage, size, large):
    stage = make_stage(size, large=large)
    for sample in ALL:
        show(stage, sample, large)
        boxes = [touchable.box for touchable in page(stage).touchables if touchable.enabled]
        for box in boxes:
            assert min(box.h, box.w) >= stage.theme.px(TARGET), (sample.name, box)
            assert box.x >= 0
            assert box.right <= size[0]
            assert box.bottom <= size[1]
        for one, other in combinations(boxes, 2):
            apart = max(one.x - other.right, other.x - one.right, one.y - other.bottom, other.y - one.bottom)
            assert apart >= GAP, (sample.name, one, other)


@pytest.mark.parametrize("size", SIZES, ids=named)
def test_what_most_people_want_next_is_in_the_thumbs_half(make_stage: MakeStage, size):
    stage = make_stage(size)
    for sample in ALL:
        model = show(stage, sample, large=False)
        buttons = [t.box for t in page(stage).touchables if t.enabled and t.box.y > size[1] * 0.7]
        assert len(buttons) >= min(1, sum(action.enabled for action in model.footer)), sample.name


@pytest.mark.parametrize("count", [1, 2, 3, 5, 7, 8, 9, 13, 64])
@pytest.mark.parametrize("size", [SIZES[0], SIZES[-1]], ids=named)
@pytest.mark.parametrize("large", LARGE, ids=LARGE.get)
def test_any_number_of_slots_fits(make_stage: MakeStage, size, count, large):
    stage = make_stage(size, large=large)
    view = kiosk(
        *(others(n, SlotState.CHARGING) if n % 2 else slot(n) for n in range(1, count)),
        mine(count, SlotState.CHARGING),
        who=visit(),
    )
    view = replace(view, slots=view.slots[:count])
    sample = Sample("board", "", view, arriving(view, ShowBoard()))
    assert_whole(stage, sample.name, show(stage, sample, large), size)


def places_of(stage: Stage, sample: Sample) -> list[tuple[int, int, int, int]]:
    show(stage, sample, large=False)
    return sorted(written(page(stage)).values())


@pytest.mark.parametrize("theme", [theme for theme in PALETTES if theme != "dark"])
def test_a_theme_moves_nothing(make_stage: MakeStage, theme):
    places = []
    for name in ("dark", theme):
        stage = make_stage(SIZES[0], name)
        places.append([places_of(stage, sample) for sample in ALL])
        stage.destroy()
    assert places[0] == places[1]
