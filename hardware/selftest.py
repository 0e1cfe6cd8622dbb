"""Asks every device whether it works, and says to somebody with a screwdriver what to do about those that do not.

The sensor behind a relay is what proves the relay: without a phone, too, the voltage on the port tells on from off and
a welded contact from both. Slots are sampled together while their relays are off, then switched one after the other,
each off again before the next. Nothing else is switched: a lock would open a door.

It works on a `Wiring` whose threads run, in a kiosk of its own or inside a running one; there the owner of the outputs
does the switching, and slots in use are left alone.
"""

import time
from collections.abc import Callable, Collection, Mapping

from hardware.selftest_check import Check, Watch, skipped
from hardware.selftest_kiosk import KioskTest
from hardware.selftest_slot import SAMPLING_S, SetPower, SlotTest
from hardware.specs import Pinmap
from hardware.wiring import Wiring
from hardware.workers import Clock
from sessions.units import SlotName

__all__ = ["Check", "SetPower", "run_checks"]


def run_checks(
    pinmap: Pinmap,
    wiring: Wiring,
    *,
    slots: Collection[SlotName] | None = None,
    skip: Mapping[SlotName, str] | None = None,
    power: bool = True,
    set_power: SetPower | None = None,
    progress: Callable[[Check], object] = lambda check: None,
    clock: Clock = time.monotonic_ns,
    pause: Callable[[float], object] = time.sleep,
) -> list[Check]:
    """Ask every device of a started wiring, or of some ``slots`` only; gives a `Check` for each question.

    ``skip`` names slots to leave alone, each with the reason. ``power`` False switches no relay. ``set_power`` switches
    one instead of the wiring's own slot, and says False when it is somebody else's to switch by now. A slot that has
    power already is left alone. ``progress`` is told each check at once. ``pause`` lets time pass; an exception from
    it, or a signal, ends the test with the relay off.

    Takes 2 s and about as much for each slot; blocks the calling thread.
    """
    checks: list[Check] = []

    def tell(check: Check) -> None:
        checks.append(check)
        progress(check)

    watch = Watch(clock, pause)
    kiosk = KioskTest(pinmap, wiring, watch) if slots is None else None
    switch = set_power or _own_switch(wiring)
    tests = []
    for spec in pinmap.slots:
        name = SlotName(spec.name)
        if slots is not None and name not in slots:
            continue
        if skip is not None and name in skip:
            tell(skipped(name, "everything", skip[name]))
        else:
            tests.append(SlotTest(spec, wiring.slots[name], watch, switch if power else None))
    watch.until(lambda: all(test.sampled for test in tests), SAMPLING_S)
    for test in tests:
        for check in test.run():
            tell(check)
    for check in kiosk.run() if kiosk is not None else ():
        tell(check)
    return checks


def _own_switch(wiring: Wiring) -> SetPower:
    def switch(name: SlotName, on: bool) -> bool:
        wiring.slots[name].set_power(on)
        return True

    return switch
