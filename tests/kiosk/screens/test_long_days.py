"""A week leaves nothing behind in Tk: the quick form of `benchmarks.screen_day`, gated on counts."""

import tkinter as tk

import pytest

from kiosk.screens import buttons
from kiosk.screens.page import Echo
from sessions.rules import Rules
from tests.kiosk.screens.walker import TirelessWalker, some_slots

SPELL_S = 3_600


def test_hours_of_customers_leave_no_item_image_command_or_timer_behind(
    root: tk.Tk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Echo, "WITHIN_S", 0.0)
    monkeypatch.setattr(buttons, "HOLD_S", 0.02)
    root.geometry("800x480+0+0")
    root.update()
    walker = TirelessWalker(root, (800, 480), Rules(some_slots(4)))
    spells = []
    for _spell in range(3):
        walker.live(SPELL_S)
        spells.append(walker.counts())
    _, before, after = spells
    assert after.items <= before.items * 1.1
    assert after.commands <= before.commands * 1.1
    assert after.images <= before.images + 12, "colours that were not seen before may come"
    assert after.timers <= 3
    assert len(walker.seen) >= 8
    walker.close()
