"""A pinmap tried on a bench of its own, before it touches a real pin: every device is built, asked, and must answer."""

import threading
import time
from typing import Final

from hardware.bench.bench import Bench
from hardware.errors import HardwareError
from hardware.specs import Pinmap
from hardware.wiring import Wiring, wire
from sessions.ports import DeviceReport, Observation

PATIENCE_S: Final = 3.0
"""Three polls of every sensor and door take 0.3 s; a machine that is busy takes longer."""
LOOK_S: Final = 0.02


def trial(pinmap: Pinmap, patience_s: float = PATIENCE_S) -> list[str]:
    """Wire a pinmap to a bench made for it, and give a sentence for each device that could not be built or asked."""
    reports: dict[str, DeviceReport] = {}

    def post(seen: Observation) -> None:
        if isinstance(seen, DeviceReport):
            reports[seen.device] = seen

    try:
        bench = Bench(pinmap)
    except ValueError as error:
        return [f"the bench cannot be built so: {error}"]
    with bench:
        try:
            wiring = wire(pinmap, bench, post)
        except (HardwareError, ValueError) as error:
            return [str(error)]
        try:
            wiring.start()
            silent = _silent(wiring, patience_s)
        finally:
            wiring.stop()
    failed = [f"{each.device}: {each.detail}" for each in reports.values() if each.trouble is not None]
    return failed or [f"{device} said nothing for {patience_s:g} s" for device in silent]


def _silent(wiring: Wiring, patience_s: float) -> list[str]:
    """Wait until every sensor and every door has spoken; give those that have not."""
    pause = threading.Event()
    end = time.monotonic() + patience_s
    while True:
        silent = [f"{name}.sensor" for name, slot in wiring.slots.items() if slot.sensor.readings.newest is None]
        silent += [f"{name}.door" for name, slot in wiring.slots.items() if slot.has_door and slot.door_open() is None]
        if not silent or time.monotonic() >= end:
            return silent
        pause.wait(LOOK_S)
