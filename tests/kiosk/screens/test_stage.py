"""The screens as they are drawn: nothing clipped, nothing small, nothing drawn twice, and every touch means one
thing.
"""

import gc
import tkinter as tk
from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.screens import intents as i
from kiosk.screens.buttons import HOLD_S
from kiosk.screens.geometry import Box
from kiosk.screens.icons import ICONS
from kiosk.screens.models import Action, AnyModel
from kiosk.screens.navigation import Navigation
from kiosk.screens.reading import Reading
from kiosk.screens.samples import NOW, Sample, arrived, at, kiosk, mine, scene, visit
from kiosk.screens.showcase import samples
from kiosk.screens.stage import Stage
from kiosk.screens.theme import CONTRAST
from kiosk.screens.view_models import build_screen
from sessions.machine import SlotState
from sessions.units import SessionId, SlotName
from tests.kiosk.screens.conftest import SIZES, MakeStage

SLOT1, S1 = SlotName("slot1"), SessionId("s1")
ALL = {sample.name: sample for sample in samples()}


def show(stage: Stage, sample: Sample) -> AnyModel:
    model = build_screen(scene(sample))
    stage.show(model)
    stage.settle()
    stage.update_idletasks()
    return model


def page(stage: Stage):
    assert stage.page is not None
    return stage.page


def finger(stage: Stage, *events: tuple[str, int, int]) -> None:
    for event, x, y in events:
        page(stage).event_generate(event, x=x, y=y)
        stage.update()


def tap(stage: Stage, box: Box) -> None:
    stage.update()
    finger(stage, ("<ButtonPress-1>", box.cx, box.cy), ("<ButtonRelease-1>", box.cx, box.cy))


def target(stage: Stage, wanted: Callable[[object], bool]):
    """The touchable whose press would mean what is wanted."""
    for touchable in page(stage).touchables:
        action = getattr(touchable, "_action", None)
        intent = action.intent if isinstance(action, Action) else getattr(touchable, "intent", None)
        if touchable.enabled and wanted(intent):
            return touchable
    raise AssertionError("nothing to touch for that")


def wait_until(stage: Stage, condition: Callable[[], bool], turns: int = 400) -> None:
    for _ in range(turns):
        stage.update()
        if condition():
            return
        stage.after(5)
    raise AssertionError("it did not come")


def test_every_icon_that_is_named_can_be_drawn():
    for sample in ALL.values():
        model = build_screen(scene(sample))
        for action in model.footer:
            assert action.icon in {"", *ICONS}


def test_a_screen_that_shows_what_it_shows_changes_nothing(stage: Stage):
    for sample in ALL.values():
        show(stage, sample)
        before = page(stage).changes
        stage.show(build_screen(scene(sample)))
        assert page(stage).changes == before, sample.name


@pytest.mark.parametrize(
    ("name", "most"),
    [("home", 8), ("session", 14), ("attract", 0), ("time-choice", 2), ("picker", 12)],
)
def test_a_second_that_passes_changes_little(stage: Stage, name, most):
    sample = ALL[name]
    nav, view = sample.nav, sample.view
    stage.render(view, nav, NOW)
    stage.render(view, nav, at(1))
    before = page(stage).changes
    stage.render(view, nav, at(2))
    assert page(stage).changes - before <= most


def test_one_running_second_changes_one_digit_of_the_timer(stage: Stage):
    show(stage, ALL["session"])
    figures = next(text for text in page(stage).texts if text.value == "42:10")
    before = page(stage).changes
    figures.set("42:09")
    assert page(stage).changes - before == 2  # 1 and 0 become 0 and 9
    before = page(stage).changes
    figures.set("42:08")
    assert page(stage).changes - before == 1


def test_figures_do_not_move_while_they_count(stage: Stage):
    show(stage, ALL["session"])
    canvas = page(stage)
    figures = next(text for text in canvas.texts if text.value == "42:10")
    places = [canvas.coords(item) for item in figures.items]
    for value in ("41:11", "08:58", "00:00"):
        figures.set(value)
        assert [canvas.coords(item) for item in figures.items] == places


