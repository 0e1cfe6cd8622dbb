"""The self-test of the main contactor: all ports lose their voltage with it, or it fails and says what to do."""

import time

import pytest

from hardware.selftest_check import Watch
from hardware.selftest_contactor import ContactorTest
from hardware.selftest_hands import OwnHands
from hardware.selftest_tools import Tools
from tests.hardware.pinmaps import small_kiosk
from tests.hardware.test_contactor import ON_HEADER
from tests.hardware.test_selftest import SHELF, advice, kiosk_of, outcome

ALL = {
    ("safety.contactor", "feeds"),
    ("safety.contactor", "cuts"),
    ("safety.contactor", "feedback closed"),
    ("safety.contactor", "feedback open"),
}


@pytest.fixture(scope="module")
def kiosk():
    with kiosk_of(small_kiosk(safety={"contactor": ON_HEADER})) as kiosk:
        yield kiosk


def of_contactor(checks):
    return [check for check in checks if check.device == "safety.contactor"]


def alone(kiosk):
    """The contactor's own questions; what else a kiosk has is asked in other tests."""
    hands = OwnHands(kiosk.wiring, time.monotonic_ns)
    tools = Tools(Watch(time.monotonic_ns, time.sleep), hands)
    checks = list(ContactorTest(kiosk.pinmap, kiosk.wiring, kiosk.wiring.contactor, tools).run())
    hands.leave_mains()
    return checks


def test_a_sound_one_passes_with_everything_else_and_is_open_afterwards(kiosk):
    checks = kiosk.checks()
    assert outcome(checks, "fail") == set()
    assert outcome(of_contactor(checks), "pass") == ALL
    assert all(check.value is not None for check in of_contactor(checks))
    assert (kiosk.relays, kiosk.bench.snapshot()["contactor"]) == ([False, False], False)


@pytest.mark.parametrize(
    ("fault", "check", "says"),
    [
        ("welded", "cuts", "the contactor is welded"),
        ("welded", "feedback open", "GPIO25"),
        ("open", "feeds", "GPIO23"),
        ("open", "feedback closed", "GPIO25"),
    ],
)
def test_one_that_does_not_switch_fails_and_says_what_to_do(kiosk, fault, check, says):
    kiosk.bench.fault("safety.contactor", fault, True)
    try:
        checks = alone(kiosk)
    finally:
        kiosk.bench.fault("safety.contactor", fault, False)
    assert ("safety.contactor", check) in outcome(checks, "fail")
    assert says in advice(checks, "safety.contactor", check)
    assert kiosk.relays == [False, False]


def test_with_a_session_anywhere_it_is_left_out_with_the_reason(kiosk):
    kiosk.wiring.contactor.set(True)
    kiosk.wiring.slots[SHELF].set_power(True)
    try:
        checks = alone(kiosk)
    finally:
        kiosk.wiring.slots[SHELF].set_power(False)
    assert outcome(of_contactor(checks), "skip") == {("safety.contactor", "feeds"), ("safety.contactor", "cuts")}
    assert "would take the power of shelf" in advice(checks, "safety.contactor", "cuts")


def test_nothing_is_switched_where_power_is_forbidden(kiosk):
    edges: list[bool] = []
    kiosk.bench.pins().wire(23).watch(edges.append)
    checks = kiosk.checks(power=False)
    assert outcome(of_contactor(checks), "skip") == {("safety.contactor", "feeds"), ("safety.contactor", "cuts")}
    assert edges == []
