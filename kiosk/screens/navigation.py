"""Where a customer is, and where a touch, a card or the kiosk itself takes them. Pure: values in, values out.

Four things move somebody through the screens, one function each:

* `follow`  the kiosk changed: somebody signed in or out, a claim or session came or went, a notice ran out;
* `step`    a touch: gives the next place at once (that is the feedback) and the command to send, if it needs one;
* `answered` the command was done or refused;
* `tell`    the kiosk has something to say.

The place is only an intention. What is shown also depends on the view (`screens.build_screen`): a session that is
``preparing`` shows how to plug in, one that is ``finishing`` how to get the phone, without anybody navigating.
"""

from dataclasses import replace

from kiosk.screens import intents as i
from kiosk.screens import thirst
from kiosk.screens.choices import board_order, choose, reading_of, settle
from kiosk.screens.notices import NOTICE_FOR, WATER_NOTICE_FOR, Note, Notice
from kiosk.screens.site import Site
from kiosk.screens.thirst import coins_for
from kiosk.screens.whereabouts import Farewell, Navigation, Place, Poured
from sessions import commands as c
from sessions.events import SCREEN
from sessions.machine import SELLING, SlotState
from sessions.units import NS, CardKey, MonoNs, SlotName
from sessions.views import KioskView, SessionView, VisitView

__all__ = ["Farewell", "Navigation", "Place", "Poured", "answered", "chosen_seconds", "coins_for", "follow", "left",
           "poured", "reader", "remembering", "shown_session", "step", "tell"]  # fmt: skip

NOTICE_S = 6
GOODBYE_S = 5
ELSEWHERE_S = 10
LIKELY_S = 1800
"""The time that is chosen beforehand, where the card has as much."""


def follow(nav: Navigation, view: KioskView, now: MonoNs) -> Navigation:
    """The place after the kiosk changed, or just time passed. Gives the same object when nothing moved."""
    nav = _without_the_past(nav, now)
    visit = view.visit_at(SCREEN)
    if visit is None:
        return nav if nav.visit is None else _parted(nav, nav.visit, now)
    if nav.visit is None or nav.visit.visit_id != visit.visit_id:
        return _arrived(nav, visit, view, now)
    if visit != nav.visit:
        nav = _balance_rose(nav, nav.visit, visit, view, now)
    return _still_possible(nav, visit, view, now)


def step(nav: Navigation, intent: i.Intent, view: KioskView, now: MonoNs) -> tuple[Navigation, c.Command | None]:
    """The place after a touch, and the command it asks for; a touch still waiting for its answer does nothing."""
    if isinstance(intent, i.Speak | i.Enlarge | i.Sharpen):
        return choose(nav, intent, now), None
    visit = nav.visit
    if visit is None:
        nav = replace(nav, farewell=None)
        return (nav if isinstance(intent, i.Touched) else replace(nav, notice=_notice(Note.TAP_FIRST, now))), None
    if isinstance(intent, i.Touched) or nav.waiting == intent:
        return nav, None
    if isinstance(intent, _COMMANDING):
        return _ask(nav, intent, visit, now)
    if isinstance(intent, i.GetWater | i.ChooseWater):
        return thirst.asked(replace(nav, notice=None), intent), None
    return _go(nav, intent, visit, view, now)


def answered(nav: Navigation, intent: i.Intent, refusal: str | None, now: MonoNs) -> Navigation:
    """The place after the command of ``intent`` was done, or refused with that error code."""
    if nav.waiting == intent:
        nav = replace(nav, waiting=None)
    if refusal is not None:
        if isinstance(intent, i.Pour):
            return replace(nav, notice=_notice(WATER_NOTICE_FOR.get(refusal, Note.TRY_AGAIN), now))
        if isinstance(intent, i.UseSlot) and nav.place is Place.TIME:
            nav = replace(nav, place=Place.HOME, slot=None)
        return replace(nav, notice=_notice(NOTICE_FOR.get(refusal, Note.TRY_AGAIN), now))
    if isinstance(intent, i.Extend) and nav.visit is not None:
        return replace(nav, place=Place.SESSION, notice=_notice(Note.TIME_ADDED, now, seconds=intent.seconds))
    return replace(nav, notice=_notice(Note.DOOR_UNLOCKED, now)) if isinstance(intent, i.OpenDoor) else nav


def tell(nav: Navigation, note: Note, now: MonoNs, *, seconds: int = 0, number: int = 0) -> Navigation:
    """The place with something said to whoever is there, for some seconds."""
    return replace(nav, notice=_notice(note, now, seconds=seconds, number=number))


def reader(nav: Navigation, *, away: bool) -> Navigation:
    """The place once the card reader went away or came back; said for as long as it lasts."""
    return nav if nav.reader_away == away else replace(nav, reader_away=away)