def test_a_touch_says_so_at_once_then_means_one_thing(stage: Stage, intents):
    show(stage, ALL["home"])
    tile = target(stage, lambda intent: isinstance(intent, i.UseSlot))
    before = page(stage).changes
    finger(stage, ("<ButtonPress-1>", tile.box.cx, tile.box.cy))
    assert page(stage).changes > before
    assert intents == [i.Touched()]
    finger(stage, ("<ButtonRelease-1>", tile.box.cx, tile.box.cy))
    assert intents == [i.Touched(), i.UseSlot(SLOT1)]


def test_a_finger_that_slides_off_takes_back(stage: Stage, intents):
    show(stage, ALL["home"])
    box = target(stage, lambda intent: isinstance(intent, i.UseSlot)).box
    finger(stage, ("<ButtonPress-1>", box.cx, box.cy), ("<B1-Motion>", box.cx, box.bottom + 60),
           ("<ButtonRelease-1>", box.cx, box.cy))  # fmt: skip
    assert intents == [i.Touched()]


def test_a_finger_that_trembles_still_means_it(stage: Stage, intents):
    show(stage, ALL["home"])
    box = target(stage, lambda intent: isinstance(intent, i.UseSlot)).box
    finger(stage, ("<ButtonPress-1>", box.cx, box.bottom - 2), ("<B1-Motion>", box.cx, box.bottom + 6),
           ("<ButtonRelease-1>", box.cx, box.bottom + 6))  # fmt: skip
    assert intents[-1] == i.UseSlot(SLOT1)


def test_a_touch_on_nothing_still_says_that_somebody_is_there(stage: Stage, intents):
    show(stage, ALL["home"])
    finger(stage, ("<ButtonPress-1>", 3, 3), ("<ButtonRelease-1>", 3, 3))
    assert intents == [i.Touched()]


def test_a_button_that_waits_cannot_be_touched(stage: Stage, intents):
    show(stage, ALL["time-starting"])
    footer = [touchable for touchable in page(stage).touchables if touchable.box.y > 380]
    for touchable in footer:
        tap(stage, touchable.box)
    assert set(intents) == {i.Touched()}


def test_the_ring_signs_out(stage: Stage, intents):
    show(stage, ALL["session"])
    ring = next(t for t in page(stage).touchables if t.enabled and t.box.right == 784 and t.box.y < 80)
    tap(stage, ring.box)
    assert intents[-1] == i.SignOut()


def test_finish_must_be_held(stage: Stage, intents):
    show(stage, ALL["session"])
    box = target(stage, lambda intent: isinstance(intent, i.Finish)).box
    tap(stage, box)
    assert intents == [i.Touched()]
    finger(stage, ("<ButtonPress-1>", box.cx, box.cy))
    wait_until(stage, lambda: i.Finish(S1) in intents, turns=round(HOLD_S * 2000))
    finger(stage, ("<ButtonRelease-1>", box.cx, box.cy))
    assert intents.count(i.Finish(S1)) == 1


def test_a_hold_that_is_overtaken_by_another_screen_ends_nothing(stage: Stage, intents):
    show(stage, ALL["session"])
    box = target(stage, lambda intent: isinstance(intent, i.Finish)).box
    finger(stage, ("<ButtonPress-1>", box.cx, box.cy))
    show(stage, ALL["finished"])
    stage.after(round(HOLD_S * 1200))
    stage.update()
    assert intents == [i.Touched()]


def test_the_board_touches_through_to_the_session(stage: Stage, intents):
    """Touch by touch as a customer does, the navigation deciding: board, time, start."""
    view = kiosk(who=visit())
    nav = arrived(view)
    stage.render(view, nav, NOW)
    tap(stage, target(stage, lambda intent: isinstance(intent, i.UseSlot)).box)
    assert intents.pop() == i.UseSlot(SLOT1)
    claimed = ALL["time-choice"]
    stage.render(claimed.view, claimed.nav, NOW)
    tap(stage, target(stage, lambda intent: intent == i.ChooseTime(900)).box)
    assert intents.pop() == i.ChooseTime(900)
    stage.render(claimed.view, replace(claimed.nav, chosen_s=900), NOW)
    tap(stage, target(stage, lambda intent: isinstance(intent, i.Start)).box)
    assert intents.pop() == i.Start(SLOT1, 900)


