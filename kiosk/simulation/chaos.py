"""What goes wrong at a simulated kiosk, and when: one seeded life for each kind of fault.

Each kind comes so many times a day on average, lasts a while, and mends; faults of different kinds overlap as they
like.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kiosk.simulation import slot_faults
from kiosk.simulation.crowd import Life, let_live
from kiosk.simulation.kiosk import SimKiosk
from kiosk.simulation.slot import SimSlot
from kiosk.simulation.virtual import Cut
from sessions import commands as c
from sessions.ports import Trouble
from sessions.safety import stands

YEAR_MS = 365 * 86_400_000
DAY_S = 86_400


@dataclass(slots=True)
class Chaos:
    """Breaks things."""

    kiosk: SimKiosk
    rng: random.Random
    happened: Counter[str]

    def begin(self, kinds: Iterable[str], as_often: float = 1.0) -> None:
        """Starts the chosen kinds of `FAULTS`, each with a chance of its own, so many times as often as usual."""
        for kind in kinds:
            for name, a_day, life in FAULTS[kind]:
                rng = random.Random(self.rng.getrandbits(64))
                let_live(self.kiosk, self._again_and_again(name, a_day * as_often, life, rng))

    def _again_and_again(
        self, name: str, a_day: float, life: Callable[["Chaos", random.Random], Life], rng: random.Random
    ) -> Life:
        while True:
            yield rng.expovariate(a_day / DAY_S)
            self.happened[name] += 1
            yield from life(self, rng)

    def slot(self, rng: random.Random) -> SimSlot:
        """Any of the slots."""
        return rng.choice(list(self.kiosk.slots.values()))


def _outage(rng: random.Random) -> float:
    return rng.choice((rng.uniform(1, 30), rng.uniform(30, 900), rng.uniform(900, 20_000)))


def _power_cut(chaos: Chaos, rng: random.Random) -> Life:
    """The power goes between two beats of the marks."""
    kiosk = chaos.kiosk
    if kiosk.running:
        kiosk.beat()
    yield rng.uniform(0, 10)
    if kiosk.running:
        kiosk.power_cut(_outage(rng))


def _torn_commit(chaos: Chaos, rng: random.Random) -> Life:
    """The power goes while something is being stored, or between storing and telling."""
    kiosk = chaos.kiosk
    if kiosk.running:
        kiosk.beat()
        kiosk.cut_after_next_decision(rng.choice((0, 2, 4, 5, 6, 60)), Cut(_outage(rng), rng.random() < 0.7))
    yield 1


def _crash(chaos: Chaos, rng: random.Random) -> Life:
    """The process ends and is started again, in the same boot."""
    if chaos.kiosk.running:
        chaos.kiosk.beat()
    yield rng.uniform(0, 10)
    if chaos.kiosk.running:
        chaos.kiosk.power_cut(rng.uniform(2, 15), new_boot=False)


def _bus_thread(chaos: Chaos, rng: random.Random) -> Life:
    """The thread of the bus dies and is started again: no slot is read for a while."""
    for slot in chaos.kiosk.slots.values():
        slot.silence(rng.choice((0.5, 1.5, 4.0)))
    yield 5


def _reader_thread(chaos: Chaos, rng: random.Random) -> Life:
    """The reader is deaf for a while."""
    chaos.kiosk.plug_reader(False)
    yield rng.uniform(1, 120)
    chaos.kiosk.plug_reader(True)


def _garbage(chaos: Chaos, rng: random.Random) -> Life:
    """Noise on the reader's line: bad frames, and now and then one that looks like a card, or the same twice."""
    kiosk = chaos.kiosk
    uid = ""
    for _ in range(rng.randrange(1, 12)):
        bad_frames, looks_good, repeats = rng.choice((0, 1, 3, 40)), rng.random() < 0.7, rng.random() < 0.2
        uid = uid if repeats and uid else f"em4100:{rng.getrandbits(32):08X}"
        if kiosk.running:
            kiosk.electronics.noise(bad_frames)
            if looks_good:
                kiosk.electronics.tap(uid)
        yield rng.uniform(0.05, 2)


def _clock_step(chaos: Chaos, rng: random.Random) -> Life:
    """The wall clock jumps by a year, and by and by back."""
    step = rng.choice((-YEAR_MS, YEAR_MS))
    chaos.kiosk.owner.utc_ms += step
    yield rng.uniform(10, 20_000)
    chaos.kiosk.owner.utc_ms -= step


def _slow_disk(chaos: Chaos, rng: random.Random) -> Life:
    """Every commit takes long."""
    chaos.kiosk.journal.commit_ms = rng.choice((250, 1000, 4000))
    yield rng.uniform(10, 600)
    chaos.kiosk.journal.commit_ms = 4


def _full_disk(chaos: Chaos, rng: random.Random) -> Life:
    """Nothing can be stored: after a moment the kiosk stops selling, until it can."""
    kiosk = chaos.kiosk
    kiosk.journal.stalled = True
    yield rng.uniform(0.5, 3)
    kiosk.ask(c.SetSelling(False, "the disk is full"))
    yield rng.uniform(5, 3000)
    kiosk.journal.stalled = False
    kiosk.ask(c.SetSelling(True, "storing works again"))


