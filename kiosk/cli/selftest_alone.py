"""A self-test while no kiosk runs: builds the devices, asks them, and leaves everything off."""

import signal
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from hardware.backend import Pi
from hardware.bench.bench import Bench
from hardware.pinmap import Pinmap, load_pinmap
from hardware.selftest import Check, run_checks
from hardware.wiring import wire
from kiosk.simulation.places import BENCH_PINS, BENCH_WORLD
from sessions.errors import UnknownSlot
from sessions.ports import Observation
from sessions.store.lock import DataLock
from sessions.units import SlotName


def run_alone(
    data_dir: Path, pinmap_file: Path, slot: str | None, *, simulate: bool, progress: Callable[[Check], object]
) -> list[Check]:
    """Test every device, or those of one slot. The data directory's lock keeps a kiosk from starting meanwhile.

    Raises `StoreBusy` naming the process that holds the data directory, `UnknownSlot`, `PinmapError`, and `DeviceError`
    for pins or a bus that are not there.
    """
    pinmap = load_pinmap(pinmap_file)
    if slot is not None and slot not in (names := [spec.name for spec in pinmap.slots]):
        raise UnknownSlot(f"There is no slot '{slot}' in {pinmap_file}. There are: {', '.join(names)}.")
    with ExitStack() as held:
        if data_dir.is_dir():
            held.enter_context(DataLock(data_dir))
        # Told to end, or left by its terminal, it must switch off first; Python by itself does so only for Ctrl-C.
        for number in (signal.SIGTERM, signal.SIGHUP):
            held.callback(signal.signal, number, signal.signal(number, _told_to_end))
        backend = held.enter_context(_bench(pinmap, data_dir)) if simulate else Pi()
        wiring = wire(pinmap, backend, _nobody_listens)
        held.callback(wiring.stop)
        wiring.start()
        return run_checks(pinmap, wiring, slots=None if slot is None else {SlotName(slot)}, progress=progress)


def _bench(pinmap: Pinmap, data_dir: Path) -> Bench:
    """The simulated kiosk as the last run left it; without a data directory a new one that leaves nothing behind."""
    if not data_dir.is_dir():
        return Bench(pinmap)
    return Bench(pinmap, memory=data_dir / BENCH_PINS, world=data_dir / BENCH_WORLD)


def _told_to_end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _nobody_listens(observation: Observation) -> None:
    """Takes what devices report by themselves: here they are asked."""
