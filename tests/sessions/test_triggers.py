"""When a trigger is active: told from the state alone, and under the names that the one list has."""

import pytest

from hardware.check_parts import triggers
from hardware.pinmap import load_pinmap
from kiosk.simulation.kiosk import SimKiosk
from sessions import commands as c
from sessions.ports import TRIGGERS
from sessions.triggers import active
from sessions.units import SlotName
from tests.hardware.pinmap_files import SHIPPED
from tests.sessions.test_stories import ANNA, ONE, locker, paid_visit, start


@pytest.fixture
def kiosk():
    return SimKiosk(locker(), seed=1)


def now_active(kiosk, cup=None):
    return active(kiosk.engine.state, kiosk.engine.rules, cup, kiosk.conductor.now().mono)


def of(slot, *names):
    return {f"{slot}.{name}" for name in names}


def test_a_customer_from_tap_to_empty_slot(kiosk):
    assert now_active(kiosk) == set()
    visit = paid_visit(kiosk, ANNA)
    assert now_active(kiosk) == {"kiosk.visit"}
    session = start(kiosk, visit, ONE, 60)
    kiosk.run(0.5)
    assert kiosk.slot(1).open_door()
    kiosk.run(1)
    assert now_active(kiosk) == {"kiosk.visit", "slot1.door"}
    kiosk.slot(1).plug()
    kiosk.slot(1).shut_door()
    kiosk.run(2)
    assert now_active(kiosk) >= {"kiosk.charging", *of("slot1", "device", "charging")}
    kiosk.conductor.execute(c.StopSession(session, c.Actor("tess", staff=True)))
    assert not now_active(kiosk) & {"kiosk.charging", *of("slot1", "device", "charging")}
    kiosk.run(kiosk.engine.rules.timing.overstay_s + 10)
    assert now_active(kiosk) == {"slot1.overstay"}


def test_a_forced_door_is_told_from_one_that_was_unlocked(kiosk):
    kiosk.slot(2).force_door()
    kiosk.run(1)
    assert now_active(kiosk) == {"kiosk.door_forced", *of("slot2", "door", "door_forced")}
    kiosk.slot(2).shut_door()
    kiosk.run(1)
    assert now_active(kiosk) == set()


def test_faults_and_dangers(kiosk):
    for device, name in (("slot1.sensor", "slot1.fault"), ("coin", "coin.fault"), ("water.pump", "water.fault")):
        kiosk.conductor.execute(c.DeviceTrouble(device, "stuck", "It is stuck."))
        assert {"kiosk.fault", name} <= now_active(kiosk)
        kiosk.conductor.execute(c.DeviceTrouble(device, None, "It is well."))
    kiosk.conductor.execute(c.DeviceTrouble("safety.temperature1", "hot", "46 C."))
    assert "safety.warm" in now_active(kiosk)
    for source in ("temperature", "smoke", "stop", "supply"):
        kiosk.conductor.execute(c.SetDanger(True, "now", source))
        assert {f"safety.{source}", "kiosk.paused"} <= now_active(kiosk)


def test_a_cup_is_what_its_sensor_says(kiosk):
    assert [now_active(kiosk, cup) for cup in (None, False, True)] == [set(), set(), {"cup.present"}]


def test_the_checker_knows_exactly_the_list(kiosk):
    pinmap = load_pinmap(SHIPPED)
    slots = [SlotName(slot.name) for slot in pinmap.slots]
    expected = {each.name for each in TRIGGERS if not each.name.startswith("*")}
    expected |= {f"{slot}{each.name[1:]}" for slot in slots for each in TRIGGERS if each.name.startswith("*")}
    assert triggers(pinmap) == expected
    assert len({each.name for each in TRIGGERS}) == len(TRIGGERS)
