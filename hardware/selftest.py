"""Asks every device whether it works, and says to somebody with a screwdriver what to do about those that do not.

Parts test each other. The sensor behind a relay proves the relay: without a phone, too, the voltage on the port tells
on from off and a welded contact from both. A door's switch proves its lock, a known load the shunt, the acknowledge bit
a display. What no part can prove, a person is asked, and without one it is left out, with the reason: nothing passes
that was not measured or seen.

Slots are taken one after the other, each out of use only while it is tested, and given back with everything off,
however the test ends. It works on a `Wiring` whose threads run, in a kiosk of its own or inside a running one; there
the kiosk's owner does the switching (`hardware.selftest_tools.Hands`).
"""

import time
from collections.abc import Callable, Collection, Generator
from contextlib import closing

from hardware.selftest_check import Check, Watch
from hardware.selftest_contactor import ContactorTest
from hardware.selftest_hands import OwnHands
from hardware.selftest_kiosk import KioskTest
from hardware.selftest_slot import SlotTest
from hardware.selftest_tools import Hands, Load, Person, Question, Said, Tools
from hardware.specs import Pinmap
from hardware.wiring import Wiring
from hardware.workers import Clock
from sessions.units import SlotName

__all__ = ["Check", "Hands", "Load", "Person", "Question", "Said", "run_checks"]


def run_checks(
    pinmap: Pinmap,
    wiring: Wiring,
    *,
    slots: Collection[SlotName] | None = None,
    hands: Hands | None = None,
    person: Person | None = None,
    load: Load | None = None,
    unasked: bool = False,
    power: bool = True,
    progress: Callable[[Check], object] = lambda check: None,
    clock: Clock = time.monotonic_ns,
    pause: Callable[[float], object] = time.sleep,
) -> list[Check]:
    """Ask every device of a started wiring, or of some ``slots`` only; gives a `Check` for each question.

    ``hands`` switch instead of the wiring itself. ``person`` answers; without one what only people can tell is left
    out, and no door is opened unless ``unasked`` allows it. ``load`` is what is at hand for calibration. ``power``
    False switches neither relays nor locks. ``progress`` is told each check at once. ``pause`` lets time pass; an
    exception from it, from ``progress``, or a signal, ends the test with everything off.

    Takes some 4 s a slot and 4 s for the rest, and as long as the person takes; blocks the calling thread.
    """
    tools = Tools(Watch(clock, pause), hands or OwnHands(wiring, clock), person, load, unasked)
    chosen = [spec for spec in pinmap.slots if slots is None or spec.name in slots]
    parts: list[Generator[Check, None, None]] = [
        SlotTest(spec, wiring.slots[SlotName(spec.name)], tools, power=power).run() for spec in chosen
    ]
    if slots is None:
        parts.insert(0, KioskTest(pinmap, wiring, tools).run())
        if wiring.contactor is not None:
            parts.append(ContactorTest(pinmap, wiring, wiring.contactor, tools, power=power).run())
    checks = []
    try:
        if power and wiring.contactor is not None:
            tools.hands.mains(True)
        for part in parts:
            # Closed at once, so that a test that is broken off gives its slot back before anybody looks.
            with closing(part):
                for check in part:
                    checks.append(check)
                    progress(check)
    finally:
        if power and wiring.contactor is not None:
            tools.hands.leave_mains()
    return checks
