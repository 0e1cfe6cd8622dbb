"""A self-test while no kiosk runs: builds the devices, asks them, keeps what came of it, and leaves everything off."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from hardware.backend import Backend, Pi
from hardware.bench.bench import Bench
from hardware.bench.technician import Technician
from hardware.pinmap import Pinmap, load_pinmap
from hardware.selftest import Load, Person, run_checks
from hardware.wiring import wire
from kiosk.clock import SystemClock, monotonic
from kiosk.selftest_machine import machine_checks
from kiosk.settings_model import FirebaseSettings
from kiosk.simulation.places import BENCH_PINS, BENCH_WORLD
from sessions.errors import UnknownSlot
from sessions.journaling import SelfTest
from sessions.ports import Json, Observation
from sessions.store.database import store_path
from sessions.store.journal import Journal
from sessions.store.lock import DataLock
from sessions.store.opening import open_store
from sessions.units import SlotName

STORED_S = 10.0


@dataclass(frozen=True, slots=True)
class Alone:
    """What to test without a kiosk, and how."""

    data_dir: Path
    pinmap_file: Path
    slot: str | None
    simulate: bool
    person: Person | None
    unasked: bool
    load: Load | None
    firebase: FirebaseSettings | None


def run_alone(asked: Alone, progress: Callable[[Json], object]) -> list[Json]:
    """Test every device, or those of one slot. The data directory's lock keeps a kiosk from starting meanwhile.

    Raises `StoreBusy` naming the process that holds the data directory, `UnknownSlot`, `PinmapError`, and `DeviceError`
    for pins or a bus that are not there.
    """
    pinmap = load_pinmap(asked.pinmap_file)
    if asked.slot is not None and asked.slot not in (names := [spec.name for spec in pinmap.slots]):
        raise UnknownSlot(f"There is no slot '{asked.slot}' in {asked.pinmap_file}. There are: {', '.join(names)}.")
    checks: list[Json] = []

    def found(check: Json) -> None:
        checks.append(check)
        progress(check)

    with ExitStack() as held:
        if asked.data_dir.is_dir():
            held.enter_context(DataLock(asked.data_dir))
        if asked.slot is None:
            for check in machine_checks(asked.data_dir, asked.firebase, simulate=asked.simulate):
                found(check.as_json())
        _test_devices(asked, pinmap, held, found)
        _keep(asked.data_dir, checks)
    return checks


def _test_devices(asked: Alone, pinmap: Pinmap, held: ExitStack, found: Callable[[Json], None]) -> None:
    backend: Backend = Pi()
    person = asked.person
    if asked.simulate:
        backend = bench = held.enter_context(_bench(pinmap, asked.data_dir))
        if not asked.unasked:
            person = technician = Technician(bench)
            held.callback(technician.rest)
    wiring = wire(pinmap, backend, _nobody_listens)
    held.callback(wiring.stop)
    wiring.start()
    run_checks(
        pinmap,
        wiring,
        slots=None if asked.slot is None else {SlotName(asked.slot)},
        person=person,
        unasked=asked.unasked,
        load=asked.load,
        progress=lambda check: found(check.as_json()),
    )


def _keep(data_dir: Path, checks: list[Json]) -> None:
    """Into the store, if there is one: a first start makes it, not a test."""
    path = store_path(data_dir)
    if not path.exists():
        return
    now = SystemClock()()
    open_store(path, now)
    journal = Journal(
        path, mono=monotonic, on_ack=lambda seq: None, on_trouble=lambda why: None, on_death=lambda e: None
    )
    try:
        passed = all(check["result"] != "fail" for check in checks)
        journal.selftest(SelfTest(now.utc, passed, tuple(checks)))
        journal.flush(STORED_S)
    finally:
        journal.close()


def _bench(pinmap: Pinmap, data_dir: Path) -> Bench:
    """The simulated kiosk as the last run left it; without a data directory a new one that leaves nothing behind."""
    if not data_dir.is_dir():
        return Bench(pinmap)
    return Bench(pinmap, memory=data_dir / BENCH_PINS, world=data_dir / BENCH_WORLD)


def _nobody_listens(observation: Observation) -> None:
    """Takes what devices report by themselves: here they are asked."""
