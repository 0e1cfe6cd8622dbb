"""Rules about power: what supplies must give, what reaches a phone, what a pin may be loaded with.

Source is rule 7 of "The checker knows" and the section "Current sensing on a USB port" of the hardware notes.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import Final

from hardware.check_pins import parts
from hardware.pinmap_words import near_hint
from hardware.problems import Finding, listed, quoted
from hardware.slot_specs import LockSpec, RelaySpec, SensorSpec
from hardware.specs import ContactorSpec, OutputSpec, Pinmap, PumpSpec, SupplySpec

LOAD_SHARE: Final = 0.8
"""How much of a supply's rating may be planned: the rest is for its age, heat and inrush."""

PORT_MIN_V: Final = 4.75
"""The least a USB port must show under load (USB 2.0, 7.2.2, high-power downstream port)."""

PORT_MAX_V: Final = 5.5
"""The most a USB port may show without an agreement with the phone (USB Type-C 2.0, table 4-3, vSafe5V)."""

CONTACT_OHM: Final = 0.100
"""A relay's contact at worst (datasheets of the common SRD-05VDC boards: 100 mohm at most)."""

WIRING_OHM: Final = 0.030
"""Fuse and terminals, and 1 m of 0.75 mm2 copper there and back (23 mohm at 20 C) between supply and port."""

SHUNT_MAX_MV: Final = 320
"""An INA219's widest range (datasheet SBOS448G, PGA /8); beyond it clips without a word."""

PIN_MAX_MA: Final = 16
"""What one pin of a Pi may be loaded with at its strongest setting."""

_PI_NAMES: Final = frozenset({"pi", "pi5v", "rpi", "rpi5v", "raspberrypi", "header", "gpio5v", "board", "j82", "j84"})


def supplies_exist(pinmap: Pinmap) -> Iterator[Finding]:
    """A supply that is used is described in `supplies`."""
    for part in parts(pinmap):
        spec = part.spec
        if isinstance(spec, SensorSpec | LockSpec | PumpSpec | ContactorSpec | OutputSpec) and spec.supply:
            feeds_port = isinstance(spec, SensorSpec)
            if spec.supply in pinmap.supplies or (feeds_port and _is_pi(spec.supply, None)):
                continue
            hint = near_hint(spec.supply, pinmap.supplies) if pinmap.supplies else _ADD_SUPPLY
            message = f"there is no supply {quoted(spec.supply)} in supplies"
            yield Finding((*part.path, "supply"), message, hint, looked_in="supplies")


_ADD_SUPPLY: Final = 'Add it: "supplies": {"usb": {"V": 5.2, "max_mA": 12000}}.'


def supply_load(pinmap: Pinmap) -> Iterator[Finding]:
    """All ports at once, one lock at a time, pump, contactor and outputs take at most 80 % of their supply."""
    for name, supply in pinmap.supplies.items():
        ports = [slot.sensor.max_mA for slot in pinmap.slots if slot.sensor.supply == name]
        locks = [slot.lock.mA for slot in pinmap.slots if slot.lock and slot.lock.supply == name]
        loads = {f"{len(ports)} ports": sum(ports), "one lock": max(locks, default=0)}
        if pinmap.water and pinmap.water.pump.supply == name:
            loads["the pump"] = pinmap.water.pump.mA
        contactor = pinmap.safety.contactor
        if contactor is not None and contactor.supply == name:
            loads["the contactor"] = contactor.mA
        loads |= {f"outputs.{key}": output.mA or 0 for key, output in pinmap.outputs.items() if output.supply == name}
        total = sum(loads.values())
        if total > LOAD_SHARE * supply.max_mA:
            what = listed((f"{load} {mA:g} mA" for load, mA in loads.items() if mA), "and")
            message = f"{total:g} mA ({what}) are more than 80 % of the {supply.max_mA:g} mA this supply gives"
            hint = f"Use a supply of at least {ceil(total / LOAD_SHARE)} mA, or share the load with another one."
            yield Finding(("supplies", name, "max_mA"), message, hint)


