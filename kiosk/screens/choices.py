"""What somebody chose before or with their card: how the screens are read, and which slots come first.

Chosen on the first screen it holds for a minute, for whoever taps a card then, and that card remembers it. Any other
card brings its own; a card without, and the kiosk on its own, have what the settings say. Pure, like navigation.
"""

from dataclasses import replace

from kiosk.screens import intents as i
from kiosk.screens.reading import Reading
from kiosk.screens.whereabouts import Navigation
from sessions.machine import SlotState
from sessions.units import NS, CardKey, MonoNs, SlotName
from sessions.views import KioskView, SlotView, VisitView

CHOSEN_S = 60


def choose(nav: Navigation, intent: i.Speak | i.Enlarge | i.Sharpen, now: MonoNs) -> Navigation:
    """The place after somebody chose how to read."""
    match intent:
        case i.Speak(language):
            reading = replace(nav.reading, language=language)
        case i.Enlarge(on):
            reading = replace(nav.reading, large=on)
        case i.Sharpen(on):
            reading = replace(nav.reading, contrast=on)
    if nav.visit is not None:
        return replace(nav, reading=reading, unsaved=True)
    return replace(nav, reading=reading, chosen_until=MonoNs(now + CHOSEN_S * NS))


def settle(nav: Navigation, now: MonoNs) -> Navigation:
    """The place once nobody is there any more who chose: the kiosk is read as usual."""
    if nav.chosen_until is not None and nav.chosen_until <= now:
        nav = replace(nav, chosen_until=None)
    if nav.visit is None and nav.farewell is None and nav.chosen_until is None and nav.reading != nav.usual:
        nav = replace(nav, reading=nav.usual)
    return nav


def reading_of(nav: Navigation, visit: VisitView) -> Navigation:
    """The place of somebody who has just come: as they chose a moment ago, else as their card remembers."""
    came = Navigation(visit=visit, usual=nav.usual, reading=nav.usual, reader_away=nav.reader_away)
    remembered = Reading(visit.language, visit.high_contrast, visit.large_text) if visit.language else None
    if nav.chosen_until is not None:
        return replace(came, reading=nav.reading, unsaved=nav.reading != remembered)
    return replace(came, reading=remembered or nav.usual)


def board_order(nav: Navigation, visit: VisitView, view: KioskView) -> tuple[SlotName, ...]:
    """The slots for a board of several pages: what needs its owner, what else is theirs, what is free, the others."""
    if len(view.slots) <= nav.tiles_a_page:
        return ()
    return tuple(slot.name for slot in sorted(view.slots, key=lambda slot: (_urgency(slot, visit.card), slot.number)))


def _urgency(slot: SlotView, card: CardKey) -> int:
    if slot.session is not None and slot.session.card == card:
        return 0 if slot.state in (SlotState.FINISHING, SlotState.PREPARING) else 1
    return 2 if slot.state is SlotState.AVAILABLE else 3
