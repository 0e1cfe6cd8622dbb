"""The main contactor's driver on the bench: it feeds all ports or none, and an auxiliary contact proves it."""

import pytest

from hardware.bench.bench import Bench
from hardware.wiring import wire
from sessions.ports import DangerSeen
from sessions.units import MonoNs
from tests.hardware.clock import HandClock
from tests.hardware.pinmaps import small_kiosk
from tests.hardware.wait import Inbox

ON_HEADER = {"pin": 23, "active": "high", "mA": 80, "supply": "aux", "feedback": {"pin": 25, "closed": "low"}}
ON_EXPANDER = {**ON_HEADER, "feedback": {"expander": "io1", "pin": 11, "closed": "high"}}


class Cabinet:
    """A kiosk whose threads a test steps by hand."""

    def __init__(self, spec):
        self.clock, self.inbox = HandClock(), Inbox()
        self.bench = Bench(small_kiosk(safety={"contactor": spec}), clock=self.clock)
        self.wiring = wire(small_kiosk(safety={"contactor": spec}), self.bench, self.inbox, clock=self.clock)

    def look(self, times=1):
        for _ in range(times):
            self.clock.advance(0.5)
            for expander in self.wiring.expanders.values():
                expander.poll(MonoNs(self.clock()))
            self.wiring.guard.look()

    def dangers(self):
        return [(seen.source, seen.on) for seen in self.inbox.of(DangerSeen) if seen.source == "contactor"]

    @property
    def closed(self):
        return self.bench.snapshot()["contactor"]

    def volts(self, slot):
        return self.bench._parts.slots[slot].port.measure()[1]


@pytest.fixture(params=[ON_HEADER, ON_EXPANDER], ids=["header", "expander"])
def cabinet(request):
    cabinet = Cabinet(request.param)
    yield cabinet
    cabinet.wiring.stop()
    cabinet.bench.close()


def test_it_is_open_from_the_start_and_feeds_every_port_when_it_closes(cabinet):
    contactor = cabinet.wiring.contactor
    for slot in cabinet.wiring.slots.values():
        slot.set_power(True)
    cabinet.look(4)
    assert (cabinet.closed, contactor.closed, cabinet.dangers()) == (False, False, [])
    assert [cabinet.volts(slot) < 0.5 for slot in ("locker", "shelf")] == [True, True]
    contactor.set(True)
    cabinet.look(4)
    assert (cabinet.closed, contactor.closed, cabinet.dangers()) == (True, True, [])
    assert [cabinet.volts(slot) > 5 for slot in ("locker", "shelf")] == [True, True]


@pytest.mark.parametrize(("fault", "wanted", "says"), [("open", True, "stays open"), ("welded", False, "stays closed")])
def test_one_that_does_not_follow_for_a_second_is_a_danger_until_it_does(cabinet, fault, wanted, says):
    cabinet.wiring.contactor.set(not wanted)
    cabinet.look(4)
    cabinet.bench.fault("safety.contactor", fault, True)
    cabinet.wiring.contactor.set(wanted)
    cabinet.look()
    assert cabinet.dangers() == [], "its contacts take their time"
    cabinet.look(3)
    assert cabinet.dangers() == [("contactor", True)]
    assert says in cabinet.inbox.of(DangerSeen)[-1].detail
    cabinet.bench.fault("safety.contactor", fault, False)
    cabinet.look(3)
    assert cabinet.dangers() == [("contactor", True), ("contactor", False)]


def test_everything_off_opens_it_for_good(cabinet):
    cabinet.wiring.contactor.set(True)
    assert cabinet.wiring.all_off() == []
    cabinet.wiring.contactor.set(True)
    cabinet.look(2)
    assert cabinet.closed is False
