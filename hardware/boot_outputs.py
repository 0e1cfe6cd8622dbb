"""The last way to switch off: by the boot files, when the pinmap that says which pins are outputs cannot be read.

The installer wrote a `gpio=` line for every pin that gives energy, with the level that is off (`boot_block`). It stands
on another partition than the pinmap, and needs nothing but a text file to be understood.
"""

from __future__ import annotations

from hardware.boot_config import BootConfig
from hardware.gpio import Header


def off_levels_at_boot(boot: BootConfig) -> dict[int, bool]:
    """Give the pins which the boot files drive, and whether high is their off: what is off at boot is off for good."""
    levels = {pin: set(options.split(",")) for pin, (options, _) in boot.gpio.items()}
    return {pin: "dh" in words for pin, words in levels.items() if "op" in words and words & {"dh", "dl"}}


def turn_off(boot: BootConfig, header: Header) -> list[str]:
    """Drive every pin that the boot files drive to the same level. Gives a sentence for each that could not be."""
    failures = []
    for pin, off_is_high in off_levels_at_boot(boot).items():
        try:
            header.output(pin, f"GPIO{pin}", active_high=not off_is_high)
        except Exception as error:  # noqa: BLE001 - the next one must still be turned off; the caller is told
            failures.append(f"GPIO{pin} could not be turned off ({error}); cut the supply of what hangs on it.")
    return failures
