"""Writes the pages that are made from the code: ``.venv/bin/python -m docs.generate``.

`docs/states.md` comes from the tables in `sessions.machine` and `sessions.water_states`, `docs/money.md` from a day on
the real engine, `docs/detection.md` from what the real detector makes of waveforms.

A test holds the committed page against what this gives, so the diagrams cannot say what the code does not do.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from docs import circuits, detection_page, money_page, pinmap_page, traps_page
from sessions.machine import (
    MODE_TABLE,
    POWERED,
    SELLING,
    SLOT_FIGURES,
    SLOT_TABLE,
    Mode,
    ModeEvent,
    SlotEvent,
    SlotState,
)
from sessions.tables import NoMove
from sessions.water_states import WATER_FIGURES, WATER_TABLE, WaterEvent, WaterState

S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)

PAGE = Path(__file__).with_name("states.md")

_HEAD = """# States

Made from the tables in [`sessions/machine.py`](../sessions/machine.py) by `docs/generate.py`; change the tables, not
this page. Each pair of a state and an event is decided: it leads to a state, it is ignored (`·`: it may well happen
and changes nothing), or it is a contradiction (`✗`: whoever sent it is mistaken and gets `IllegalTransition`).
"""
_SLOTS = """
## A slot

Waiting times and money are not in this table: [`sessions/slots.py`](../sessions/slots.py) says when a state's waiting
ends, [`sessions/charging.py`](../sessions/charging.py) what a move costs. Opening a door is no event: it changes no
state.
"""
_WATER = """
## The water

From the table in [`sessions/water_states.py`](../sessions/water_states.py). The words are a slot's, but for
`dispensing`; [`sessions/water.py`](../sessions/water.py) says what a move costs and when waiting ends.
"""
_MODES = """
## The kiosk

`idle` and `serving` sell; in every mode but `paused` running sessions keep their power.
"""


def page() -> str:
    """The whole page."""
    parts = (
        _HEAD,
        _SLOTS,
        _diagram(SlotState, SlotEvent, SLOT_TABLE, SlotState.AVAILABLE),
        _slot_figures(),
        _pairs(SlotState, SlotEvent, SLOT_TABLE),
        _WATER,
        _diagram(WaterState, WaterEvent, WATER_TABLE, WaterState.AVAILABLE),
        _water_figures(),
        _pairs(WaterState, WaterEvent, WATER_TABLE),
        _MODES,
        _diagram(Mode, ModeEvent, MODE_TABLE, Mode.IDLE),
        _mode_figures(),
        _pairs(Mode, ModeEvent, MODE_TABLE),
    )
    return "\n".join(part.strip("\n") + "\n" for part in parts)


def _diagram(states: Iterable[S], events: Iterable[E], table: Mapping[tuple[S, E], S | NoMove], first: StrEnum) -> str:
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {first}"]
    for before in states:
        arrows: dict[S, list[str]] = {}
        for event in events:
            after = table[before, event]
            if not isinstance(after, NoMove):
                arrows.setdefault(after, []).append(event.value)
        lines.extend(f"    {before} --> {after}: {', '.join(why)}" for after, why in arrows.items())
    return "\n".join([*lines, "```", ""])


def _pairs(states: Iterable[S], events: Iterable[E], table: Mapping[tuple[S, E], S | NoMove]) -> str:
    columns = tuple(states)
    lines = [f"| event | {' | '.join(columns)} |", f"|---|{'---|' * len(columns)}"]
    for event in events:
        cells = (_cell(table[before, event]) for before in columns)
        lines.append(f"| {event} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _cell(entry: StrEnum | NoMove) -> str:
    if isinstance(entry, StrEnum):
        return f"**{entry}**"
    return "·" if entry is NoMove.IGNORED else "✗"


def _slot_figures() -> str:
    lines = ["| state | power | time runs | money held | a phone may be inside |", "|---|---|---|---|---|"]
    for state, figures in SLOT_FIGURES.items():
        said = (figures.power, figures.time_runs, figures.live, figures.occupied)
        lines.append(f"| {state} | {' | '.join('yes' if yes else '' for yes in said)} |")
    return "\n".join([*lines, ""])


def _water_figures() -> str:
    lines = ["| state | pump | money held | waits for a cup |", "|---|---|---|---|"]
    for state, figures in WATER_FIGURES.items():
        said = (figures.pump, figures.live, figures.needs_cup)
        lines.append(f"| {state} | {' | '.join('yes' if yes else '' for yes in said)} |")
    return "\n".join([*lines, ""])


def _mode_figures() -> str:
    lines = ["| mode | sells | sessions keep power |", "|---|---|---|"]
    for mode in Mode:
        lines.append(f"| {mode} | {'yes' if mode in SELLING else ''} | {'yes' if mode in POWERED else ''} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    money_page.PAGE.write_text(money_page.page(), encoding="utf-8")
    pinmap_page.PAGE.write_text(pinmap_page.page(), encoding="utf-8")
    traps_page.PAGE.write_text(traps_page.page(), encoding="utf-8")
    detection_page.write()
    circuits.write()