def ports_off_the_pi(pinmap: Pinmap) -> Iterator[Finding]:
    """No port is fed from the Pi's 5 V: a phone's inrush would reset it."""
    for index, slot in enumerate(pinmap.slots):
        if _is_pi(slot.sensor.supply, pinmap.supplies.get(slot.sensor.supply)):
            message = "a port must not be fed from the Pi's 5 V: a phone's inrush resets the Pi"
            hint = f"Give the ports a supply of their own, like {_ADD_SUPPLY.removeprefix('Add it: ')}"
            yield Finding(("slots", index, "sensor", "supply"), message, hint)


def port_voltage(pinmap: Pinmap) -> Iterator[Finding]:
    """A phone at full draw gets 4.75 V at worst, and never more than 5.5 V."""
    for index, slot in enumerate(pinmap.slots):
        sensor = slot.sensor
        supply = pinmap.supplies.get(sensor.supply)
        if supply is None:
            continue
        path = ("slots", index, "sensor")
        lost = (sensor.shunt_ohm + CONTACT_OHM + WIRING_OHM) * sensor.max_mA / 1000
        if PORT_MAX_V < supply.V < float("inf"):
            message = f"the supply {quoted(sensor.supply)} would put {supply.V:g} V on a port; a phone bears 5.5 V"
            yield Finding((*path, "supply"), message, "Name a supply of 5.0 to 5.5 V.")
        elif supply.V - lost < PORT_MIN_V - 1e-9:
            message = (
                f"at {sensor.max_mA:g} mA the port has only {supply.V - lost:.2f} V, of {supply.V:g} V: shunt, relay "
                f"contact and wiring ({sensor.shunt_ohm:g} + {CONTACT_OHM:g} + {WIRING_OHM:g} ohm) take {lost:.2f} V"
            )
            yield Finding((*path, "shunt_ohm"), message, _more_volts(supply, sensor))


def _more_volts(supply: SupplySpec, sensor: SensorSpec) -> str:
    fits_mA = int((supply.V - PORT_MIN_V) / (sensor.shunt_ohm + CONTACT_OHM + WIRING_OHM) * 1000)
    fewer = f", or max_mA {fits_mA}" if fits_mA >= 500 else ""
    return f"A port needs 4.75 V: use a smaller shunt, a supply of up to 5.5 V{fewer}."


def shunt_range(pinmap: Pinmap) -> Iterator[Finding]:
    """The sensor sees the whole current: shunt x max_mA is within its 320 mV."""
    for index, slot in enumerate(pinmap.slots):
        sensor = slot.sensor
        if sensor.shunt_ohm * sensor.max_mA > SHUNT_MAX_MV + 1e-9:
            millivolts = sensor.shunt_ohm * sensor.max_mA
            message = (
                f"{sensor.max_mA:g} mA on {sensor.shunt_ohm:g} ohm are {millivolts:g} mV; the sensor ends at 320 mV"
            )
            hint = f"Use a shunt of at most {int(SHUNT_MAX_MV / sensor.max_mA * 1000) / 1000:g} ohm."
            yield Finding(("slots", index, "sensor", "shunt_ohm"), message, hint)


def pin_current(pinmap: Pinmap) -> Iterator[Finding]:
    """What takes more than 16 mA has a driver between itself and the pin."""
    for part in parts(pinmap):
        spec = part.spec
        if isinstance(spec, RelaySpec) and spec.driver == "direct":
            hint = 'Use a relay board and write "board", or a "transistor".'
            yield Finding((*part.path, "driver"), "a relay's coil takes more than the 16 mA of a pin", hint)
        elif isinstance(spec, LockSpec | PumpSpec | ContactorSpec | OutputSpec) and spec.driver in (None, "direct"):
            if (spec.mA or 0) <= PIN_MAX_MA:
                continue
            message = f"{spec.mA:g} mA are more than the 16 mA of a pin"
            hint = 'Put a driver between and write "driver": "mosfet" or "transistor".'
            yield Finding((*part.path, "mA" if spec.driver is None else "driver"), message, hint)


def _is_pi(name: str, supply: SupplySpec | None) -> bool:
    plain = "".join(char for char in name.lower() if char.isalnum())
    return plain in _PI_NAMES or (supply is not None and supply.source == "pi_5V")
