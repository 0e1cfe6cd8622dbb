"""Kiosks made up for pictures and tests, piece by piece. `kiosk.screens.showcase` makes every screen of them."""

from dataclasses import dataclass, replace
from math import sin

from kiosk.i18n import LANGUAGES
from kiosk.screens import intents as i
from kiosk.screens.choices import board_order
from kiosk.screens.navigation import Navigation, follow, step
from kiosk.screens.reading import Reading
from kiosk.screens.site import Site
from kiosk.screens.traces import KEPT_S, Traces
from kiosk.screens.view_models import Scene
from sessions.events import SCREEN
from sessions.machine import SLOT_FIGURES, Mode, SlotState
from sessions.units import NS, CardKey, MonoNs, Seq, SessionId, SlotName, UtcMs, VisitId
from sessions.views import KioskView, PourView, SessionView, SlotView, VisitView, WaterView
from sessions.water_states import WaterState

NOW = MonoNs(1_000 * NS)
ME, OTHER = CardKey("c-me"), CardKey("c-other")
VISIT = VisitId("v-me")
SITE = Site(languages=tuple(LANGUAGES), hours=("06:00", "22:00"))
PLUGS = ("USB-C", "USB-C", "Lightning", "Micro-USB")


def at(seconds: float) -> MonoNs:
    """An instant so many seconds after the sample's now."""
    return MonoNs(NOW + round(seconds * NS))


def session(number: int, state: SlotState, card: CardKey = ME, **changes: object) -> SessionView:
    """A session in that slot: one hour bought, 17 min 50 s used."""
    figures = SLOT_FIGURES[state]
    base = SessionView(
        session_id=SessionId(f"s{number}"),
        slot=SlotName(f"slot{number}"),
        service="charging",
        card=card,
        state=state.value,
        started_utc=UtcMs(0),
        granted_s=3600,
        used_ms=0 if state is SlotState.PREPARING else 1_070_000,
        as_of=NOW,
        running=figures.time_runs,
        energy_mWh=4_100,
        mA=1_210.0 if state is SlotState.CHARGING else 0.0,
        verdict="plugged",
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # names and values are the caller's


def slot(number: int, state: SlotState = SlotState.AVAILABLE, **changes: object) -> SlotView:
    """A slot with a lock and a door switch, shut."""
    base = SlotView(
        name=SlotName(f"slot{number}"),
        number=number,
        state=state,
        plug=PLUGS[(number - 1) % len(PLUGS)],
        has_lock=True,
        has_door=True,
        door_open=False,
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # names and values are the caller's


def mine(number: int, state: SlotState, *, door: dict[str, object] | None = None, **changes: object) -> SlotView:
    """A slot with a session of the card that is signed in."""
    return slot(number, state, session=replace(session(number, state), **changes), **(door or {}))  # type: ignore[arg-type]  # as above


def others(number: int, state: SlotState, **changes: object) -> SlotView:
    """A slot with a session of somebody else."""
    return slot(number, state, session=session(number, state, OTHER, **changes))


def visit(balance_s: int = 3_900, **changes: object) -> VisitView:
    """The customer at the touchscreen."""
    base = VisitView(VISIT, ME, SCREEN, UtcMs(0), balance_s, 0, idle_until=at(38))
    return replace(base, **changes)  # type: ignore[arg-type]  # names and values are the caller's


def kiosk(*slots: SlotView, who: VisitView | None = None, mode: Mode = Mode.SERVING, **changes: object) -> KioskView:
    """A kiosk with these slots, the rest of its four free."""
    given = {s.number: s for s in slots}
    all_slots = tuple(given.get(n, slot(n)) for n in range(1, max(4, len(slots)) + 1))
    base = KioskView(NOW, UtcMs(0), mode, all_slots, (who,) if who else (), Seq(1), Seq(1), kiosk_name="Plaza")
    return replace(base, **changes)  # type: ignore[arg-type]  # names and values are the caller's


@dataclass(frozen=True, slots=True)
class Sample:
    """A screen worth a picture. ``caption`` says what it shows."""

    name: str
    caption: str
    view: KioskView
    nav: Navigation
    ajar: int | None = None


def read_as(sample: Sample, reading: Reading) -> Sample:
    """The sample for somebody who reads so."""
    nav = replace(sample.nav, reading=reading, usual=reading)
    if nav.visit is not None:
        nav = replace(nav, order=board_order(nav, nav.visit, sample.view))
    return replace(sample, nav=nav)


def scene(sample: Sample, site: Site = SITE, now: MonoNs = NOW) -> Scene:
    """The sample with a minute of believable current behind it."""
    return Scene(sample.view, sample.nav, site, traces(sample.view), now, sample.ajar)


def traces(view: KioskView) -> Traces:
    """A minute of current for every session of the view: a phone that settles at its draw."""
    made = Traces()
    for k in range(KEPT_S):
        rise = min(1.0, k / 9)
        ripple = 1 + 0.04 * sin(k * 1.7) + 0.03 * sin(k * 0.6)
        made.observe(_scaled(view, rise * ripple), at(k - KEPT_S))
    return made


def _scaled(view: KioskView, factor: float) -> KioskView:
    def scaled(one: SlotView) -> SlotView:
        if one.session is None or one.session.mA is None:
            return one
        return replace(one, session=replace(one.session, mA=one.session.mA * factor))

    return replace(view, slots=tuple(scaled(one) for one in view.slots))


def arrived(view: KioskView, *intents: i.Intent) -> Navigation:
    """Where a customer is who has just tapped their card, and then touched these."""
    nav = follow(Navigation(), view, NOW)
    for intent in intents:
        nav, _command = step(nav, intent, view, NOW)
    return nav


def water(state: WaterState = WaterState.AVAILABLE, used_ml: int | None = None, **changes: object) -> WaterView:
    """The dispenser; with ``used_ml`` half a litre of the customer's is being poured, and so much has flowed."""
    pour = None
    if used_ml is not None:
        pour = PourView(SessionId("s9"), ME, state.value, UtcMs(0), 500, used_ml * 1000)
    base = WaterView(state, pour, cup=state is WaterState.DISPENSING, most_ml=2_000)
    return replace(base, **changes)  # type: ignore[arg-type]  # names and values are the caller's
