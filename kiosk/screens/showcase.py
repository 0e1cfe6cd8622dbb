"""Every screen once, as a sample: what the gallery draws and the tests look at."""

from collections.abc import Callable
from dataclasses import replace

from kiosk.screens import intents as i
from kiosk.screens.navigation import Navigation, Place, Poured, follow, left, reader, tell
from kiosk.screens.notices import Note
from kiosk.screens.samples import ME, NOW, OTHER, VISIT, Sample, arrived, at, kiosk, mine, others, slot, visit, water
from sessions.machine import Mode, SlotState
from sessions.units import SessionId, SlotName, UtcMs
from sessions.views import KioskView, PourView, WaterView
from sessions.water_states import WaterState

BOARD = (
    slot(1),
    others(2, SlotState.CHARGING, used_ms=2_910_000),
    mine(3, SlotState.CHARGING),
    slot(4, SlotState.FAULTED, fault="The current sensor of slot 4 does not answer."),
)


def _sample(name: str, caption: str, view: KioskView, *intents: i.Intent) -> Sample:
    return Sample(name, caption, view, arrived(view, *intents))


def _gone(view: KioskView, reason: str) -> tuple[KioskView, Navigation]:
    away = replace(view, visits=())
    return away, follow(left(arrived(view), reason, NOW), away, NOW)


def _home() -> list[Sample]:
    board = kiosk(*BOARD, who=visit())
    fresh = kiosk(*BOARD[:2], who=visit())
    eight = kiosk(*BOARD, slot(5), others(6, SlotState.CHARGING), mine(7, SlotState.FINISHING), slot(8), who=visit())
    taken = arrived(fresh)
    blocked = visit(barred="card_blocked")
    many = kiosk(
        *(others(n, SlotState.CHARGING, used_ms=90_000 * n) if n % 3 else slot(n) for n in range(1, 18)),
        mine(18, SlotState.FINISHING), mine(19, SlotState.CHARGING), slot(20, SlotState.FAULTED),
        who=visit(),
    )  # fmt: skip
    return [
        _sample("home", "The board: free, in use, yours, out of order", board, i.ShowBoard()),
        _sample("home-eight", "The board with eight slots, one phone to be taken", eight, i.ShowBoard()),
        _sample("home-pages", "Many slots come by pages: yours first, then what is free", many, i.ShowBoard()),
        _sample("home-guest", "A new card without time", kiosk(*BOARD[:2], who=visit(0))),
        _sample("home-blocked", "A card that staff have blocked", kiosk(*BOARD[:2], who=blocked)),
        Sample("home-slot-taken", "Somebody was faster", fresh, tell(taken, Note.SLOT_TAKEN, NOW)),
    ]


def _choosing() -> list[Sample]:
    claimed = slot(1, SlotState.RESERVED, claim_visit=VISIT, claim_card=ME, claim_expires=at(110))
    board = kiosk(claimed, *BOARD[1:2], who=visit())
    running = kiosk(*BOARD, who=visit())
    few = kiosk(claimed, who=visit(290))
    choosing = Navigation(Place.TIME, visit(), SlotName("slot1"))
    poor = kiosk(claimed, who=visit(0))
    return [
        Sample("time-choice", "How long?", board, choosing),
        Sample(
            "time-starting",
            "Start was touched: it says so and cannot be touched twice",
            board,
            replace(choosing, waiting=i.Start(SlotName("slot1"), 1800)),
        ),
        Sample("time-little", "Less than a choice's worth of time", few, replace(choosing, visit=visit(290))),
        Sample("time-none", "No time on the card: coins count at once", poor, replace(choosing, visit=visit(0))),
        _sample("add-time", "More time for a running session", running, i.AddTime(SessionId("s3"))),
        _sample("add-time-card", "How to get time", kiosk(*BOARD[:2], who=visit()), i.AddTime()),
    ]


