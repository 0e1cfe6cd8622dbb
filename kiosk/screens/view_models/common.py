"""What several screens build alike: header, banner, names, countdowns."""

from dataclasses import dataclass

from kiosk.i18n import _
from kiosk.screens import words
from kiosk.screens.intents import Intent, ShowBoard, ShowPhones
from kiosk.screens.models import Banner, Countdown, Header
from kiosk.screens.navigation import Navigation
from kiosk.screens.notices import NOTICE_FOR, Note, Notice, Tone, sentence, tone_of
from kiosk.screens.site import Site
from kiosk.screens.traces import Traces
from sessions.units import NS, MonoNs
from sessions.views import KioskView, SlotView, VisitView, seconds_until

URGENT_S = 10
RING_STEPS = 180
"""A ring moves by 2 degrees at least; less cannot be seen and would only be redrawn."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a screen is built from."""

    view: KioskView
    nav: Navigation
    site: Site
    traces: Traces
    now: MonoNs
    ajar: int | None = None
    """The number of a slot whose door should be pushed shut (`kiosk.screens.doors`)."""


def share_left(deadline: MonoNs, whole_s: float, now: MonoNs) -> float:
    """How much of a wait of ``whole_s`` seconds is left, from 1 to 0, in steps that can be seen."""
    left = (deadline - now) / (whole_s * NS) if whole_s > 0 else 0.0
    return round(max(0.0, min(1.0, left)) * RING_STEPS) / RING_STEPS


def countdown(deadline: MonoNs, whole_s: float, now: MonoNs, tone: Tone = Tone.CALM) -> Countdown:
    """A ring for a wait of some seconds, with the seconds in it."""
    return Countdown(share_left(deadline, whole_s, now), str(seconds_until(deadline, now)), tone)


def header(scene: Scene, title: str, balance: str = "", back: Intent | None = None) -> Header:
    """The header of a signed-in screen; ``balance`` is the time on the card where nothing else matters there."""
    visit = scene.nav.visit
    if visit is None:
        return Header(title)
    return Header(title, balance or words.duration(visit.balance_s), _sign_out(scene, visit), back)


def _sign_out(scene: Scene, visit: VisitView) -> Countdown | None:
    if visit.idle_until is None:
        return None
    left_s = seconds_until(visit.idle_until, scene.now)
    # By whole seconds, so that the ring in the corner changes with its figures and not between them.
    share = min(1.0, left_s / scene.site.visit_idle_s)
    return Countdown(share, words.countdown(left_s), Tone.WARN if left_s <= URGENT_S else Tone.CALM)


def elsewhere(scene: Scene) -> Intent:
    """From one phone to the others: to one's own where there are several, else to all slots."""
    visit = scene.nav.visit
    return ShowPhones() if visit is not None and len(scene.view.sessions_of(visit.card)) > 1 else ShowBoard()


def greeting(visit: VisitView) -> str:
    """Hello, with the name that staff gave the card, if any."""
    return _("Hello, {name}").format(name=visit.name) if visit.name else _("Hello")


def slot_title(slot: SlotView) -> str:
    """Which slot, and what cable it has."""
    if slot.plug:
        return _("Slot {number} · {plug}").format(number=slot.number, plug=slot.plug)
    return _("Slot {number}").format(number=slot.number)


def banner(scene: Scene) -> Banner | None:
    """The notice of the moment; a reader that is away is said for as long as it is."""
    notice = scene.nav.notice
    if notice is None and scene.nav.reader_away:
        notice = Notice(Note.READER_AWAY, scene.now)
    return Banner(sentence(notice), tone_of(notice)) if notice is not None else None


def card_banner(scene: Scene) -> Banner | None:
    """The notice of the moment; else, for as long as it is so, that the card may start nothing."""
    visit = scene.nav.visit
    if scene.nav.notice is None and visit is not None and visit.barred is not None:
        notice = Notice(NOTICE_FOR[visit.barred], scene.now)
        return Banner(sentence(notice), tone_of(notice))
    return banner(scene)


def board_banner(scene: Scene) -> Banner | None:
    """The notice of the moment where a customer can do something about a door that stands open."""
    if scene.ajar is None:
        return card_banner(scene)
    notice = Notice(Note.DOOR_AJAR, scene.now, number=scene.ajar)
    return card_banner(scene) or Banner(sentence(notice), tone_of(notice))
