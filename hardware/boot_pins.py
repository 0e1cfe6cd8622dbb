"""Which pins the kernel takes for itself, by the lines of `config.txt` that make it do so.

Pins and their defaults are those of overlays/README of the Raspberry Pi kernel; what is not in these tables is taken to
leave the header alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from hardware.boot_config import BootConfig, Overlay

Purpose = Literal["spi", "i2s", "dpi", "one-wire", "uart", "i2c", "other"]

SPI0: Final = (7, 8, 9, 10, 11)
I2S: Final = (18, 19, 20, 21)
WHOLE_HEADER: Final = tuple(range(28))

_PARAMETERS: Final[Mapping[Purpose, tuple[int, ...]]] = {"spi": SPI0, "i2s": I2S}
"""Base parameters that take pins; they are called like their purpose."""

_ONE_PIN: Final[Mapping[str, tuple[tuple[str, int], ...]]] = {
    "act-led": (("gpio", 47),), "dht11": (("gpiopin", 4),), "gpio-fan": (("gpiopin", 12),),
    "gpio-ir": (("gpio_pin", 18),), "gpio-ir-tx": (("gpio_pin", 18),), "gpio-key": (("gpio", 3),),
    "gpio-led": (("gpio", 19),), "gpio-poweroff": (("gpiopin", 26),), "gpio-shutdown": (("gpio_pin", 3),),
    "pps-gpio": (("gpiopin", 18),), "pwm": (("pin", 18),), "pwm-2chan": (("pin", 18), ("pin2", 19)),
    "pwm-gpio-fan": (("fan_gpio", 18),), "pwm-ir-tx": (("gpio_pin", 18),),
    "rotary-encoder": (("pin_a", 23), ("pin_b", 24)),
}  # fmt: skip
"""Overlays whose parameters name their pins, with the defaults."""

_FIXED: Final[Mapping[str, tuple[Purpose, tuple[int, ...]]]] = {
    "audremap": ("other", (18, 19)), "sdio": ("other", tuple(range(22, 28))),
    "spi0-0cs": ("spi", (9, 10, 11)), "spi0-1cs": ("spi", (8, 9, 10, 11)), "spi0-2cs": ("spi", SPI0),
    "spi1-1cs": ("spi", I2S), "spi1-2cs": ("spi", (17, *I2S)), "spi1-3cs": ("spi", (16, 17, *I2S)),
    "dpi18": ("dpi", tuple(range(22))), "dpi24": ("dpi", WHOLE_HEADER),
    "uart2": ("uart", (0, 1)), "uart3": ("uart", (4, 5)), "uart4": ("uart", (8, 9)), "uart5": ("uart", (12, 13)),
    "uart1-pi5": ("uart", (0, 1)), "uart2-pi5": ("uart", (4, 5)), "uart3-pi5": ("uart", (8, 9)),
    "uart4-pi5": ("uart", (12, 13)),
    "i2c3": ("i2c", (4, 5)), "i2c4": ("i2c", (8, 9)), "i2c5": ("i2c", (12, 13)), "i2c6": ("i2c", (22, 23)),
}  # fmt: skip

_BY_PREFIX: Final[tuple[tuple[tuple[str, ...], Purpose, tuple[int, ...]], ...]] = (
    (("vc4-kms-dpi", "dpi18cpadhi"), "dpi", WHOLE_HEADER),
    (("allo-", "audioinjector", "googlevoicehat", "hifiberry", "i2s-", "iqaudio", "justboom", "max98357a"), "i2s", I2S),
    (("ads7846", "enc28j60", "mcp2515", "mipi-dbi-spi", "piscreen", "pitft", "waveshare"), "spi", SPI0),
)
"""Families of overlays: screens on the whole header, sound cards on I2S, and what sits on SPI 0."""

_PINS_PARAMETER: Final = re.compile(r"pins_(\d+)_(\d+)")


@dataclass(frozen=True, slots=True)
class Taken:
    """Pins that the kernel takes, for what, and the line that says so."""

    pins: tuple[int, ...]
    purpose: Purpose
    line: str
    where: str


def taken_pins(boot: BootConfig) -> Iterator[Taken]:
    """Give every pin the boot files hand to the kernel, by the line that does it."""
    for purpose, pins in _PARAMETERS.items():
        if boot.is_on(purpose):
            setting = boot.parameters[purpose]
            yield Taken(pins, purpose, f"dtparam={purpose}=on", f"{setting.file}:{setting.line}")
    screen = boot.settings.get("enable_dpi_lcd")
    if screen is not None and screen.is_on:
        yield Taken(WHOLE_HEADER, "dpi", "enable_dpi_lcd=1", f"{screen.file}:{screen.line}")
    for overlay in boot.overlays:
        purpose, pins = _of(overlay)
        if pins:
            yield Taken(pins, purpose, f"dtoverlay={overlay.name}", f"{overlay.file}:{overlay.line}")


def one_wire_pin(overlay: Overlay) -> int | None:
    """Give the pin of a 1-Wire overlay; None for any other."""
    return _number(overlay, "gpiopin", 4) if overlay.name.startswith("w1-gpio") else None


def _of(overlay: Overlay) -> tuple[Purpose, tuple[int, ...]]:
    name = overlay.name
    one_wire = one_wire_pin(overlay)
    if one_wire is not None:
        return "one-wire", (one_wire,)
    if name == "i2c-gpio":
        return "i2c", (_number(overlay, "i2c_gpio_sda", 23), _number(overlay, "i2c_gpio_scl", 24))
    if name in _ONE_PIN:
        return "other", tuple(_number(overlay, key, default) for key, default in _ONE_PIN[name])
    for prefixes, purpose, pins in _BY_PREFIX:
        if name.startswith(prefixes):
            return purpose, pins
    purpose, pins = _FIXED.get(name, ("other", ()))
    moved = next((match for key in overlay.parameters if (match := _PINS_PARAMETER.fullmatch(key))), None)
    return purpose, (int(moved[1]), int(moved[2])) if moved and purpose == "i2c" else pins


def _number(overlay: Overlay, key: str, default: int) -> int:
    value = overlay.parameters.get(key, "")
    return int(value) if re.fullmatch(r"\d{1,3}", value, re.ASCII) else default