def _charging() -> list[Sample]:
    opening = mine(1, SlotState.PREPARING, door={"door_open_left_until": at(4)}, deadline=at(55))
    ajar = mine(1, SlotState.PREPARING, door={"door_open": True}, deadline=at(47), door_opened=True)
    shut = mine(1, SlotState.PREPARING, deadline=at(31), door_opened=True)
    lost = mine(2, SlotState.SUSPENDED_EVSE, mA=None, verdict="stale")
    asked = mine(1, SlotState.SUSPENDED_EV, deadline=at(170), door_opened=True, verdict="unplugged_prompt")
    me = visit(2_100)
    return [
        _sample("plug-in", "The door is open for five seconds", kiosk(opening, who=me)),
        _sample("plug-in-open", "The door was opened: plug in", kiosk(ajar, who=me)),
        _sample("plug-in-shut", "The door is shut again, no phone felt yet", kiosk(shut, who=me)),
        _sample("help", "Help while plugging in", kiosk(shut, who=me), i.Help()),
        _sample("session", "Charging", kiosk(mine(1, SlotState.CHARGING), who=me)),
        _sample(
            "session-long",
            "More than an hour left, and the phone is full",
            kiosk(mine(1, SlotState.CHARGING, granted_s=36_000, used_ms=0, verdict="full", mA=40.0), who=me),
        ),
        _sample("session-paused", "The phone draws nothing any more", kiosk(asked, who=me)),
        _sample("sensor-lost", "The sensor does not answer", kiosk(lost, who=me)),
        _sample(
            "session-door-open",
            "Charging, but the door is open",
            kiosk(mine(1, SlotState.CHARGING, door={"door_open": True}), who=me),
        ),
    ]


def _at_water(
    name: str, caption: str, dispenser: WaterView, *intents: i.Intent, poured: Poured | None = None, ml: int = 750
) -> Sample:
    view = kiosk(*BOARD[:2], who=visit(balance_ml=ml), water=dispenser)
    nav = arrived(view, i.GetWater(), *intents)
    return Sample(name, caption, view, replace(nav, poured=poured))


def _water() -> list[Sample]:
    someone = PourView(SessionId("s8"), OTHER, WaterState.DISPENSING.value, UtcMs(0), 500, 120_000)
    offered = kiosk(*BOARD, who=visit(balance_ml=1_250), water=water())
    many = kiosk(*(slot(n) for n in range(1, 13)), who=visit(balance_ml=1_250), water=water())
    tank = water(WaterState.FAULTED, out_of_order="The tank is empty.", faulty=("water.tank",))
    tray = water(WaterState.FAULTED, out_of_order="The tray is full.", faulty=("water.tray",))
    dirty = water(WaterState.UNAVAILABLE, out_of_order="It must be cleaned first.", cleaning_due=True)
    absent = kiosk(*BOARD[:2], who=visit(), water=tank)
    whole, part = Poured(500, 0, "TimeLimitReached"), Poured(180, 320, "Local")
    waits = WaterState.PREPARING
    return [
        Sample("home-water", "The board of a kiosk with water", offered, arrived(offered, i.ShowBoard())),
        Sample("home-water-pages", "Water beside the pages of a large board", many, arrived(many)),
        Sample("home-water-away", "The board while there is no water", absent, arrived(absent)),
        _at_water("water-choice", "How much water?", water(), ml=1_250),
        _at_water("water-none", "No water on the card: coins count for water here", water(), ml=0),
        _at_water("water-cup", "The cup, please", water(waits, 0, deadline=at(8))),
        _at_water("water-cup-seen", "The cup is seen", water(waits, 0, deadline=at(8), cup=True)),
        _at_water("water-pouring", "Water flows", water(WaterState.DISPENSING, 180)),
        _at_water("water-paused", "The cup was taken away", water(WaterState.SUSPENDED_EV, 180, deadline=at(7))),
        _at_water("water-last-drops", "The last drops", water(WaterState.FINISHING, 496, cup=True)),
        _at_water("water-done", "The water is in the cup", water(), poured=whole),
        _at_water("water-returned", "Finished early: the rest is back", water(), poured=part),
        _at_water("water-no-cup", "Nobody put a cup there", water(), poured=Poured(0, 500, "Timeout")),
        _at_water("water-busy", "Somebody else is getting water", water(WaterState.DISPENSING, pour=someone)),
        _at_water("water-tank-empty", "The tank is empty", tank),
        _at_water("water-tray-full", "The tray is full", tray),
        _at_water("water-cleaning", "The dispenser must be cleaned first", dirty),
    ]


