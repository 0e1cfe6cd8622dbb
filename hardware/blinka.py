"""The `digitalio` that Adafruit's drivers import, so that none of them needs pins through Blinka.

`adafruit_ina219`, `adafruit_mcp230xx` and `adafruit_pn532` import names from Blinka's `digitalio`, most of them only
for their type hints. On a Raspberry Pi that module imports `gpiod`, which is not there and which would be a second
owner of the header beside lgpio: the import then ends in a RuntimeError. The kiosk's pins are gpiozero's, so these
drivers get a module of that name which has the names and no pins.
"""

import enum
import sys
import threading
from types import ModuleType
from typing import Final

_SERVING: Final = threading.Lock()


class Direction(enum.Enum):
    """Which way a pin goes."""

    INPUT = enum.auto()
    OUTPUT = enum.auto()


class Pull(enum.Enum):
    """A pin's resistor."""

    UP = enum.auto()
    DOWN = enum.auto()


class DriveMode(enum.Enum):
    """How an output drives."""

    PUSH_PULL = enum.auto()
    OPEN_DRAIN = enum.auto()


class DigitalInOut:
    """A pin, as a name for type hints; the kiosk gives no driver a pin of Blinka's."""


def serve_digitalio() -> None:
    """Have `import digitalio` give these names; to be called before an Adafruit driver is imported."""
    with _SERVING:
        if "digitalio" in sys.modules:
            return
        module = ModuleType("digitalio", __doc__)
        for each in (Direction, Pull, DriveMode, DigitalInOut):
            setattr(module, each.__name__, each)
        sys.modules["digitalio"] = module
