"""Every device of a kiosk, on a Pi or on the bench: built by `hardware.fitter`, started, and ended safely.

A `Backend` is where pins, buses and ports come
from: `Pi` here, `hardware.bench.bench.Bench` elsewhere; everything above it is the same.
"""

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from hardware.backend import Backend
from hardware.fitter import Fitter
from hardware.gpio import Header
from hardware.kiosk_devices import COIN_ENABLE
from hardware.workers import Clock
from sessions.ports import Post

if TYPE_CHECKING:
    from hardware.berth import Berth
    from hardware.payment import AnyReader, CoinDevice
    from hardware.safety import Guard
    from hardware.specs import Pinmap
    from hardware.water import WaterDispenser
    from hardware.workers import Worker

__all__ = ["COIN_ENABLE", "Wiring", "wire"]

_log = logging.getLogger(__name__)


class Wiring:
    """Every device of one kiosk, off and silent until `start`."""

    def __init__(self, header: Header, fitter: Fitter) -> None:
        self.fitter = fitter
        """Who can wire a slot anew while everything runs."""
        self.slots = fitter.slots
        """The slots by name, in the order of the pinmap."""
        self.outputs = fitter.kiosk_outputs
        self.profiles = fitter.profiles
        """Who switches those outputs as profiles want them."""
        self.contactor = fitter.contactor
        """The main contactor; open until somebody closes it."""
        self.expanders = fitter.expanders
        self.buses = fitter.buses
        """The I2C buses by number. Whoever speaks on one holds `hardware.i2c.LIBRARY_LOCK`."""
        self._header = header

    @property
    def workers(self) -> "tuple[Worker | Berth, ...]":
        """Every thread; each can be asked whether it lives, and started again after its death."""
        return self.fitter.workers

    @property
    def guard(self) -> "Guard":
        """Who asks thermometers, loops and the supply."""
        return self.fitter.devices.guard

    @property
    def reader(self) -> "AnyReader | None":
        """The card reader, if there is one."""
        return self.fitter.devices.reader

    @property
    def coin(self) -> "CoinDevice | None":
        """What takes coins, if anything does."""
        return self.fitter.devices.coin

    @property
    def water(self) -> "WaterDispenser | None":
        """The dispenser, if there is one."""
        return self.fitter.devices.water

    def start(self) -> None:
        """Start every thread."""
        for worker in self.workers:
            worker.start()

    def all_off(self) -> list[str]:
        """Turn every output off, for good: relays, locks and pump first. Returns a sentence for each that failed.

        Safe from any thread, at exit and in a signal handler; never raises. Nothing turns on again afterwards.
        """
        failures = []
        self.fitter.ended = True
        for output in self.fitter.outputs:
            try:
                output.shut()
            except Exception as error:  # noqa: BLE001 - the next output must still be turned off; the caller is told
                failures.append(f"{output.device} could not be turned off ({error}); cut its supply.")
        for name, expander in self.expanders.items():
            if not expander.has_outputs:
                continue
            try:
                expander.flush()
            except Exception as error:  # noqa: BLE001 - as above
                failures.append(f"The outputs of {name} could not be turned off ({error}); cut their supply.")
        return failures

    def stop(self) -> None:
        """Turn everything off, end every thread and let go of the pins. Stopping twice is harmless."""
        for failure in self.all_off():
            _log.error("%s", failure)
        for worker in self.workers:
            worker.stop()
        self._header.close()


def wire(
    pinmap: "Pinmap",
    backend: Backend,
    post: Post,
    *,
    card_reader: str | None = None,
    coin_board: str | None = None,
    clock: Clock = time.monotonic_ns,
    pause: Callable[[float], object] = time.sleep,
    run_id: str | None = None,
    coin_stored: Callable[[str], bool] = lambda coin: False,
) -> Wiring:
    """Build every device of a pinmap. `card_reader` and `coin_board` are ports to use instead of the
    pinmap's.

    `clock` and `pause` are a simulation's time. `run_id` stands in the identities of taps and coin trains and must
    never come again; by itself it is random. `coin_stored` says whether a coin of that identity is in the store for
    good; without a store no coin board is told so.

    A device that does not answer is no error here: its worker reports it and goes on asking. Raises `PinTaken` for a
    pin with two holders, `DeviceError` for a bus that is not there (every output of the header is off by then), and
    what the backend's pins raise.
    """
    header = Header(backend.pins())
    attached = {"reader": card_reader, "coin": coin_board}
    fitter = Fitter(pinmap, backend, header, post, clock, pause, run_id, coin_stored, attached)
    try:
        fitter.build()
        return Wiring(header, fitter)
    except BaseException:
        header.close()
        raise