def _over() -> list[Sample]:
    over = mine(1, SlotState.FINISHING, stop_reason="TimeLimitReached")
    unplugged = mine(1, SlotState.FINISHING, stop_reason="EVDisconnected", returned_s=1_500)
    opened = mine(1, SlotState.FINISHING, stop_reason="Local", door={"door_open_left_until": at(3)}, returned_s=720)
    two = kiosk(mine(1, SlotState.CHARGING), mine(2, SlotState.FINISHING), mine(3, SlotState.SUSPENDED_EV), who=visit())
    return [
        _sample("finished", "Time is over, the phone is safe", kiosk(over, who=visit(0))),
        _sample("unplugged", "Unplugged: the unused time is back", kiosk(unplugged, who=visit(3_600))),
        _sample("door-open", "The door is open to take the phone", kiosk(opened, who=visit(4_620))),
        _sample("picker", "Several phones: the one that needs you first", two),
    ]


def _nobody() -> list[Sample]:
    idle = kiosk(others(2, SlotState.CHARGING), mode=Mode.IDLE)
    charging = kiosk(mine(2, SlotState.CHARGING), who=visit(2_100))
    coin = replace(idle, held_coins_s=300, held_coins_until=at(52))
    thirsty = kiosk(mine(2, SlotState.CHARGING), who=visit(2_100, balance_ml=750), water=water())
    goodbye, elsewhere = _gone(charging, "signed_out"), _gone(charging, "elsewhere")
    nobody = Navigation()
    return [
        Sample("attract", "Nobody is here", idle, nobody),
        Sample("attract-water", "Nobody is here, at a kiosk with water", replace(idle, water=water()), nobody),
        Sample("attract-unknown-card", "A card nobody knows, where guests are not served", idle,
               tell(nobody, Note.UNKNOWN_CARD, NOW)),
        Sample("attract-door-ajar", "A door was not pushed shut", idle, nobody, ajar=3),
        Sample("attract-reader-away", "The card reader does not answer", idle, reader(nobody, away=True)),
        Sample("coin", "A coin, and nobody signed in", coin, nobody),
        Sample("goodbye", "Signed out", *goodbye),
        Sample("goodbye-water", "Signed out with water on the card", *_gone(thirsty, "signed_out")),
        Sample("elsewhere", "The card was used at another kiosk", *elsewhere),
        Sample("out-of-service", "Not selling", replace(idle, mode=Mode.OUT_OF_SERVICE), nobody),
        Sample("closed", "Out of hours", replace(idle, mode=Mode.OUT_OF_SERVICE, closed=True), nobody),
        Sample("maintenance", "Staff work on the kiosk", replace(idle, mode=Mode.MAINTENANCE), nobody),
        Sample("attract-offline", "The network is gone", replace(idle, cloud="offline"), nobody),
        Sample("paused", "Paused for safety", replace(idle, mode=Mode.PAUSED), nobody),
    ]  # fmt: skip


def samples() -> tuple[Sample, ...]:
    """Every sample, in the order in which a customer meets them."""
    parts: tuple[Callable[[], list[Sample]], ...] = (_nobody, _home, _choosing, _charging, _over, _water)
    return tuple(sample for part in parts for sample in part())
