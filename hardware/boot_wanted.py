"""The `config.txt` lines a pinmap wants: what the installer writes, and what the checker looks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hardware.check_pins import Switch, parts
from hardware.check_serial import serial_parts
from hardware.coin_specs import CoinEnableSpec
from hardware.slot_specs import RelaySpec
from hardware.specs import I2cSpec, Pinmap, RelayEnableSpec
from hardware.uarts import PRIMARY, uart_at


@dataclass(frozen=True, slots=True)
class BootLine:
    """One line of `config.txt`, and why the kiosk needs it."""

    text: str
    why: str


def wanted_lines(pinmap: Pinmap) -> tuple[BootLine, ...]:
    """Give the lines in the order they should stand in: plain settings and base parameters before overlays."""
    lines = [*_pins_off(pinmap), *_serial(pinmap), *_buses(pinmap), *_one_wire(pinmap)]
    lines.append(BootLine("dtparam=strict_gpiod", "pins let go when the kiosk ends, however it ends"))
    unique = {line.text: line for line in reversed(lines)}.values()
    return tuple(sorted(reversed(unique), key=lambda line: line.text.startswith("dtoverlay=")))


def off_levels(pinmap: Pinmap) -> dict[int, tuple[str, str]]:
    """Give what must be off while nobody drives it: by pin of the header, its holder and `high` or `low`, its off."""
    found = {}
    for part in parts(pinmap):
        spec = part.spec
        if isinstance(spec, RelayEnableSpec):
            found[spec.pin] = part.holder, "low"
        elif isinstance(spec, Switch) and spec.expander is None:
            found[spec.pin] = part.holder, _off(spec)
    return found


def _off(spec: Switch) -> str:
    if isinstance(spec, RelaySpec):
        on = spec.port_on_level
    elif isinstance(spec, CoinEnableSpec) and spec.off_means == "accepts":
        return spec.active  # then the line must be driven to refuse
    else:
        on = spec.active
    return "low" if on == "high" else "high"


def _pins_off(pinmap: Pinmap) -> Iterator[BootLine]:
    for pin, (holder, level) in sorted(off_levels(pinmap).items()):
        yield BootLine(f"gpio={pin}=op,d{level[0]}", f"{holder} is off from the first moment")


def _serial(pinmap: Pinmap) -> Iterator[BootLine]:
    for name, spec in serial_parts(pinmap):
        uart = uart_at(pinmap.board, spec.pins or PRIMARY) if spec.on_header else None
        if uart is not None:
            tx, rx = uart.pins
            yield from (BootLine(line, f"the {name}'s serial line on GPIO {tx} and {rx}") for line in uart.lines)


def _buses(pinmap: Pinmap) -> Iterator[BootLine]:
    for number, bus in pinmap.i2c.items():
        if number == 1:
            yield BootLine("dtparam=i2c_arm=on", "I2C bus 1: sensors and expanders")
            yield BootLine(f"dtparam=i2c_arm_baudrate={bus.hz}", "its speed in the pinmap")
        elif bus.pins:
            yield BootLine(_soft_bus(number, bus, *bus.pins), f"I2C bus {number}")


def _soft_bus(number: int, bus: I2cSpec, sda: int, scl: int) -> str:
    # A bit takes a low and a high half; the overlay's delay is that half in microseconds (overlays/README, i2c-gpio).
    delay_us = max(1, round(500_000 / bus.hz))
    return f"dtoverlay=i2c-gpio,bus={number},i2c_gpio_sda={sda},i2c_gpio_scl={scl},i2c_gpio_delay_us={delay_us}"


def _one_wire(pinmap: Pinmap) -> Iterator[BootLine]:
    for pin in sorted({sensor.pin for sensor in pinmap.safety.temperature}):
        yield BootLine(f"dtoverlay=w1-gpio,gpiopin={pin}", "the cabinet's temperature sensors")