def _danger(chaos: Chaos, rng: random.Random) -> Life:
    """Somebody presses the stop button."""
    chaos.kiosk.ask(c.SetDanger(True, "stop button"))
    yield rng.uniform(1, 900)
    chaos.kiosk.ask(c.SetDanger(False, "stop button"))


def _weak(chaos: Chaos, rng: random.Random, source: str) -> Life:
    """A danger that ends by itself."""
    chaos.kiosk.ask(c.SetDanger(True, f"{source} out of its limits", source))
    yield rng.uniform(30, 3000)
    chaos.kiosk.ask(c.SetDanger(False, f"{source} within its limits", source))


def _heat(chaos: Chaos, rng: random.Random) -> Life:
    """The cabinet is too hot for a while."""
    return _weak(chaos, rng, "temperature")


def _low_supply(chaos: Chaos, rng: random.Random) -> Life:
    """The supply's voltage breaks down."""
    return _weak(chaos, rng, "supply")


def _loop(chaos: Chaos, rng: random.Random) -> Life:
    """The stop button or the smoke detector: it ends, and some time later somebody comes and looks after it."""
    kiosk, source = chaos.kiosk, rng.choice(("stop", "smoke"))
    kiosk.ask(c.SetDanger(True, f"the {source} loop is open", source))
    yield rng.uniform(1, 900)
    kiosk.ask(c.SetDanger(False, f"the {source} loop is closed", source))
    yield rng.uniform(10, 3600)
    while stands(kiosk.state, source):
        kiosk.ask(c.AcknowledgeDanger(c.Actor("staff:sim", staff=True), "looked after"))
        yield rng.uniform(10, 60)


def _expander(chaos: Chaos, rng: random.Random) -> Life:
    """The expander of all door switches falls silent, and with it they and the safety loops."""
    kiosk = chaos.kiosk
    devices = [f"{name}.door" for name, slot in kiosk.slots.items() if slot.has_door]
    kiosk.ask(c.SetDanger(True, "nobody can see the loops", "unseen"))
    for device in ("io1", *devices):
        kiosk.ask(c.DeviceTrouble(device, Trouble.NO_ANSWER.value, f"{device} does not answer."))
    yield rng.choice((rng.uniform(1, 20), rng.uniform(60, 4000)))
    for device in ("io1", *devices):
        while device in kiosk.state.faults and not kiosk.ask(c.DeviceTrouble(device, None, "It answers again.")):
            yield 5
    kiosk.ask(c.SetDanger(False, "the loops are seen again", "unseen"))


def _dry_run(chaos: Chaos, rng: random.Random) -> Life:
    """The pump's hose hangs out of the water, and nobody notices for a while."""
    spout = chaos.kiosk.spout
    if spout is not None:
        spout.run_dry(True)
        yield rng.uniform(60, 20_000)
        spout.run_dry(False)


def _deaf_spout(chaos: Chaos, rng: random.Random) -> Life:
    """The dispenser's driver hangs for some seconds."""
    spout = chaos.kiosk.spout
    if spout is not None:
        spout.asleep = True
        yield rng.uniform(0.5, 30)
        spout.asleep = False
        spout.wake()


_Life = Callable[[Chaos, random.Random], Life]

FAULTS: dict[str, tuple[tuple[str, float, _Life], ...]] = {
    "power": (("power_cut", 0.5, _power_cut), ("torn_commit", 0.5, _torn_commit)),
    "thread": (("crash", 0.3, _crash), ("bus_thread", 1, _bus_thread), ("reader_thread", 1, _reader_thread)),
    "sensor": (
        ("silent_sensor", 2, slot_faults.silent_sensor),
        ("stuck_sensor", 1, slot_faults.stuck_sensor),
        ("brown_out", 2, slot_faults.brown_out),
    ),
    "reader": (("garbage", 2, _garbage),),
    "clock": (("clock_step", 0.5, _clock_step),),
    "disk": (("slow_disk", 1, _slow_disk), ("full_disk", 0.3, _full_disk)),
    "door": (("forced_door", 0.5, slot_faults.forced_door), ("open_door", 1, slot_faults.open_door)),
    "lock": (("jam", 0.5, slot_faults.jam),),
    "relay": (("welded_relay", 0.1, slot_faults.welded_relay), ("danger", 0.2, _danger)),
    "water": (("dry_run", 0.5, _dry_run), ("deaf_spout", 20, _deaf_spout)),
    "people": (),
    "safety": (("heat", 0.2, _heat), ("low_supply", 0.2, _low_supply), ("loop", 0.2, _loop)),
    "expander": (("expander", 0.2, _expander),),
    "display": (("display", 0.5, slot_faults.display),),
}
"""Kinds of faults, and of each what happens, how many times a day on average. ``people``: customers who do everything
wrong (`kiosk.simulation.crowd`)."""