def remembering(nav: Navigation) -> tuple[Navigation, c.Command | None]:
    """The place, and the command that lets the card remember how its owner reads, once if something was chosen."""
    if not nav.unsaved or nav.visit is None:
        return nav, None
    read = nav.reading
    command = c.RememberReading(nav.visit.visit_id, read.language, high_contrast=read.contrast, large_text=read.large)
    return replace(nav, unsaved=False), command


def poured(nav: Navigation, card: CardKey, end: Poured, now: MonoNs) -> Navigation:
    """The place once that card's pour was settled, with how it ended."""
    return thirst.ended(nav, card, end, MonoNs(now + NOTICE_S * NS))


def left(nav: Navigation, reason: str, now: MonoNs) -> Navigation:
    """Why the visit at the touchscreen ended (`VisitEnded.reason`), said before or after `follow` sees that it did."""
    if nav.visit is not None:
        return replace(nav, leaving=reason)
    if nav.farewell is not None:
        return replace(nav, farewell=_farewell(nav.farewell.visit, reason, now))
    return nav


def chosen_seconds(nav: Navigation, site: Site, balance_s: int) -> int:
    """The time that is chosen now: the customer's choice if the card still has it, else a likely one, else all."""
    usable_s = min(balance_s, site.longest_s)
    if nav.chosen_s is not None and nav.chosen_s <= usable_s:
        return nav.chosen_s
    return LIKELY_S if LIKELY_S in site.choices_s and usable_s >= LIKELY_S else usable_s


_BROKEN = (SlotState.FAULTED, SlotState.UNAVAILABLE)
_COMMANDING = (i.UseSlot, i.Start, i.Extend, i.OpenDoor, i.Finish, i.Pour, i.SignOut)


def _ask(nav: Navigation, intent: i.Intent, visit: VisitView, now: MonoNs) -> tuple[Navigation, c.Command | None]:
    owner = c.Actor("owner", visit=visit.visit_id)
    asked = replace(nav, waiting=intent, notice=None)
    match intent:
        case i.UseSlot(slot):
            asked = replace(asked, place=Place.TIME, slot=slot, chosen_s=None)
            return asked, c.ClaimSlot(slot, visit.visit_id)
        case i.Start(slot, seconds):
            return asked, c.StartCharging(slot, seconds, owner)
        case i.Extend(session, seconds):
            return asked, c.ExtendSession(session, seconds, owner)
        case i.OpenDoor(session):
            return asked, c.OpenDoor(session, owner)
        case i.Finish(session):
            return asked, c.StopSession(session, owner)
        case i.Pour(ml):
            return replace(asked, poured=None), c.StartWater(ml, owner)
        case _:
            return asked, c.SignOut(visit.visit_id)


