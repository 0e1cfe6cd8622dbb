"""The I2C buses, and the lock that everything on any of them is used under.

`adafruit_register` keeps one buffer for all registers of all devices in the process and fills it before it takes the
bus's own lock; Blinka's `try_lock` is a test and a set with a gap between. So two threads may never be inside those
libraries at once, not even on two buses. Every driver here therefore holds `LIBRARY_LOCK` around its transfers.
"""

import threading
from typing import Any

from hardware.errors import DeviceError

LIBRARY_LOCK = threading.RLock()
"""Held for a few transfers at a time (about 2 ms at 100 kHz), never across a wait."""


FIRST_ADDRESS, LAST_ADDRESS = 0x08, 0x77
"""The I2C specification (UM10204, 3.1.12) reserves the rest."""


def answering(bus: Any) -> list[int]:
    """The addresses at which something answers when it is asked for a byte; takes about 30 ms at 100 kHz, and three
    times that behind a mux.

    The lock is given back after each, so that the sensors keep their pace.
    """
    return [address for address in range(FIRST_ADDRESS, LAST_ADDRESS + 1) if _answers(bus, address)]


def _answers(bus: Any, address: int) -> bool:
    with LIBRARY_LOCK:
        try:
            # Nobody else can have it: they all hold the lock above. A mux's channel is open for as long.
            bus.try_lock()
            try:
                bus.readfrom_into(address, bytearray(1))
            finally:
                bus.unlock()
        except OSError:
            return False
    return True


def open_bus(number: int) -> Any:
    """Open `/dev/i2c-<number>` as the object the Adafruit drivers take.

    The clock rate is the kernel's (`dtparam=i2c_arm_baudrate`); Linux offers no way to set it from here.

    Raises `DeviceError` when the bus is not switched on or not ours to use.
    """
    from adafruit_extended_bus import ExtendedI2C

    try:
        return ExtendedI2C(number, frequency=None)
    except PermissionError as error:
        advice = "add the kiosk's user to the group i2c"
        raise DeviceError(f"i2c{number}", f"/dev/i2c-{number} may not be opened; {advice}") from error
    except (OSError, ValueError, RuntimeError) as error:
        advice = "switch it on with dtparam=i2c_arm=on in config.txt and restart"
        raise DeviceError(f"i2c{number}", f"there is no /dev/i2c-{number}; {advice}") from error