def test_the_stage_speaks_the_language_of_the_navigation(stage: Stage):
    view = kiosk()
    stage.render(view, Navigation(reading=Reading("es")), NOW)
    assert any("Acerca tu tarjeta aquí" in text.value for text in page(stage).texts)
    stage.render(view, Navigation(), NOW)
    assert any("Tap your card here" in text.value for text in page(stage).texts)


def images(stage: Stage) -> int:
    return len(stage.tk.splitlist(stage.tk.call("image", "names")))


def test_whoever_needs_contrast_or_large_text_has_it_at_once_and_nobody_else(stage: Stage):
    view, usual = kiosk(), Navigation()
    stage.render(view, usual, NOW)
    first = stage.page
    for reading in (Reading(contrast=True), Reading(large=True), Reading("es", contrast=True, large=True)):
        stage.render(view, Navigation(reading=reading), NOW)
        assert stage.theme.large == reading.large
        assert (stage.theme.colours is CONTRAST) == reading.contrast
        stage.render(view, usual, NOW)
        assert stage.page is first


def test_readings_that_come_and_go_leave_nothing_behind(stage: Stage):
    view = kiosk()
    stage.build_all()
    readings = [Reading(contrast=True), Reading(large=True), Reading(contrast=True, large=True)]
    counts = []
    for _round in range(4):
        for reading in readings:
            stage.render(view, Navigation(reading=reading), NOW)
            stage.build_all()
            stage.render(view, Navigation(), NOW)
        stage.update()
        gc.collect()
        counts.append((images(stage), len(stage.winfo_children())))
        assert len(stage.tk.call("after", "info")) <= 1
    assert len(set(counts)) == 1, counts


def test_only_one_screen_is_mapped_and_it_is_the_shown_one(stage: Stage):
    for name in ("attract", "home", "session", "attract"):
        show(stage, ALL[name])
        stage.update()
        mapped = [child for child in stage.winfo_children() if child.winfo_ismapped()]
        assert mapped == [page(stage)]


def test_screens_are_built_once(stage: Stage):
    stage.build_all()
    children = stage.winfo_children()
    for sample in ALL.values():
        show(stage, sample)
    assert stage.winfo_children() == children


def test_a_week_of_seconds_leaves_no_items_behind(stage: Stage):
    view = kiosk(mine(1, SlotState.CHARGING, granted_s=7200), who=visit())
    nav = arrived(view)
    stage.render(view, nav, NOW)
    items = len(page(stage).find_all())
    images = len(stage.tk.splitlist(stage.tk.call("image", "names")))
    for second in range(600):
        stage.render(view, nav, at(second))
    assert len(page(stage).find_all()) == items
    assert len(stage.tk.splitlist(stage.tk.call("image", "names"))) <= images + 4


def test_a_stage_that_is_destroyed_leaves_nothing_running(root: tk.Tk, make_stage: MakeStage):
    stage = make_stage(SIZES[0])
    show(stage, ALL["plug-in"])
    stage.page.entered()  # type: ignore[union-attr]  # shown just above
    stage.destroy()
    root.update()
    assert root.tk.splitlist(root.tk.call("after", "info")) == ()


def test_the_invitation_answers_a_touch(stage: Stage, intents):
    show(stage, ALL["attract"])
    tap(stage, target(stage, lambda intent: isinstance(intent, i.ShowBoard)).box)
    assert intents == [i.Touched(), i.ShowBoard()]


def test_a_double_tap_is_one_touch_where_the_screen_changes_under_it(stage: Stage, intents):
    show(stage, ALL["time-choice"])
    back = target(stage, lambda intent: isinstance(intent, i.Back)).box
    tap(stage, back)
    show(stage, ALL["home"])
    tap(stage, back)  # Sign out lies there now.
    assert intents == [i.Touched(), i.Back(), i.Touched()]
    tap(stage, target(stage, lambda intent: isinstance(intent, i.AddTime)).box)
    assert intents[-1] == i.AddTime()
