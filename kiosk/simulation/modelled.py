"""Fidelity ``rules``: what the drivers would say, told from what they are meant to do, without a driver, chip or wire.

Every sentence here is a second opinion on a driver, so nothing is borrowed from one but two things that only remember:
`Health` (when a fault is news) and `NoiseMeter` (when a line is noisy).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hardware.noise import NoiseMeter
from hardware.workers import Fault, Health
from kiosk.simulation.board import ADDRESSES, COIN_TIMING, COIN_UNIT, PULSE_MS, READER_PORT, SLOTS_A_BOARD
from kiosk.simulation.stepped import MS, Stepped
from kiosk.simulation.stepped import PULSE_MS as COIN_PULSE_MS
from sessions.ports import CardSeen, CoinPulseStarted, CoinSeen, DeviceReport, DoorSeen, Reading, Trouble
from sessions.units import NS, MinorUnits, MonoNs

if TYPE_CHECKING:
    from kiosk.simulation.kiosk import SimKiosk
    from kiosk.simulation.slot import SimSlot

CARD_LIES_NS = 440 * MS
"""A card that is held to the reader for half a second gives frames until then."""
ABSENT_NS = NS
TRIES = 3
VERDICT_MS = PULSE_MS + 600
"""From the beginning of a pulse until the door should have been seen to move."""
GONE = (
    f"The card reader at {READER_PORT} is not there. Check its plug and cable; it is used again as soon as it is back."
)
QUIET_AFTER_MS = 10_001
SPARKS_NS = 100 * MS
"""How long after a lock's switching the coin line is doubted."""
KNOWN_PULSES = 3
"""So many that are surely none of a lock's sparks tell how long a coin's pulses are; here all are equal."""


@dataclass(slots=True, eq=False)
class _Latch:
    """One lock, and the door switch beside it."""

    slot: "SimSlot"
    health: Health
    level: bool = False
    seen_open: bool = False
    wanted: bool = False
    tries: int = 0
    failures: int = 0
    jammed: bool | None = None
    on_since: int | None = None
    watched_from: int | None = None
    ready_at: int = 0


@dataclass(slots=True)
class _Train:
    """A coin's pulses, or those of several that ran together."""

    number: int
    first: int
    pulses: int
    last_end: int
    proven: bool = False
    """Whether one of its pulses is surely none of a lock's sparks."""


