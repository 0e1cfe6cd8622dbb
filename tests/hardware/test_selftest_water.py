"""The water's self-test on the bench: each question answered well once, and badly for each thing that can be broken."""

from collections.abc import Callable

import pytest

from hardware.bench.bench import Bench
from hardware.selftest_check import Check, Watch
from hardware.selftest_hands import OwnHands
from hardware.selftest_tools import Person, Question, Said, Tools
from hardware.selftest_water import WaterTest
from hardware.wiring import wire
from tests.hardware.clock import HandClock
from tests.hardware.pinmaps import small_kiosk
from tests.hardware.test_water import WATER
from tests.hardware.wait import Inbox

LOOK_S = 0.06


class Helper:
    """Puts a cup there when asked, and saw water flow if it did."""

    def __init__(self, bench: Bench, willing: bool = True) -> None:
        self._bench = bench
        self._willing = willing

    def asked(self, question: Question) -> None:
        if self._willing and question.kind == "do":
            self._bench.cup(True)

    def said(self) -> Said | None:
        return "yes" if self._willing else "skip"

    def settled(self, said: Said) -> None: ...


def checks(breaks: Callable[[Bench], object] = lambda bench: None, person: bool | None = True) -> dict[str, Check]:
    """What the self-test says, by device and question, on a bench that was broken before."""
    clock, pinmap = HandClock(), small_kiosk(water=WATER)
    with Bench(pinmap, clock=clock) as bench:
        wiring = wire(pinmap, bench, Inbox(), clock=clock)
        driver, water = wiring.water, bench.water
        assert driver is not None
        assert water is not None
        assert pinmap.water is not None
        driver.sensor._patience_s = 0  # type: ignore[attr-defined]

        def pause(seconds: float) -> None:
            for _ in range(max(1, round(seconds / LOOK_S))):
                clock.advance(LOOK_S)
                water.step()
                driver.look()

        breaks(bench)
        helper: Person | None = None if person is None else Helper(bench, person)
        tools = Tools(Watch(clock, pause), OwnHands(wiring, clock), helper)
        try:
            found = list(WaterTest(pinmap.water, driver, tools).run())
        finally:
            wiring.stop()
        assert not water.plumbing.pumping or water.plumbing.stuck
    return {f"{check.device} {check.check}": check for check in found}


def test_a_good_dispenser_passes_everything_by_measurement() -> None:
    found = checks()
    assert {name: check.result for name, check in found.items()} == {
        "water.cup echoes": "pass",
        "water.cup distance": "pass",
        "water.cup spread": "pass",
        "water.tray level": "pass",
        "water.tank level": "pass",
        "water.flow rest": "pass",
        "water.cup sees": "pass",
        "water.flow flow": "pass",
        "water.pump overrun": "pass",
        "water.pump stops": "pass",
    }
    assert all(check.value is not None for check in found.values())


@pytest.mark.parametrize(
    ("device", "kind", "fails"),
    [
        ("water.cup", "dead", "water.cup echoes"),
        ("water.cup", "deaf", "water.cup echoes"),
        ("water.tray", "full", "water.tray level"),
        ("water.tank", "low", "water.tank level"),
        ("water.flow", "noise", "water.flow rest"),
        ("water.pump", "dry", "water.flow flow"),
        ("water.pump", "stuck", "water.pump stops"),
    ],
)
def test_what_is_broken_fails_and_says_what_to_do(device: str, kind: str, fails: str) -> None:
    check = checks(lambda bench: bench.fault(device, kind, True))[fails]
    assert check.result == "fail"
    assert check.advice


@pytest.mark.parametrize("person", [None, False])
def test_without_somebodys_cup_nothing_is_pumped(person: bool | None) -> None:
    found = checks(person=person)
    assert (found["water.cup sees"].result, found["water.pump flows"].result) == ("skip", "skip")
    assert "water.flow flow" not in found
