"""The glass on its wall: bright, dim and dark by rule; what wakes it; no way out by keyboard; a wandering picture."""

import tkinter as tk
from time import monotonic

import pytest

from kiosk.screens import intents as i
from kiosk.screens.glass import Glass
from kiosk.screens.navigation import Navigation
from kiosk.screens.rest import WALK, WANDER, Light, RestRules, light, place
from kiosk.screens.samples import NOW, kiosk
from kiosk.screens.stage import Stage

RULES = RestRules()
NOON, MIDNIGHT = 12 * 60, 0


@pytest.mark.parametrize(
    ("minute", "night"), [(20 * 60 + 59, False), (21 * 60, True), (MIDNIGHT, True), (5 * 60 + 59, True), (360, False)]
)
def test_the_night_goes_over_midnight(minute, night):
    assert RULES.is_night(minute) == night
    assert light(RULES, minute, 0, someone=False) == Light(35 if night else 100)


def test_a_night_within_a_day_and_none_at_all():
    siesta = RestRules(night_begins=13 * 60, night_ends=15 * 60)
    assert [siesta.is_night(minute) for minute in (12 * 60, 14 * 60, 15 * 60)] == [False, True, False]
    none = RestRules(night_begins=300, night_ends=300)
    assert not any(none.is_night(minute) for minute in range(0, 1440, 60))


@pytest.mark.parametrize(
    ("blank", "minute", "idle_s", "someone", "dark"),
    [
        ("night", MIDNIGHT, 599, False, False),
        ("night", MIDNIGHT, 600, False, True),
        ("night", MIDNIGHT, 9_000, True, False),
        ("night", NOON, 9_000, False, False),
        ("always", NOON, 600, False, True),
        ("never", MIDNIGHT, 9_000, False, False),
    ],
)
def test_it_goes_dark_only_while_nobody_is_there(blank, minute, idle_s, someone, dark):
    assert light(RestRules(blank=blank), minute, idle_s, someone=someone).dark == dark


def test_the_picture_wanders_a_pixel_at_a_time_and_everywhere():
    assert WALK[0] == (0, 0)
    assert set(WALK) == {(x, y) for x in range(-WANDER, WANDER + 1) for y in range(-WANDER, WANDER + 1)}
    for (x0, y0), (x1, y1) in zip(WALK, (*WALK[1:], WALK[0]), strict=True):
        assert abs(x0 - x1) + abs(y0 - y1) == 1
    assert place(RULES, 179) == (0, 0)
    assert place(RULES, 180) == WALK[1]
    assert place(RestRules(shift_s=0), 1e6) == (0, 0)


class World:
    def __init__(self, root: tk.Tk, stage: Stage, rules: RestRules = RULES, *, locked: bool = True) -> None:
        self.someone, self.minute, self.lights = False, MIDNIGHT, list[int]()
        self.glass = Glass(
            root, stage, rules, lambda: self.someone, lambda: self.minute, self.lights.append, locked=locked
        )

    def later(self, seconds: float) -> None:
        self.glass.look(monotonic() + seconds)


@pytest.fixture
def world(root: tk.Tk, stage: Stage):
    stage.render(kiosk(), Navigation(), NOW)
    root.update()
    world = World(root, stage)
    yield world
    world.glass.close()


def shown(root: tk.Tk, stage: Stage) -> tk.Misc | None:
    root.update()
    return root.winfo_containing(root.winfo_rootx() + 400, root.winfo_rooty() + 240)


def test_the_touch_that_wakes_does_nothing_else(world: World, root: tk.Tk, stage: Stage, intents):
    world.later(601)
    cover = shown(root, stage)
    assert cover is not stage.page
    assert world.lights == [35, 0]
    assert cover is not None
    cover.event_generate("<ButtonPress-1>", x=400, y=240)
    root.update()
    assert not world.glass.dark
    assert shown(root, stage) is stage.page
    assert stage.page is not None
    stage.page.event_generate("<ButtonRelease-1>", x=400, y=240)
    root.update()
    assert intents == []
    assert world.lights == [35, 0, 35]


def test_a_card_wakes_it(world: World, root: tk.Tk, stage: Stage):
    world.later(601)
    assert world.glass.dark
    world.glass.wake()
    assert shown(root, stage) is not stage.page, "nobody is there"
    world.someone = True
    world.glass.wake()
    assert shown(root, stage) is stage.page


def test_the_day_is_bright_and_asks_for_light_only_once(world: World):
    world.minute = NOON
    for second in range(5):
        world.later(second)
    assert world.lights == [35, 100]


def test_the_picture_moves_and_touches_with_it(world: World, root: tk.Tk, stage: Stage, intents):
    world.minute = NOON
    world.later(181)
    root.update()
    assert (stage.winfo_x(), stage.winfo_y()) == WALK[1]
    assert stage.page is not None
    stage.page.event_generate("<ButtonPress-1>", x=400, y=240)
    stage.page.event_generate("<ButtonRelease-1>", x=400, y=240)
    assert intents == [i.Touched(), i.ShowBoard()]


@pytest.mark.parametrize(
    "key", ["<Alt-F4>", "<Escape>", "<Control-c>", "<Control-q>", "<F10>", "<F11>", "<Tab>", "<Return>", "<space>",
            "<Alt-Tab>", "<Control-w>", "<Key-1>", "<Print>", "<Super_L>"],
)  # fmt: skip
def test_no_key_does_anything(world: World, root: tk.Tk, stage: Stage, intents, key):
    world.minute = NOON
    focus = root.focus_get()
    before = stage.page.changes if stage.page is not None else 0
    stage.page.focus_force()  # type: ignore[union-attr]  # shown
    stage.page.event_generate(key)  # type: ignore[union-attr]  # shown
    root.update()
    assert intents == []
    assert root.winfo_exists()
    assert stage.page is not None
    assert stage.page.changes == before
    assert root.focus_get() in (focus, stage.page)


def test_the_close_button_does_nothing(world: World, root: tk.Tk):
    root.tk.call("wm", "protocol", ".", "WM_DELETE_WINDOW")
    root.tk.eval(root.tk.call("wm", "protocol", ".", "WM_DELETE_WINDOW"))
    assert root.winfo_exists()
    assert root.cget("cursor") == "none"


def test_a_glass_that_is_closed_leaves_nothing_running(root: tk.Tk, stage: Stage):
    stage.build_all()
    world = World(root, stage, locked=False)
    world.glass.close()
    for _ in range(40):
        root.update()
    stage.destroy()
    assert root.tk.splitlist(root.tk.call("after", "info")) == ()
