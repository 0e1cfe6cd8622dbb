"""Lock pulses on the bench's doors: how long, how often, one at a time, and what a jam looks like."""

import random
from collections.abc import Callable

import pytest

from hardware.bench.door_lock import BenchDoor, Position
from hardware.lock import MOVE_NS, TRIES, Lock, LockBank, LockTiming
from sessions.ports import DeviceReport, Trouble
from tests.hardware.clock import HandClock
from tests.hardware.wait import Inbox, wait_for

LATCH = LockTiming("latch", pulse_ms=500, max_on_ms=3_000, cooldown_ms=3_000)
BOLT = LockTiming("solenoid", pulse_ms=500, max_on_ms=3_000, cooldown_ms=3_000)


class Coil:
    """An output that pulls a bench door's bolt and keeps a diary."""

    def __init__(self, door: BenchDoor, clock: HandClock) -> None:
        self.on = False
        self.pulses: list[tuple[float, float]] = []
        self._door = door
        self._clock = clock
        self._since = 0.0

    def set(self, on: bool) -> None:
        now = self._clock() / 1e9
        if on and not self.on:
            self._since = now
        elif self.on and not on:
            self.pulses.append((self._since, now))
        self.on = on
        self._door.coil(on)

    def shut(self) -> None:
        self.set(False)

    @property
    def lengths(self) -> list[float]:
        return [round(end - begin, 3) for begin, end in self.pulses]


class Kiosk:
    """Some locks of one bank, moved by hand in steps of 10 ms."""

    def __init__(self, timing: LockTiming, count: int = 1, switch: bool = True) -> None:
        self.clock = HandClock()
        self.inbox = Inbox()
        self.bank = LockBank(self.inbox, clock=self.clock)
        self.seen_open: list[bool | None] = [None] * count
        self.doors = [BenchDoor(timing.kind, self._switch(n), clock=self.clock) for n in range(count)]
        self.coils = [Coil(door, self.clock) for door in self.doors]
        self.locks = [
            Lock(
                f"slot{n + 1}.lock",
                coil,
                timing,
                self.bank,
                self._look(n) if switch else lambda: None,
            )
            for n, coil in enumerate(self.coils)
        ]
        self.most_on = 0

    def _look(self, n: int) -> Callable[[], bool | None]:
        return lambda: self.seen_open[n]

    def _switch(self, n: int) -> Callable[[bool], None]:
        def tell(is_open: bool) -> None:
            self.seen_open[n] = is_open

        return tell

    def powered(self) -> list[bool]:
        return [coil.on for coil in self.coils]

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds * 100)):
            self.bank.work()
            self.most_on = max(self.most_on, sum(coil.on for coil in self.coils))
            self.clock.advance(0.01)

    def troubles(self) -> list[tuple[str, Trouble | None]]:
        return [(report.device, report.trouble) for report in self.inbox.of(DeviceReport)]


def test_a_rise_is_one_pulse_that_springs_the_door_ajar():
    kiosk = Kiosk(LATCH)
    kiosk.locks[0].set_unlocked(True)
    kiosk.run(2)
    kiosk.locks[0].set_unlocked(True)
    kiosk.run(8)
    assert kiosk.coils[0].lengths == [0.5]
    assert kiosk.doors[0].position is Position.AJAR
    kiosk.doors[0].shut()
    kiosk.locks[0].set_unlocked(False)
    kiosk.run(1)
    kiosk.locks[0].set_unlocked(True)
    kiosk.run(1)
    assert kiosk.coils[0].lengths == [0.5, 0.5]
    assert kiosk.troubles() == [("slot1.lock", None)], "well is told once"


def test_a_pulse_never_exceeds_the_rating():
    kiosk = Kiosk(LockTiming("latch", pulse_ms=900, max_on_ms=400, cooldown_ms=1_000))
    kiosk.locks[0].set_unlocked(True)
    kiosk.run(3)
    assert kiosk.coils[0].lengths == [0.4]