def _go(
    nav: Navigation, intent: i.Intent, visit: VisitView, view: KioskView, now: MonoNs
) -> tuple[Navigation, c.Command | None]:
    nav = replace(nav, notice=None)
    match intent:
        case i.ChooseTime(seconds):
            return replace(nav, chosen_s=seconds), None
        case i.ShowSession(session):
            return replace(nav, place=Place.SESSION, session=session), None
        case i.AddTime(session):
            return replace(nav, place=Place.ADD_TIME, session=session, chosen_s=None), None
        case i.ShowBoard():
            order = board_order(nav, visit, view)
            return replace(nav, place=Place.HOME, session=None, page=0, order=order), None
        case i.ShowPhones():
            return replace(nav, place=Place.PICKER, session=None), None
        case i.MoreSlots(pages):
            return replace(nav, page=(nav.page + pages) % max(1, -(-len(view.slots) // nav.tiles_a_page))), None
        case i.Help():
            return replace(nav, place=Place.HELP, help_from=nav.place), None
        case i.AskSlot(slot):
            return replace(nav, notice=_why_not(view, slot, now)), None
        case i.Back():
            return _back(nav, visit)
        case _:
            return nav, None


def _back(nav: Navigation, visit: VisitView) -> tuple[Navigation, c.Command | None]:
    if nav.place is Place.HELP:
        return replace(nav, place=nav.help_from), None
    if nav.place is Place.TIME and nav.slot is not None:
        gone = replace(nav, place=Place.HOME, slot=None, chosen_s=None, waiting=None)
        return gone, c.ReleaseClaim(nav.slot, visit.visit_id)
    if nav.place is Place.ADD_TIME and nav.session is not None:
        return replace(nav, place=Place.SESSION, chosen_s=None), None
    return replace(nav, place=Place.HOME, session=None, chosen_s=None), None


def _why_not(view: KioskView, name: SlotName, now: MonoNs) -> Notice:
    slot = view.slot(name)
    if view.mode not in SELLING:
        return _notice(Note.NOT_SELLING, now)
    if slot is None or slot.state in _BROKEN:
        return _notice(Note.SLOT_BROKEN, now)
    return _notice(Note.SLOT_IN_USE, now, number=slot.number)


def _arrived(nav: Navigation, visit: VisitView, view: KioskView, now: MonoNs) -> Navigation:
    """No session: the board. One: straight to it. Several: choose."""
    mine = view.sessions_of(visit.card)
    came = reading_of(nav, visit)
    came = replace(came, order=board_order(came, visit, view))
    if thirst.own_pour(view, visit) is not None:
        return thirst.wanted(came)
    if len(mine) == 1:
        return replace(came, place=Place.SESSION, session=mine[0].session_id)
    if mine:
        return replace(came, place=Place.PICKER)
    if view.mode not in SELLING:
        return replace(came, notice=_notice(Note.NOT_SELLING, now))
    return (
        came
        if visit.balance_s > 0 or visit.barred is not None
        else replace(came, notice=_notice(Note.NO_TIME_YET, now))
    )


def _parted(nav: Navigation, visit: VisitView, now: MonoNs) -> Navigation:
    gone = Navigation(reading=nav.reading, usual=nav.usual, reader_away=nav.reader_away)
    return settle(replace(gone, farewell=_farewell(visit, nav.leaving or "signed_out", now)), now)


def _farewell(visit: VisitView, reason: str, now: MonoNs) -> Farewell | None:
    """Nobody is there to read it when the visit ended for want of touches."""
    if reason in ("idle", "silent", "replaced", "restart"):
        return None
    seconds = ELSEWHERE_S if reason == "elsewhere" else GOODBYE_S
    return Farewell(visit, reason, MonoNs(now + seconds * NS))


def _still_possible(nav: Navigation, visit: VisitView, view: KioskView, now: MonoNs) -> Navigation:
    if nav.place is Place.TIME:
        return _claim_followed(nav, visit, view, now)
    if nav.place is Place.WATER:
        return thirst.still_possible(nav, visit, view)
    mine = {s.session_id: s for s in view.sessions_of(visit.card)}
    if nav.session is not None and nav.session not in mine:
        home = replace(nav, place=Place.HOME, session=None, waiting=None)
        number = next((s.number for s in view.slots if s.name == nav.slot), 0)
        return replace(home, notice=_notice(Note.COLLECTED, now, number=number)) if number else home
    if nav.session is not None and nav.slot != mine[nav.session].slot:
        nav = replace(nav, slot=mine[nav.session].slot)
    if nav.place is Place.PICKER and len(mine) < 2:
        return replace(nav, place=Place.HOME)
    if nav.place is Place.HELP and nav.session is not None and mine[nav.session].state != SlotState.PREPARING:
        return replace(nav, place=Place.SESSION)  # It worked: no more help is needed.
    return nav


def _claim_followed(nav: Navigation, visit: VisitView, view: KioskView, now: MonoNs) -> Navigation:
    slot = view.slot(nav.slot) if nav.slot is not None else None
    if slot is None:
        return replace(nav, place=Place.HOME, slot=None)
    if slot.session is not None and slot.session.card == visit.card:
        return replace(nav, place=Place.SESSION, session=slot.session.session_id, waiting=None)
    if slot.claim_visit == visit.visit_id or isinstance(nav.waiting, (i.UseSlot, i.Start)):
        return nav
    note = Note.SLOT_BROKEN if slot.state in _BROKEN else Note.CLAIM_ENDED
    if visit.barred is not None:
        note = NOTICE_FOR[visit.barred]
    return replace(nav, place=Place.HOME, slot=None, notice=_notice(note, now))


def _balance_rose(nav: Navigation, before: VisitView, visit: VisitView, view: KioskView, now: MonoNs) -> Navigation:
    nav = replace(nav, visit=visit)
    if visit.balance_ml > before.balance_ml:
        return thirst.told_of_more(nav, visit.balance_ml - before.balance_ml, view, MonoNs(now + NOTICE_S * NS))
    if visit.balance_s > before.balance_s and not _shows_finished(nav, view):
        return replace(nav, notice=_notice(Note.BALANCE_ROSE, now, seconds=visit.balance_s - before.balance_s))
    return nav


def _shows_finished(nav: Navigation, view: KioskView) -> bool:
    """The finished screen itself says what came back to the card."""
    session = shown_session(nav, view)
    slot = view.slot(session.slot) if session is not None else None
    return nav.place is Place.SESSION and slot is not None and slot.state is SlotState.FINISHING


def shown_session(nav: Navigation, view: KioskView) -> SessionView | None:
    """The session that the customer looks at, or None."""
    return next((s for s in view.sessions() if s.session_id == nav.session), None)


def _without_the_past(nav: Navigation, now: MonoNs) -> Navigation:
    if nav.notice is not None and nav.notice.until <= now:
        nav = replace(nav, notice=None)
    if nav.farewell is not None and nav.farewell.until <= now:
        nav = replace(nav, farewell=None)
    return settle(nav, now)


def _notice(note: Note, now: MonoNs, *, seconds: int = 0, number: int = 0) -> Notice:
    return Notice(note, MonoNs(now + NOTICE_S * NS), seconds, number)
