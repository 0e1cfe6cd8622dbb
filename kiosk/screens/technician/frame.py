"""What every sheet has: title, idle countdown, what went wrong last, the way back, and pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from kiosk.i18n import _
from kiosk.screens import words
from kiosk.screens.models import Action, Banner, Countdown, Header, Turn
from kiosk.screens.notices import Tone
from kiosk.screens.technician import acts as a
from kiosk.screens.technician.desk import Desk
from kiosk.screens.technician.model import Line
from kiosk.screens.technician.notes import Notes
from sessions.technician import IDLE_S
from sessions.units import MonoNs
from sessions.views import KioskView, SlotView, TechnicianView, seconds_until

Item = TypeVar("Item")

KEYS_A_PAGE = 12
ROOM_A_PAGE, LINE_CHARS = 8, 50
"""So many lines of text have room on a sheet, of so many characters each on the narrowest screen."""
URGENT_S = 30


@dataclass(frozen=True, slots=True)
class Scene:
    """What every sheet is built from."""

    desk: Desk
    here: TechnicianView
    view: KioskView
    now: MonoNs

    @property
    def slot(self) -> SlotView | None:
        """The slot that the desk looks at."""
        return self.view.slot(self.desk.slot) if self.desk.slot is not None else None

    @property
    def banner(self) -> Banner | None:
        """What went wrong last."""
        return Banner(self.desk.said, Tone.WARN) if self.desk.said else None

    def header(self, title: str) -> Header:
        """The title, and when the technicians' screens shut by themselves."""
        left_s = seconds_until(self.here.idle_until, self.now)
        tone = Tone.WARN if left_s <= URGENT_S else Tone.CALM
        return Header(title, "", Countdown(min(1.0, left_s / IDLE_S), words.countdown(left_s), tone))


def back(sheet: a.Sheet = a.Sheet.OVERVIEW) -> Action:
    """The way back."""
    return Action(_("Back"), a.Show(sheet), "left")


def by_hand(scene: Scene, notes: Notes, what: str, text: str, name: str, *, enabled: bool = True) -> Action:
    """The key that switches something on; while it is on, its ``name`` and for how long still."""
    left_s = notes.left_s(what, scene.now)
    if not left_s:
        return Action(text, a.ByHand(what), enabled=enabled)
    words = _("{name}: {seconds} s").format(name=name, seconds=left_s)
    return Action(words, a.ByHand(what), "bolt", enabled=enabled, chosen=True)


def slot_title(slot: SlotView) -> str:
    """Which slot, and what cable it has."""
    if slot.plug:
        return _("Slot {number} · {plug}").format(number=slot.number, plug=slot.plug)
    return _("Slot {number}").format(number=slot.number)


def page_of(pages: Sequence[Sequence[Item]], wanted: int) -> tuple[tuple[Item, ...], Turn | None]:
    """One of some pages, and what leads to its neighbours, round and round."""
    if not pages:
        return (), None
    page = min(wanted, len(pages) - 1)
    if len(pages) == 1:
        return tuple(pages[0]), None
    count = len(pages)
    return tuple(pages[page]), Turn(page, count, a.TurnTo((page - 1) % count), a.TurnTo((page + 1) % count))


def by_number(items: Sequence[Item], most: int = KEYS_A_PAGE) -> list[Sequence[Item]]:
    """Pages of so many."""
    return [items[start : start + most] for start in range(0, len(items), most)]


def by_room(lines: Sequence[Line]) -> list[list[Line]]:
    """Pages of as many lines as can be read on one."""
    pages: list[list[Line]] = []
    room = 0
    for line in lines:
        needed = max(1, -(-len(line.value) // LINE_CHARS))
        if not pages or needed > room:
            pages.append([])
            room = ROOM_A_PAGE
        pages[-1].append(line)
        room -= needed
    return pages
