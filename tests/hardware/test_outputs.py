"""Outputs that report instead of failing, the kiosk's outputs by name, and doors on the header."""

import pytest

from hardware.bench.gpio import BenchFactory
from hardware.door import Door
from hardware.errors import UnknownOutput
from hardware.gpio import Header
from hardware.outputs import KioskOutputs, ReportedOutput
from sessions.ports import DeviceReport, DoorSeen, Trouble
from sessions.units import SlotName
from tests.hardware.wait import Inbox


@pytest.fixture
def factory():
    factory = BenchFactory()
    yield factory
    factory.close()


def test_a_pin_that_was_taken_away_is_reported_once_and_so_is_its_return(factory):
    inbox = Inbox()
    relay = ReportedOutput(Header(factory).output(17, "slot1.relay"), "slot1.relay", inbox)
    relay.set(True)
    factory.wire(17).function = "input"
    for on in (False, True, False):
        relay.set(on)
    factory.wire(17).function = "output"
    relay.set(True)
    relay.set(False)
    reports = inbox.of(DeviceReport)
    assert [report.trouble for report in reports] == [Trouble.STUCK, None]
    assert {report.device for report in reports} == {"slot1.relay"}


def test_outputs_are_set_by_name(factory):
    header = Header(factory)
    outputs = KioskOutputs({name: header.output(pin, name) for pin, name in ((18, "buzzer"), (19, "fan"))})
    outputs.set("fan", True)
    assert list(outputs.names()) == ["buzzer", "fan"]
    assert (outputs.on("fan"), outputs.on("buzzer"), factory.wire(19).state) == (True, False, True)
    with pytest.raises(UnknownOutput, match=r"^there is no output 'fun'; the pinmap has buzzer, fan$"):
        outputs.set("fun", True)


@pytest.mark.parametrize("closed_low", [True, False])
def test_a_door_on_the_header_is_told_at_once_and_at_every_change(factory, closed_low):
    inbox = Inbox()
    wire = factory.wire(4)
    wire.drive(not closed_low)
    header = Header(factory)
    door = Door(SlotName("slot1"), closed_low=closed_low, post=inbox)
    before = door.open
    door.attach(header.input(4, "slot1.door", pull_up=True))
    assert (before, door.open) == (None, False)
    wire.drive(closed_low)
    wire.drive(closed_low)
    wire.drive(not closed_low)
    assert [seen.open for seen in inbox.of(DoorSeen)] == [False, True, False]