def test_one_lock_at_a_time_in_the_order_they_were_wanted():
    kiosk = Kiosk(LATCH, count=4)
    for n in (2, 0, 3, 1):
        kiosk.locks[n].set_unlocked(True)
        kiosk.clock.advance(0.001)
    kiosk.run(4)
    assert kiosk.most_on == 1
    begun = [coil.pulses[0][0] for coil in kiosk.coils]
    assert sorted(range(4), key=begun.__getitem__) == [2, 0, 3, 1]
    assert max(begun) - min(begun) < 4 * 0.52


def test_locked_cuts_the_pulse_at_once_and_cancels_what_waits():
    kiosk = Kiosk(LATCH, count=2)
    for lock in kiosk.locks:
        lock.set_unlocked(True)
    kiosk.run(0.05)
    assert kiosk.powered() == [True, False]
    kiosk.locks[1].off()
    kiosk.locks[0].off()
    assert kiosk.powered() == [False, False]
    kiosk.run(10)
    assert kiosk.coils[0].lengths == [0.05]
    assert kiosk.coils[1].pulses == []
    assert kiosk.doors[0].position is Position.SHUT, "50 ms pull no bolt"
    assert kiosk.troubles() == [], "a pulse cut short proves nothing"


def test_an_opening_that_is_told_late_is_not_taken_for_the_next_unlockings():
    kiosk = Kiosk(LATCH)
    kiosk.seen_open[0] = False
    kiosk.doors[0] = BenchDoor("latch", clock=kiosk.clock)
    kiosk.coils[0]._door = kiosk.doors[0]
    kiosk.locks[0].set_unlocked(True)
    kiosk.run(0.6)
    kiosk.doors[0].shut()
    kiosk.locks[0].off()
    kiosk.seen_open[0] = True
    kiosk.locks[0].set_unlocked(True)
    kiosk.run(1)
    assert kiosk.coils[0].lengths == [0.5, 0.5]
    assert kiosk.doors[0].position is Position.AJAR


def test_a_jam_is_reported_after_three_pulses_within_one_unlocking_of_five_seconds():
    kiosk = Kiosk(LATCH)
    kiosk.doors[0].jammed = True
    kiosk.locks[0].set_unlocked(True)
    kiosk.run(5)
    assert kiosk.coils[0].lengths == [0.5] * TRIES
    assert kiosk.troubles() == [("slot1.lock", Trouble.JAMMED)]
    kiosk.locks[0].off()
    kiosk.doors[0].jammed = False
    kiosk.locks[0].set_unlocked(True)
    kiosk.run(4)
    assert kiosk.troubles() == [("slot1.lock", Trouble.JAMMED), ("slot1.lock", None)]


def test_a_jam_that_staff_took_as_mended_and_is_not_is_told_again():
    kiosk = Kiosk(LATCH)
    kiosk.doors[0].jammed = True
    for _ in range(2):
        kiosk.locks[0].set_unlocked(True)
        kiosk.run(5)
        kiosk.locks[0].off()
        kiosk.run(5)
    assert kiosk.troubles() == [("slot1.lock", Trouble.JAMMED)] * 2


def test_tries_that_the_rating_forbids_are_made_up_at_the_next_unlocking():
    kiosk = Kiosk(LockTiming("latch", pulse_ms=500, max_on_ms=600, cooldown_ms=3_000))
    kiosk.doors[0].jammed = True
    for pulses in (2, 4):
        kiosk.locks[0].set_unlocked(True)
        kiosk.run(5)
        kiosk.locks[0].off()
        assert len(kiosk.coils[0].pulses) == pulses
        kiosk.run(5)
    assert kiosk.troubles() == [("slot1.lock", Trouble.JAMMED)]


def test_a_door_already_open_is_no_jam():
    kiosk = Kiosk(LATCH)
    kiosk.doors[0].open(by_force=True)
    kiosk.locks[0].set_unlocked(True)
    kiosk.run(5)
    assert kiosk.coils[0].lengths == [0.5]
    assert kiosk.troubles() == []


def test_without_a_door_switch_one_pulse_and_no_verdict():
    kiosk = Kiosk(LATCH, switch=False)
    kiosk.doors[0].jammed = True
    kiosk.locks[0].set_unlocked(True)
    kiosk.run(9)
    assert kiosk.coils[0].lengths == [0.5]
    assert kiosk.troubles() == []


