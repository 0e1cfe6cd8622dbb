"""What goes wrong with the parts of one slot: its sensor, relay, lock, door and display. One life each, for `chaos`."""

import random
from typing import TYPE_CHECKING

from kiosk.simulation.crowd import Life
from sessions import commands as c
from sessions.ports import Trouble
from sessions.safety import stands
from sessions.units import NS

if TYPE_CHECKING:
    from kiosk.simulation.chaos import Chaos

SENSOR_SILENT_NS = tuple(second * NS for second in (11, 13, 16))


def silent_sensor(chaos: "Chaos", rng: random.Random) -> Life:
    """A sensor does not acknowledge its address."""
    return _sensor(chaos, rng, sticks=False)


def stuck_sensor(chaos: "Chaos", rng: random.Random) -> Life:
    """A sensor repeats one value."""
    return _sensor(chaos, rng, sticks=True)


def _sensor(chaos: "Chaos", rng: random.Random, *, sticks: bool) -> Life:
    slot = chaos.slot(rng)
    slot.sensor(works=sticks, sticks=sticks)
    if chaos.kiosk.pace is not None:
        chaos.kiosk.pace.look_in(slot.name, *SENSOR_SILENT_NS)
    yield rng.choice((rng.uniform(0.2, 2), rng.uniform(2, 60), rng.uniform(60, 4000)))
    slot.sensor(works=True)
    if chaos.kiosk.pace is not None:
        chaos.kiosk.pace.look_in(slot.name, *SENSOR_SILENT_NS)


def brown_out(chaos: "Chaos", rng: random.Random) -> Life:
    """A sensor loses its supply for a moment, and with it its settings."""
    chaos.slot(rng).brown_out()
    yield 1


def display(chaos: "Chaos", rng: random.Random) -> Life:
    """A display does not acknowledge: nothing but that is different."""
    device = f"{chaos.slot(rng).name}.display"
    chaos.kiosk.ask(c.DeviceTrouble(device, Trouble.NO_ANSWER.value, f"{device} does not answer."))
    yield rng.uniform(10, 20_000)
    chaos.kiosk.ask(c.DeviceTrouble(device, None, "It answers again."))


def jam(chaos: "Chaos", rng: random.Random) -> Life:
    """A bolt does not move."""
    slot = chaos.slot(rng)
    slot.jam(True)
    yield rng.uniform(60, 20_000)
    slot.jam(False)


def forced_door(chaos: "Chaos", rng: random.Random) -> Life:
    """Somebody breaks a door open; half of them take what is there."""
    slot = chaos.slot(rng)
    slot.force_door()
    yield rng.uniform(1, 5)
    if rng.random() < 0.5:
        slot.unplug()
    yield rng.uniform(1, 4000)
    slot.shut_door()


def open_door(chaos: "Chaos", rng: random.Random) -> Life:
    """A door springs ajar and stays so."""
    slot = chaos.slot(rng)
    if slot.open_door():
        yield rng.uniform(60, 20_000)
        slot.shut_door()


def welded_relay(chaos: "Chaos", rng: random.Random) -> Life:
    """A relay's contact stays closed. A kiosk with a main contactor waits for staff, who mend it, or leave the slot out
    of use; without one only the slot is out of order until it opens again."""
    slot = chaos.slot(rng)
    slot.weld(True)
    if chaos.kiosk.pace is not None:
        chaos.kiosk.pace.look_in(slot.name, *SENSOR_SILENT_NS)
    yield rng.uniform(30, 2000)
    staff, given_up = c.Actor("staff:sim", staff=True), rng.random() < 0.3
    if given_up:
        chaos.kiosk.ask(c.DisableSlot(slot.name, staff, "its relay is welded"))
        while stands(chaos.kiosk.state, "welded"):
            chaos.kiosk.ask(c.AcknowledgeDanger(staff, "the slot is out of use"))
            yield rng.uniform(10, 60)
        yield rng.uniform(60, 20_000)
    slot.weld(False)
    if chaos.kiosk.pace is not None:
        chaos.kiosk.pace.look_in(slot.name, *SENSOR_SILENT_NS)
    while stands(chaos.kiosk.state, "welded"):
        chaos.kiosk.ask(c.AcknowledgeDanger(staff, "the relay is replaced"))
        if chaos.kiosk.pace is not None:
            chaos.kiosk.pace.look_in(slot.name, *SENSOR_SILENT_NS)
        yield rng.uniform(10, 60)
    while chaos.kiosk.state.slot(slot.name).disabled is not None and given_up:
        chaos.kiosk.ask(c.EnableSlot(slot.name, staff, "the relay is replaced"))
        yield rng.uniform(10, 60)
