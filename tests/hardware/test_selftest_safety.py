"""The self-test of thermometers, loops and the supply: sound ones pass, each broken one is found and explained."""

import copy
import time

import pytest

from hardware.selftest_check import Watch
from hardware.selftest_safety import SafetyTest
from tests.hardware.pinmaps import small_kiosk
from tests.hardware.test_selftest import kiosk_of
from tests.hardware.wait import wait_for

SAFETY = {
    "temperature": [{"kind": "ds18b20", "pin": 4, "warn_C": 45, "trip_C": 60}],
    "smoke": {"expander": "io1", "pin": 9},
    "stop": {"expander": "io1", "pin": 10},
}


@pytest.fixture(scope="module")
def kiosk():
    with kiosk_of(small_kiosk(safety=copy.deepcopy(SAFETY))) as kiosk:
        yield kiosk


def outcomes(kiosk):
    test = SafetyTest(kiosk.pinmap, kiosk.wiring, Watch(time.monotonic_ns, time.sleep))
    return {check.device: (check.result, check.advice or "") for check in test.run()}


def test_sound_guards_pass(kiosk):
    assert {device: result for device, (result, _) in outcomes(kiosk).items()} == {
        "safety.temperature1": "pass",
        "safety.smoke": "pass",
        "safety.stop": "pass",
        "supply": "pass",
    }


@pytest.mark.parametrize(
    ("device", "kind", "says"),
    [
        ("safety.temperature1", "hot", "too warm"),
        ("safety.temperature1", "missing", "does not answer"),
        ("safety.temperature1", "garbled", "does not answer"),
        ("safety.smoke", "open", "cut wire to GPB1 of io1"),
        ("safety.stop", "open", "cut wire to GPB2 of io1"),
        ("supply", "low", "below 4.63 V"),
    ],
)
def test_a_broken_guard_fails_alone_and_says_what_to_do(kiosk, device, kind, says):
    kiosk.bench.fault(device, kind, True)
    try:
        if kind == "open":
            loop = next(each for each in kiosk.wiring.guard.loops if device.endswith(each.source))
            wait_for(lambda: loop.opened, "the loop is seen open")
        if kind == "hot":
            thermometer = kiosk.wiring.guard.thermometers[0]
            wait_for(lambda: (thermometer.last_C or 0) > 60, "the heat is measured")
        found = outcomes(kiosk)
    finally:
        kiosk.bench.fault(device, kind, False)
    assert {each for each, (result, _) in found.items() if result == "fail"} == {device}
    assert says in found[device][1]
