"""Everything on the bench that can be broken, by device and kind.

Most faults last until switched off. `reset` happens once, when it is switched on.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Final, Literal

from hardware.bench.coin_board import BenchCoinBoard
from hardware.bench.coins import CoinChute
from hardware.bench.contactor import BenchContactor
from hardware.bench.i2c_bus import BenchBus
from hardware.bench.mcp23017 import Mcp23017
from hardware.bench.names import unknown
from hardware.bench.port import Port
from hardware.bench.reader import BenchReader
from hardware.bench.slot import BenchSlot
from hardware.bench.sysfs import BenchThermometer
from hardware.bench.water import BenchRanger, BenchWater
from hardware.bench.wires import Level, Wire

LINE_FAULTS: Final[tuple[Literal["garbage", "flood", "silent"], ...]] = ("garbage", "flood", "silent")
"""What happens to everything on a serial line: it is disturbed, carries far too much, says nothing."""

Switch = Callable[[bool], None]


class Faults:
    """The switches, and which are on."""

    def __init__(self, switches: Mapping[str, Mapping[str, Switch]]) -> None:
        self._switches = switches
        self._on: dict[tuple[str, str], None] = {}

    @property
    def on(self) -> list[dict[str, str]]:
        """The faults that last now, as `{"device", "kind"}`, in the order they were switched on."""
        return [{"device": device, "kind": kind} for device, kind in list(self._on)]

    @property
    def kinds(self) -> dict[str, list[str]]:
        """What can be switched, a list of kinds by device."""
        return {device: list(kinds) for device, kinds in self._switches.items()}

    def set(self, device: str, kind: str, on: bool) -> None:
        """Switch one. Raises `BenchNameError`, which lists the valid names."""
        kinds = self._switches.get(device)
        if kinds is None:
            raise unknown("device", device, self._switches)
        if kind not in kinds:
            raise unknown(f"fault of {device} called", kind, kinds)
        kinds[kind](on)
        if on and kind != "reset":
            self._on[device, kind] = None
        else:
            self._on.pop((device, kind), None)


def slot_switches(slot: BenchSlot, bus: BenchBus, address: int) -> dict[str, dict[str, Switch]]:
    """What can be broken of one slot, by device."""
    switches: dict[str, dict[str, Switch]] = {
        f"{slot.name}.sensor": {
            "nack": partial(bus.silence, address),
            "hangs": partial(bus.hang, address),
            "stuck": _attribute(slot.sensor, "frozen"),
            "stale": _attribute(slot.sensor, "stalled"),
            "reset": _once(slot.sensor.reset),
            "brown_out": _attribute(slot.sensor, "browning_out"),
        },
        f"{slot.name}.relay": {
            "welded": _contact(slot.port, "welded"),
            "open": _contact(slot.port, "open"),
            "burnt": _attribute(slot.port, "burnt"),
        },
    }
    if slot.display is not None:
        switches[f"{slot.name}.display"] = {
            "absent": _attribute(slot.display, "absent"),
            "reset": _once(slot.display.reset),
        }
    if slot.door is not None:
        switches[f"{slot.name}.lock"] = {"jammed": _attribute(slot.door, "jammed")}
        switches[f"{slot.name}.door"] = {
            "broken": _attribute(slot.door, "switch_stuck"),
            "forced": slot.force_door,
        }
    return switches


def reader_switches(reader: BenchReader) -> dict[str, Switch]:
    """What can be broken of the card reader, of whichever kind."""
    return {"unplugged": _cable(reader), **{kind: partial(reader.fault, kind) for kind in LINE_FAULTS}}


def expander_switches(chip: Mcp23017, bus: BenchBus, address: int) -> dict[str, Switch]:
    """What can be broken of an expander."""
    return {"nack": partial(bus.silence, address), "reset": _once(chip.reset)}


def coin_switches(chute: CoinChute) -> dict[str, Switch]:
    """What can be broken of a pulse acceptor."""
    return {
        "unplugged": chute.unplug,
        "noise": chute.static,
        "flood": chute.flood,
        "silent": chute.silent,
        "stuck": chute.stuck,
    }


def board_switches(board: BenchCoinBoard) -> dict[str, Switch]:
    """What can be broken of a coin board."""
    lines: dict[str, Switch] = {kind: partial(board.fault, kind) for kind in LINE_FAULTS}
    return {"unplugged": _cable(board), **lines, "jammed": partial(board.fault, "jammed")}


def _cable(thing: BenchReader | BenchCoinBoard) -> Switch:
    return lambda on: thing.unplug() if on else thing.replug()


def water_switches(
    water: BenchWater, ranger: BenchRanger | None, floats: Mapping[str, object | None]
) -> dict[str, dict[str, Switch]]:
    """What can be broken of the water dispenser, by device."""
    switches: dict[str, dict[str, Switch]] = {
        "water.pump": {"stuck": water.stick_pump, "dry": water.run_dry},
        "water.flow": {"noise": water.crackle},
    }
    if ranger is not None:
        switches["water.cup"] = {"dead": _attribute(ranger, "dead"), "deaf": _attribute(ranger, "deaf")}
    if floats["tray"] is not None:
        switches["water.tray"] = {"full": water.fill_tray}
    if floats["tank"] is not None:
        switches["water.tank"] = {"low": water.lower_tank}
    return switches


def thermometer_switches(thermometer: BenchThermometer) -> dict[str, Switch]:
    """What can happen to a thermometer, and to the cabinet it is in."""
    kinds = ("warm", "hot", "missing", "shorted", "garbled", "power_on")
    return {kind: partial(thermometer.fault, kind) for kind in kinds}


def loop_switches(wire: Wire, ok: Level) -> dict[str, Switch]:
    """A loop that opens: an alarm, a button, or a cut wire."""
    return {"open": lambda on: wire.drive((ok == "high") != on)}


def supply_switches(ports: Callable[[], Iterable[Port]]) -> dict[str, Switch]:
    """A supply of ports that gets weak."""

    def sag(on: bool) -> None:
        for port in ports():
            port.sags = on

    return {"sags": sag}


def contactor_switches(contactor: BenchContactor) -> dict[str, Switch]:
    """Main contacts that stay closed, or stay open."""
    return {"welded": partial(contactor.stick, "welded"), "open": partial(contactor.stick, "open")}


def _attribute(thing: object, name: str) -> Switch:
    return partial(setattr, thing, name)


def _once(act: Callable[[], None]) -> Switch:
    return lambda on: act() if on else None


def _contact(port: Port, fault: Literal["welded", "open"]) -> Switch:
    def switch(on: bool) -> None:
        if on:
            port.fault = fault
        elif port.fault == fault:
            port.fault = None

    return switch
