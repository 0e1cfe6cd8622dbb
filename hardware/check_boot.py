"""Rules between a pinmap and the Pi it is on: what `config.txt` and `cmdline.txt` take, and what they must give.

Source is rule 6 of "The checker knows" in the hardware notes. These rules are asked only where there are boot files: on
a Pi, or beside a copy of its boot folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from hardware.boot_config import BOARDS, BootConfig
from hardware.boot_pins import Purpose, one_wire_pin, taken_pins
from hardware.boot_wanted import off_levels
from hardware.check_pins import claims
from hardware.check_serial import serial_parts
from hardware.problems import Finding, listed, quoted
from hardware.reader_specs import SerialSpec
from hardware.spec_base import Spec
from hardware.specs import I2cSpec, Pinmap, TemperatureSpec
from hardware.uarts import PRIMARY, uart_at

_WHAT: Final[dict[Purpose, str]] = {
    "spi": "SPI", "i2s": "I2S sound", "dpi": "a DPI screen", "one-wire": "1-Wire", "uart": "a serial line",
    "i2c": "another I2C bus", "other": "the kernel",
}  # fmt: skip

_USERS: Final[dict[Purpose, type[Spec]]] = {"one-wire": TemperatureSpec, "uart": SerialSpec, "i2c": I2cSpec}
"""Who may be on a pin that the kernel has taken: what the kernel took it for."""

_SERIAL_CONSOLES: Final = ("serial0", "ttyAMA0", "ttyS0")
_WITHOUT_BLUETOOTH: Final = ("disable-bt", "miniuart-bt", "pi3-disable-bt", "pi3-miniuart-bt")

_Rule = Callable[[Pinmap, BootConfig], Iterator[Finding]]


def run(pinmap: Pinmap, boot: BootConfig) -> Iterator[Finding]:
    """Give what every rule finds."""
    for rule in _RULES:
        yield from rule(pinmap, boot)


def _board(pinmap: Pinmap, boot: BootConfig) -> Iterator[Finding]:
    if boot.board is not None and boot.board != pinmap.board:
        this = boot.model or next(name for name, board in BOARDS.items() if board == boot.board)
        yield Finding(("board",), f"this is a {this}, not a {pinmap.board}", f"Write {quoted(boot.board)}.")


def _pins_taken(pinmap: Pinmap, boot: BootConfig) -> Iterator[Finding]:
    for taken in taken_pins(boot):
        way_out = f"Delete {taken.line} ({taken.where}) and restart, or use another pin."
        for pin, wire in ((2, "SDA"), (3, "SCL")):  # bus 1 need not name its pins
            if pin in taken.pins and taken.purpose != "i2c" and 1 in pinmap.i2c:
                message = f"GPIO{pin} is taken for {_WHAT[taken.purpose]}, so I2C bus 1 has no {wire}"
                yield Finding(("i2c", "1"), message, way_out)
        for claim in claims(pinmap):
            user = _USERS.get(taken.purpose)
            if claim.expander is not None or claim.pin not in taken.pins:
                continue
            if user is not None and isinstance(claim.part.spec, user):
                continue
            message = f"{claim.name} is taken for {_WHAT[taken.purpose]}, so {claim.holder} cannot use it"
            yield Finding(claim.path, message, way_out)


def _pins_driven(pinmap: Pinmap, boot: BootConfig) -> Iterator[Finding]:
    missing = []
    for pin, (holder, off) in sorted(off_levels(pinmap).items()):
        options, setting = boot.gpio.get(pin, ("", None))
        words = options.split(",")
        wanted, opposite = f"d{off[0]}", "dl" if off == "high" else "dh"
        if setting is not None and opposite in words:
            path = next(claim.path for claim in claims(pinmap) if claim.expander is None and claim.pin == pin)
            message = f"{setting.file}:{setting.line} drives GPIO{pin} {_level(opposite)}, which switches {holder} on"
            yield Finding(path, message, f"Write gpio={pin}=op,{wanted} there.")
        elif wanted not in words or "op" not in words:
            missing.append(f"gpio={pin}=op,{wanted}")
    if missing:
        message = f"{boot.config_file} does not hold relays, locks and pump off while the Pi boots"
        yield Finding((), message, f"Add {listed(missing, 'and')}, or run the installer again.", "warning")


def _level(option: str) -> str:
    return "high" if option == "dh" else "low"


def _let_go(pinmap: Pinmap, boot: BootConfig) -> Iterator[Finding]:
    if not boot.is_on("strict_gpiod"):
        message = f"without strict_gpiod in {boot.config_file} a killed kiosk leaves its outputs driven"
        yield Finding((), message, "Add dtparam=strict_gpiod, or run the installer again.", "warning")


def _buses(pinmap: Pinmap, boot: BootConfig) -> Iterator[Finding]:
    for number, bus in pinmap.i2c.items():
        path = ("i2c", str(number))
        if number == 1 and not any(boot.is_on(name) for name in ("i2c_arm", "i2c", "i2c1")):
            yield Finding(path, f"I2C bus 1 is off in {boot.config_file}", "Add dtparam=i2c_arm=on and restart.")
        elif number == 1:
            speed = boot.parameters.get("i2c_arm_baudrate", boot.parameters.get("i2c_baudrate"))
            given = speed.value if speed is not None else "100000"
            if given != str(bus.hz):
                message = f"{boot.config_file} runs I2C bus 1 at {given[:12]} Hz, not at {bus.hz} Hz"
                yield Finding((*path, "hz"), message, f"Write dtparam=i2c_arm_baudrate={bus.hz} there.", "warning")
        elif not _makes_bus(boot, number):
            pins = f",i2c_gpio_sda={bus.pins[0]},i2c_gpio_scl={bus.pins[1]}" if bus.pins else ""
            hint = f"Add dtoverlay=i2c-gpio,bus={number}{pins} and restart."
            yield Finding(path, f"nothing in {boot.config_file} makes I2C bus {number}", hint)


def _makes_bus(boot: BootConfig, number: int) -> bool:
    own = f"i2c{number}", f"i2c{number}-pi5"
    return boot.overlay(*own) is not None or any(
        each.name == "i2c-gpio" and each.parameters.get("bus") == str(number) for each in boot.overlays
    )


def _one_wire(pinmap: Pinmap, boot: BootConfig) -> Iterator[Finding]:
    there = {one_wire_pin(overlay) for overlay in boot.overlays}
    for index, sensor in enumerate(pinmap.safety.temperature):
        if sensor.pin >= 0 and sensor.pin not in there:
            message = f"there is no 1-Wire on GPIO{sensor.pin} in {boot.config_file}"
            hint = f"Add dtoverlay=w1-gpio,gpiopin={sensor.pin} and restart."
            yield Finding(("safety", "temperature", index, "pin"), message, hint)


def _serial(pinmap: Pinmap, boot: BootConfig) -> Iterator[Finding]:
    for name, spec in serial_parts(pinmap):
        if not spec.on_header:
            continue
        pins = spec.pins or PRIMARY
        if pins == PRIMARY:
            yield from _console(name, pinmap, boot)
            yield from _pi5_line(name, boot) if pinmap.board == "pi5" else _shared_line(name, spec.port, boot)
        elif uart := uart_at(pinmap.board, pins):
            overlay = uart.lines[0].removeprefix("dtoverlay=")
            if boot.overlay(overlay) is None:
                message = f"the serial line on GPIO {pins[0]} and {pins[1]} is off in {boot.config_file}"
                yield Finding((name, "pins"), message, f"Add dtoverlay={overlay} and restart.")


def _console(name: str, pinmap: Pinmap, boot: BootConfig) -> Iterator[Finding]:
    # On a Pi 5 serial0 is the socket for debugging between the HDMI ports, not the header.
    header = ("ttyAMA0",) if pinmap.board == "pi5" else _SERIAL_CONSOLES
    for console in boot.consoles:
        if console in header:
            message = f"the kernel's console writes to the {name}'s serial line ({boot.cmdline_file})"
            yield Finding((name, "port"), message, f"Delete console={console},… from that line and restart.")


def _pi5_line(name: str, boot: BootConfig) -> Iterator[Finding]:
    if not boot.is_on("uart0") and boot.overlay("uart0-pi5") is None:
        message = f"the serial line on GPIO 14 and 15 is off in {boot.config_file}"
        yield Finding((name, "port"), message, "Add dtparam=uart0=on and restart.")


def _shared_line(name: str, port: str, boot: BootConfig) -> Iterator[Finding]:
    """Before the Pi 5 one good UART is Bluetooth's, unless an overlay gives it to GPIO 14 and 15."""
    given = boot.overlay(*_WITHOUT_BLUETOOTH) is not None
    enabled = boot.settings.get("enable_uart")
    if enabled is not None and not enabled.is_on:
        message = f"{enabled.file}:{enabled.line} switches the serial line off"
        yield Finding((name, "port"), message, "Write enable_uart=1 there and restart.")
    elif given and port == "/dev/ttyS0":
        message = f"with Bluetooth moved away in {boot.config_file} GPIO 14 and 15 are not /dev/ttyS0"
        yield Finding((name, "port"), message, 'Write "/dev/ttyAMA0".')
    elif not given and port == "/dev/ttyAMA0":
        message = "/dev/ttyAMA0 is Bluetooth's on this Pi"
        hint = f"Add enable_uart=1 and dtoverlay=disable-bt to {boot.config_file} and restart."
        yield Finding((name, "port"), message, hint)
    elif not given and enabled is None:
        message = f"the serial line on GPIO 14 and 15 is off in {boot.config_file}"
        yield Finding((name, "port"), message, "Add enable_uart=1 and dtoverlay=disable-bt and restart.")
    elif not given:
        message = f"{port} is the small UART, whose speed hangs on the processor's"
        hint = f'Add dtoverlay=disable-bt to {boot.config_file} and write "/dev/ttyAMA0".'
        yield Finding((name, "port"), message, hint, "warning")


_RULES: Final[tuple[_Rule, ...]] = (_board, _pins_taken, _pins_driven, _let_go, _buses, _one_wire, _serial)
