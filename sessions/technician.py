"""Technicians at the touchscreen: who gets in, how long they stay, and what they may switch by hand.

Two ways in: a card whose group is ``technician``, or a PIN. A stay is no visit: it holds no card's credit, and any
other card that is tapped ends it. A PIN's try is a fact before the PIN is looked at, and counts as wrong until it
proves right: whoever pulls the plug after a wrong one has gained nothing. After `FREE_TRIES` of them each try must wait
longer than the one before; a restart begins the wait anew, because nobody knows how long the kiosk was off.

What a technician switches by hand is a recorded manual act (I3). A slot is out of use while it is switched, as under a
self-test, and one with a session or a claim is refused.
"""

from collections.abc import Mapping

from sessions import commands as c
from sessions import events as e
from sessions import testing
from sessions.actors import require_staff
from sessions.draft import Draft
from sessions.entities import Card, Pin, Technician
from sessions.errors import NotAllowed, PinLocked
from sessions.faults import slot_of
from sessions.ports import Json
from sessions.rules import after_s
from sessions.state import State
from sessions.units import NS, MonoNs, UtcMs, VisitId

GROUP = "technician"
"""The group of a card that opens the technicians' screens."""
IDLE_S = 300
"""A technician looks into a slot for some minutes between two touches."""
FREE_TRIES = 5
FIRST_DELAY_S, LONGEST_DELAY_S = 30, 3600
"""The delay doubles with every wrong PIN. At an hour a try, 10,000 PINs take more than a year."""


def is_technician(card: Card | None, utc: UtcMs) -> bool:
    """Whether a card opens the technicians' screens now."""
    if card is None or card.blocked or (card.expires_utc is not None and card.expires_utc <= utc):
        return False
    return card.group.strip().casefold() == GROUP


def enter_by_card(draft: Draft, card: Card) -> Json:
    """Lets the holder of a technician's card in; once more only shows that they are alive."""
    by = f"staff:{card.name or card.card}"
    here = next(iter(draft.state.technicians.values()), None)
    if here is not None and here.by == by:
        draft.activity[here.stay] = draft.now.mono
        return {"technician": by, "again": True}
    _enter(draft, by, "card")
    return {"technician": by, "again": False}


def set_pin(draft: Draft, command: c.SetPin) -> Json:
    """Sets the PIN, or takes it away; forgives what was tried before."""
    require_staff(command.actor)
    draft.add(e.PinSet(command.digest, command.actor.name))
    return {"pin": bool(command.digest)}


def forgive(draft: Draft, command: c.ForgivePinTries) -> Json:
    """Forgives wrong tries."""
    require_staff(command.actor)
    tries = draft.state.pin.tries
    if tries:
        draft.add(e.PinTriesForgiven(command.actor.name))
    return {"forgiven": tries}


def try_pin(draft: Draft, command: c.TryPin) -> Json:
    """Counts a try and gives the hash to hold it against. Raises `NotAllowed` without a PIN, `PinLocked` too early."""
    pin = draft.state.pin
    if not pin.digest:
        raise NotAllowed("No PIN is set: `kiosk operators pin set` sets one.")
    wait_s = locked_for_s(pin, draft.now.mono)
    if wait_s:
        raise PinLocked(f"Too many wrong PINs. Try again in {wait_s} s.")
    draft.add(e.PinTried())
    return {}


def enter_by_pin(draft: Draft, command: c.EnterByPin) -> Json:
    """Lets in whoever has just proved to know the PIN. Raises `NotAllowed` when no try came before."""
    if not draft.state.pin.tries:
        raise NotAllowed("No PIN was tried.")
    _enter(draft, "staff:pin", "pin")
    return {"technician": "staff:pin"}


def leave(draft: Draft, command: c.LeaveTechnician) -> Json:
    """Ends a stay; one that has ended already is no error."""
    stay = draft.state.technicians.get(command.stay)
    if stay is not None:
        end(draft, stay, "left")
    return {"ended": stay is not None}


def act_by_hand(draft: Draft, command: c.ActByHand) -> Json:
    """Records the act; a slot is taken out of use for it. Raises `SlotTaken` where somebody has the slot."""
    require_staff(command.actor)
    slot = slot_of(draft, command.what)
    if slot is not None:
        testing.begin(draft, c.BeginSlotTest(slot, command.actor))
    draft.add(e.TechnicianActed(command.what, command.actor.name))
    return {"what": command.what, "slot": slot}


def locked_for_s(pin: Pin, now: MonoNs) -> int:
    """For how many more seconds no PIN is taken; 0 when one may be tried."""
    if pin.tries < FREE_TRIES:
        return 0
    delay_s = min(FIRST_DELAY_S << min(pin.tries - FREE_TRIES, 16), LONGEST_DELAY_S)
    return max(0, -(-(after_s(pin.tried_mono, delay_s) - now) // NS))


def idle_until(stay: Technician, activity: Mapping[VisitId, MonoNs]) -> MonoNs:
    """When a stay without any further touch ends."""
    return after_s(activity.get(stay.stay, stay.since_mono), IDLE_S)


def end_all(draft: Draft, reason: str) -> None:
    """Ends whatever stay there is."""
    for stay in list(draft.state.technicians.values()):
        end(draft, stay, reason)


def end_idle(draft: Draft) -> None:
    """Ends a stay that nobody has touched for too long."""
    for stay in list(draft.state.technicians.values()):
        if draft.now.mono >= idle_until(stay, draft.activity):
            end(draft, stay, "idle")


def end(draft: Draft, stay: Technician, reason: str) -> None:
    """Ends a stay."""
    draft.add(e.TechnicianLeft(stay.stay, stay.by, reason))
    draft.activity.pop(stay.stay, None)


def here(state: State) -> Technician | None:
    """The technician at the touchscreen, if there is one."""
    return next(iter(state.technicians.values()), None)


def _enter(draft: Draft, by: str, way: str) -> None:
    end_all(draft, "replaced")
    stay = VisitId(f"t{draft.next_id()}")
    draft.add(e.TechnicianEntered(stay, by, way))
    draft.activity[stay] = draft.now.mono