class Modelled(Stepped):
    """The electronics of one kiosk as the rules see them."""

    def __init__(self, kiosk: "SimKiosk") -> None:
        super().__init__(kiosk)
        self._latches = {
            slot: _Latch(slot, Health(f"{slot.name}.sensor", self.post), slot.is_open, slot.is_open)
            for slot in kiosk.slots.values()
        }
        self._banks = [[self._latches[slot] for slot in board] for board in self.boards()]
        self._pulsed: dict[int, _Latch | None] = {}
        self._noise = NoiseMeter(
            "reader",
            f"Much of what {READER_PORT} receives is no card. Keep the antenna from metal, mains and its cable from"
            " others.",
            self.post,
        )
        self._listening: bool | None = None
        self._cards: dict[str, int] = {}
        self._taps = self._trains = 0
        self._train: _Train | None = None
        self._chute_open = False
        self._sure_pulses = 0
        self._sparks: list[int] = []
        """When locks on the coin acceptor's board were switched."""

    def close(self) -> None:
        for slot in self.kiosk.slots.values():
            slot.contact(False)
            slot.coil(False)

    # Slots.

    def power(self, slot: "SimSlot", on: bool) -> None:
        slot.contact(on)

    def show(self, slot: "SimSlot", text: str) -> None:
        slot.text = text

    def door_open(self, slot: "SimSlot") -> bool | None:
        return self._latches[slot].seen_open if slot.has_door else None

    def readings(self, slot: "SimSlot", numbers: range) -> list[Reading]:
        return slot.measured(numbers)

    def poll_sensor(self, slot: "SimSlot", now: MonoNs) -> bool:
        number = list(self.kiosk.slots).index(slot.name)
        address = ADDRESSES[number % SLOTS_A_BOARD]
        fault = None
        if not slot.sensor_works:
            fault = Fault(Trouble.NO_ANSWER, "It does not answer.")
        elif slot.set_up is False:
            reason = "lost its settings: its supply broke down for a moment."
            fault = Fault(Trouble.BROWN_OUT, f"The current sensor at 0x{address:02x} {reason}", urgent=True)
        if slot.sensor_works:
            slot.set_up = True
        health = self._latches[slot].health
        health.seen(fault, now)
        return health.settled

    def lose_settings(self, slot: "SimSlot") -> None:
        if slot.set_up:
            slot.set_up = False

    def poll_switches(self, now: MonoNs) -> None:
        for latch in self._latches.values():
            slot = latch.slot
            if not slot.has_door:
                continue
            settled, latch.level = latch.level == slot.is_open, slot.is_open
            if settled and latch.seen_open != slot.is_open:
                latch.seen_open = slot.is_open
                self.post(DoorSeen(slot.name, slot.is_open, now))
        for bank in range(len(self._banks)):
            for latch in self._banks[bank]:
                if latch.watched_from is not None and latch.seen_open:
                    self._moved(latch)
            self._give_turn(bank)

    # Locks.

    def unlock(self, slot: "SimSlot", on: bool) -> None:
        latch, now = self._latches[slot], self.owner.mono
        if not slot.has_lock:
            return
        if on and not latch.wanted:
            latch.tries, latch.ready_at, latch.watched_from = TRIES, max(latch.ready_at, now), None
        elif not on:
            latch.tries = 0
            if latch.on_since is not None:
                latch.watched_from = None
                self._end_pulse(latch)
        latch.wanted = on
        self._give_turn(self._bank(latch))

    def _bank(self, latch: _Latch) -> int:
        return next(number for number, bank in enumerate(self._banks) if latch in bank)

    def _give_turn(self, bank: int) -> None:
        now = self.owner.mono
        if self._pulsed.get(bank) is not None:
            return
        waiting = [e for e in self._banks[bank] if e.tries and e.watched_from is None and e.ready_at <= now]
        if not waiting:
            return
        latch = self._pulsed[bank] = min(waiting, key=lambda each: each.ready_at)
        watching = latch.slot.has_door and not latch.seen_open
        latch.tries = latch.tries - 1 if watching else 0
        latch.on_since = now
        latch.slot.coil(True)
        self._spark(bank, now)
        self.owner.after(PULSE_MS, lambda: self._pulse_over(bank, latch, now))
        if watching:
            latch.watched_from = now
            self.owner.after(VERDICT_MS, lambda: self._judge_door(bank, latch, now))

    def _pulse_over(self, bank: int, latch: _Latch, began: int) -> None:
        if latch.on_since == began:
            self._end_pulse(latch)
            self._give_turn(bank)

    def _end_pulse(self, latch: _Latch) -> None:
        bank = self._bank(latch)
        latch.slot.coil(False)
        latch.on_since, latch.ready_at = None, self.owner.mono
        self._pulsed[bank] = None
        self._spark(bank, self.owner.mono)

    def _spark(self, bank: int, now: int) -> None:
        if bank == 0:
            self._sparks = [*(at for at in self._sparks if now - at < NS), now]

    def _moved(self, latch: _Latch) -> None:
        latch.watched_from = None
        latch.tries = latch.failures = 0
        if latch.jammed is not False:
            self._tell_lock(latch, None, "It opens.")

    def _judge_door(self, bank: int, latch: _Latch, began: int) -> None:
        if latch.watched_from != began:
            return
        latch.watched_from = None
        latch.failures += 1
        if latch.failures >= TRIES:
            latch.failures = 0
            detail = "Open it with the key; check the bolt, its plug and 12 V."
            self._tell_lock(latch, Trouble.JAMMED, f"The door did not move after {TRIES} pulses. {detail}")
        self._give_turn(bank)

    def _tell_lock(self, latch: _Latch, trouble: Trouble | None, detail: str) -> None:
        latch.jammed = trouble is not None
        self.post(DeviceReport(f"{latch.slot.name}.lock", trouble, detail, MonoNs(self.owner.mono)))

    # Cards.

    def open_reader(self) -> None:
        self.plug_reader(self.kiosk.reader_works)

    def plug_reader(self, there: bool) -> None:
        if there is self._listening:
            return
        trouble = None if there else Trouble.UNPLUGGED if self._listening else Trouble.NO_ANSWER
        self._listening = there
        detail = f"The card reader answers at {READER_PORT}." if there else GONE
        self.post(DeviceReport("reader", trouble, detail, MonoNs(self.owner.mono)))

    def tap(self, uid: str) -> None:
        if not self._listening:
            return
        now = MonoNs(self.owner.mono)
        last = self._cards.get(uid)
        if last is None or now - last >= ABSENT_NS:
            self._taps += 1
            self.post(CardSeen(uid, f"reader:{self.run_id}:{self._taps}", now))
        self._cards = {card: seen for card, seen in self._cards.items() if now - seen < ABSENT_NS}
        self._cards[uid] = now + CARD_LIES_NS
        self._noise.quiet(now)

    def noise(self, bad_frames: int) -> None:
        if not self._listening:
            return
        now = MonoNs(self.owner.mono)
        for _ in range(bad_frames):
            self._noise.bad(now)
        self._noise.quiet(now)
        self.owner.after(QUIET_AFTER_MS, lambda: self._noise.quiet(MonoNs(self.owner.mono)))

    # Coins.

    @property
    def chute_open(self) -> bool:
        return self._chute_open

    def open_chute(self) -> None:
        self._chute_open = True

    def send_pulses(self, first: int, pulses: int) -> None:
        end = first + (2 * pulses - 1) * COIN_PULSE_MS * MS
        train = self._train
        if train is not None and first - train.last_end < COIN_TIMING.gap_ms * MS:
            train.pulses, train.last_end = train.pulses + pulses, end
        else:
            self._trains += 1
            train = self._train = _Train(self._trains, first, pulses, end)
        self._await_pulse(train, first, pulses)
        self.owner.after(self._ms_until(end) + COIN_TIMING.gap_ms, lambda: self._tell_train(train, end))

    def _await_pulse(self, train: _Train, begins: int, left: int) -> None:
        """Looks at a pulse once it is over, and at the coin's next one while there is anything to learn from it."""
        if left and not (train.proven and self._sure_pulses >= KNOWN_PULSES):
            self.owner.after(self._ms_until(begins) + COIN_PULSE_MS, lambda: self._judge_pulse(train, begins, left))

    def _judge_pulse(self, train: _Train, began: int, left: int) -> None:
        doubtful = any(began - SPARKS_NS <= at <= began + COIN_PULSE_MS * MS for at in self._sparks)
        self._sure_pulses += not doubtful
        if not train.proven and (not doubtful or self._sure_pulses >= KNOWN_PULSES):
            train.proven = True
            self.post(CoinPulseStarted(self._train_id(train), MonoNs(train.first)))
        self._await_pulse(train, began + 2 * COIN_PULSE_MS * MS, left - 1)

    def _tell_train(self, train: _Train, end: int) -> None:
        if train.last_end == end and train.proven:
            value = MinorUnits(COIN_UNIT * train.pulses)
            now = MonoNs(self.owner.mono)
            self.post(CoinSeen(value, self._train_id(train), MonoNs(train.first), now))

    def _train_id(self, train: _Train) -> str:
        return f"coin:{self.run_id}:{train.number}"

    def _ms_until(self, instant: int) -> int:
        return (instant - self.owner.mono) // MS