def test_a_switch_that_falls_silent_accuses_nobody():
    kiosk = Kiosk(LATCH)
    kiosk.doors[0].jammed = True
    for _ in range(TRIES + 1):
        kiosk.seen_open[0] = False
        kiosk.locks[0].set_unlocked(True)
        kiosk.run(0.6)
        kiosk.seen_open[0] = None
        kiosk.run(5)
        kiosk.locks[0].off()
    assert kiosk.troubles() == []


def test_a_bolt_is_held_while_wanted_within_its_rating_and_then_rests():
    kiosk = Kiosk(BOLT)
    kiosk.locks[0].set_unlocked(True)
    kiosk.run(1)
    held = kiosk.doors[0].unlocked
    kiosk.locks[0].set_unlocked(False)
    assert (held, kiosk.doors[0].unlocked) == (True, False)
    kiosk.locks[0].set_unlocked(True)
    kiosk.run(10)
    assert kiosk.coils[0].lengths == [1.0, 3.0]
    assert kiosk.coils[0].pulses[1][0] - kiosk.coils[0].pulses[0][1] >= 3, "it rested"
    assert kiosk.troubles() == []


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_wanted_no_coil_exceeds_its_rating_and_never_two_are_on(seed):
    rng = random.Random(seed)
    timing = LockTiming(rng.choice(["latch", "solenoid"]), rng.randrange(100, 1500), 1_500, 1_000)
    kiosk = Kiosk(timing, count=3)
    for _ in range(60):
        n = rng.randrange(3)
        kiosk.locks[n].set_unlocked(rng.random() < 0.6)
        kiosk.doors[n].jammed = rng.random() < 0.3
        if rng.random() < 0.3:
            kiosk.doors[n].shut()
        kiosk.run(rng.choice([0.03, 0.2, 1, 3]))
    assert kiosk.most_on <= 1
    for coil in kiosk.coils:
        warm, cold_at = 0.0, 0.0
        for begin, end in coil.pulses:
            warm = end - begin if begin >= cold_at else warm + end - begin
            assert warm <= 1.5 + 0.011, "one step of our hand"
            cold_at = end + 1.0


def test_the_thread_gives_pulses_and_leaves_none_on():
    door = BenchDoor("latch")
    held = []

    class Line:
        on = False

        def set(self, on: bool) -> None:
            self.on = on
            held.append(on)
            door.coil(on)

        def shut(self) -> None:
            self.set(False)

    bank = LockBank(Inbox())
    line = Line()
    lock = Lock("slot1.lock", line, LockTiming(pulse_ms=150), bank, lambda: door.position is not Position.SHUT)
    bank.start()
    try:
        lock.set_unlocked(True)
        assert door.wait_unlocked(5)
        assert door.open()
        wait_for(lambda: not line.on, "the pulse's end")
        lock.set_unlocked(False)
        door.shut()
        lock.set_unlocked(True)
        wait_for(lambda: line.on, "the next pulse")
    finally:
        bank.stop()
    assert not line.on


class TestBenchDoor:
    def test_a_locked_door_opens_only_by_force(self):
        door = BenchDoor("latch")
        assert not door.open()
        assert not door.wait_unlocked(0.01)
        assert door.open(by_force=True)
        assert door.position is Position.OPEN

    def test_a_door_without_a_lock_is_just_opened(self):
        assert BenchDoor(None).open()

    def test_a_stuck_switch_tells_the_truth_again_when_mended(self):
        told: list[bool] = []
        door = BenchDoor(None, told.append)
        door.switch_stuck = True
        door.open()
        assert told[-1] is False
        door.switch_stuck = False
        assert told[-1] is True

    def test_a_coil_left_on_by_a_killed_process_frees_its_bolt_once(self):
        clock = HandClock()
        door = BenchDoor("latch", clock=clock)
        door.coil(True)
        clock.advance(1)
        assert door.unlocked
        assert door.open()
        door.shut()
        assert not door.unlocked

    def test_a_short_hum_frees_nothing(self):
        clock = HandClock()
        door = BenchDoor("latch", clock=clock)
        door.coil(True)
        clock.advance(MOVE_NS / 1e9 / 20)
        door.coil(False)
        assert not door.unlocked
