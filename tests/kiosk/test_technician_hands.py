"""What technicians switch by hand: on when its fact is durable, off by itself, never where somebody is."""

import pytest

from kiosk.simulation.kiosk import SimKiosk
from kiosk.technician_hands import ON_MS, TechnicianHands
from sessions import commands as c
from sessions.machine import SlotState
from sessions.rules import Rules, SlotRules
from sessions.units import SlotName

ANNA, TED = "em4100:00C8F1B2", "em4100:00C8F1B3"
ONE = SlotName("slot1")
STAFF = c.Actor("staff:Ted", staff=True)


class Switches:
    """The kiosk's own outputs, as levels."""

    def __init__(self) -> None:
        self.level = {"buzzer": False}

    def names(self) -> list[str]:
        return list(self.level)

    def set(self, name: str, on: bool) -> None:
        self.level[name] = on


class Bench:
    """A simulated kiosk with a technician at its screen."""

    def __init__(self) -> None:
        self.kiosk = SimKiosk(Rules((SlotRules(ONE, "USB-C", True, True),)), seed=1)
        self.buzzer = Switches()
        conductor = self.kiosk.conductor
        self.hands = TechnicianHands(conductor, self.kiosk.slots, self.buzzer)
        self.kiosk.told = self.hands.decided
        conductor.execute(c.SaveCard(self.kiosk.key(TED), STAFF, name="Ted", group="technician"))
        conductor.execute(c.Tap(self.kiosk.key(TED), "1"))

    def levels(self) -> dict[str, bool]:
        """What the outputs are driven to now."""
        return dict(self.buzzer.level)

    def act(self, what: str) -> None:
        self.kiosk.conductor.execute(c.ActByHand(what, STAFF))


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_an_output_goes_off_by_itself(bench: Bench) -> None:
    bench.act("buzzer")
    bench.kiosk.run(1)
    assert bench.levels() == {"buzzer": True}
    left_s = (bench.hands.on["buzzer"] - bench.kiosk.conductor.now().mono) / 1e9
    assert 0 < left_s < ON_MS / 1000, "it says until when"
    bench.kiosk.run(ON_MS / 1000)
    assert bench.levels() == {"buzzer": False}
    assert not bench.hands.on


def test_a_relay_has_power_after_its_fact_and_the_slot_comes_back(bench: Bench) -> None:
    bench.act("slot1.relay")
    assert not bench.kiosk.slots[ONE].power, "not before the fact is durable"
    bench.kiosk.run(1)
    assert bench.kiosk.slots[ONE].power
    assert bench.kiosk.state.slot(ONE).testing
    bench.kiosk.run(ON_MS / 1000)
    assert not bench.kiosk.slots[ONE].power
    assert bench.kiosk.state.slot(ONE).state is SlotState.AVAILABLE


@pytest.mark.parametrize("how", ["leaves", "customer", "danger"])
def test_whoever_leaves_leaves_nothing_on(how: str, bench: Bench) -> None:
    bench.act("slot1.relay")
    bench.act("buzzer")
    bench.kiosk.run(1)
    stay = next(iter(bench.kiosk.state.technicians))
    if how == "leaves":
        bench.kiosk.conductor.execute(c.LeaveTechnician(stay))
    elif how == "customer":
        bench.kiosk.conductor.execute(c.Tap(bench.kiosk.key(ANNA), "2"))
    else:
        bench.kiosk.conductor.execute(c.SetDanger(True, "It smokes.", "smoke"))
    bench.kiosk.run(1)
    assert not bench.kiosk.slots[ONE].power
    assert not bench.buzzer.level["buzzer"]
    assert not bench.kiosk.state.slot(ONE).testing


def test_an_act_of_somebody_who_has_left_is_not_begun(bench: Bench) -> None:
    stay = next(iter(bench.kiosk.state.technicians))
    bench.act("slot1.relay")
    bench.kiosk.conductor.execute(c.LeaveTechnician(stay))
    bench.kiosk.run(1)
    assert not bench.kiosk.slots[ONE].power
    assert not bench.kiosk.state.slot(ONE).testing
