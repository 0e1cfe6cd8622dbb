"""The whole kiosk in memory: every chip behind the real drivers, and the people who use it.

A `Bench` stands where the Pi stands (`hardware.backend.Backend`): it gives the header's pins, the I2C buses and the
card reader's port. Its verbs are what people do: tap, plug, open, drop a coin, break something. They take as long as
people take, so they are called from threads that may wait; the errors they raise are sentences for whoever asked.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from hardware.bench.coins import CoinChute
from hardware.bench.faults import Faults
from hardware.bench.gpio import BenchFactory, WireMemory
from hardware.bench.i2c_bus import BenchBus
from hardware.bench.names import unknown
from hardware.bench.parts import BenchParts
from hardware.bench.plumbing import Cup
from hardware.bench.reader import TAP_S
from hardware.bench.slot import BenchSlot
from hardware.bench.water import BenchWater
from hardware.bench.world import FaultKept, WorldFile, WorldKept
from hardware.errors import BenchNameError, BenchRefused
from hardware.pinmap_changes import Changes
from hardware.specs import Pinmap

_log = logging.getLogger(__name__)


class Bench:
    """The simulated kiosk of one pinmap.

    `card_reader` and `coin_board` name real ports that stand in for the bench's reader and coins. The same `seed` makes
    the same parts and the same phones.

    Two files let a kiosk be killed and come back to what it left, as a real one does. In `memory` outputs stay driven,
    as real pins do. In `world` are the things about it: what is plugged in and how full it is, how doors stand, what is
    broken or unplugged, the cup. Each verb is in the file when it returns, what changes by itself within a second. A
    `world` that cannot be read is an empty one, and the log says so; of what the pinmap does not have any more, too.
    """

    def __init__(
        self,
        pinmap: Pinmap,
        seed: int = 0,
        *,
        card_reader: str | None = None,
        coin_board: str | None = None,
        memory: Path | None = None,
        world: Path | None = None,
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._external_reader = card_reader
        self._external_board = coin_board
        wires = WireMemory(memory) if memory is not None else None
        self._parts = BenchParts(
            pinmap, seed, wires, clock, own_reader=card_reader is None, own_coins=coin_board is None
        )
        self._slots = self._parts.slots
        if self._water is not None and clock is time.monotonic_ns:
            # Where somebody else keeps the time, they let the water flow.
            self._water.start()
        self._faults = Faults(self._parts.switches)
        self._world = WorldFile(world, self._keep) if world is not None else None
        if self._world is not None:
            self._restore(self._world.read())
            self._world.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # What the Pi would give.

    def pins(self) -> BenchFactory:
        """The header's pins."""
        return self._parts.harness.factory

    def bus(self, number: int) -> BenchBus:
        """An I2C bus with its chips."""
        return self._parts.harness.bus(number)

    def port(self, device: str, port: str) -> str:
        """The port of the bench's reader or coin board; the pinmap's own where a real one stands in for it."""
        part = self._parts.reader if device == "reader" else self._parts.coins
        return port if part is None or isinstance(part, CoinChute) else part.port

    def sysfs(self) -> Path:
        """The folder with the bench's thermometers and the alarm of its supply."""
        return self._parts.sysfs.root

    def refit(self, pinmap: Pinmap, change: Changes) -> None:
        """Solder anew what another pinmap has elsewhere; what is plugged in stays."""
        with self._changing():
            self._parts.refit(pinmap, change)

    # What people do.

    def tap(self, uid: str, hold_s: float = TAP_S) -> str:
        """Hold a card to the reader; `uid` as people type it. Returns the canonical UID.

        Raises `CardNumberError` for what cannot be a card, `BenchRefused` where there is no reader of the bench's.
        """
        if self._parts.reader is not None:
            return self._parts.reader.tap(uid, hold_s)
        if self._external_reader is not None:
            raise BenchRefused(f"a real reader is attached at {self._external_reader}; tap a card there")
        raise BenchRefused("this kiosk has no card reader in its pinmap")

    def plug(self, slot: str, phone: str = "typical", level: float | None = None, *, cable: bool = False) -> None:
        """Plug a phone into a slot; `level` is its battery in per cent.

        On a slot with a lock: wait for the door to be unlocked, open it, plug in, shut it. `cable` puts back the plug
        of what was pulled there, and leaves the door alone. Raises `BenchRefused` when the door stays locked or there
        is something in the slot already, `BenchNameError` for an unknown slot or phone.
        """
        with self._changing():
            self._slot(slot).plug(phone, level, cable=cable)

    def unplug(self, slot: str, *, cable: bool = False) -> None:
        """Take the phone out, through the door as `plug` does; `cable` pulls its plug behind the shut door."""
        with self._changing():
            self._slot(slot).unplug(cable=cable)

    def door(self, slot: str, is_open: bool) -> None:
        """Open a slot's door, or push it shut. Raises `BenchRefused` when it is locked now."""
        with self._changing():
            self._slot(slot).move_door(is_open)

    def coin(self, value: float) -> None:
        """Drop a coin of this face value and wait until it is counted. Raises `BenchRefused` when it is not taken."""
        if self._external_board is not None:
            raise BenchRefused(f"a real coin board is attached at {self._external_board}; drop a coin there")
        if self._parts.coins is None:
            raise BenchRefused("this kiosk has no coin acceptor in its pinmap")
        self._parts.coins.drop(value)

    def cup(self, present: bool, size_ml: float = 500.0) -> None:
        """Put an empty cup under the spout, or take it away. Raises `BenchRefused` on a kiosk without water."""
        if self._water is None:
            raise BenchRefused("this kiosk has no water in its pinmap")
        with self._changing():
            self._water.place(Cup(size_ml) if present else None)

    @property
    def water(self) -> BenchWater | None:
        """The dispenser's insides, for whoever keeps the time or weighs the cup."""
        return self._parts.water

    def fault(self, device: str, kind: str, on: bool) -> None:
        """Break something, or mend it. Raises `BenchNameError`, which lists what can be broken."""
        with self._changing():
            self._faults.set(device, kind, on)

    @property
    def fault_kinds(self) -> dict[str, list[str]]:
        """What can be broken: kinds by device."""
        return self._faults.kinds

    def snapshot(self) -> dict[str, Any]:
        """What somebody sees who stands before the kiosk, in the shape of `GET /api/bench`."""
        return {
            "slots": {name: slot.snapshot() for name, slot in list(self._slots.items())},
            "outputs": {name: wire.carries(active) for name, (wire, active) in list(self._parts.outputs.items())},
            "contactor": self._parts.contactor.closed if self._parts.contactor is not None else None,
            "cup": self._cup_there,
            "water": self._water.snapshot() if self._water is not None else None,
            "reader": self._parts.reader.port if self._parts.reader is not None else self._external_reader,
            "faults": self._faults.on,
        }

    def close(self) -> None:
        """Send everybody home: nobody waits any longer, and the reader's port is gone. The pins stay as they are."""
        self._parts.closing.set()
        if self._parts.coins is not None:
            self._parts.coins.close()
        if self._parts.reader is not None:
            self._parts.reader.close()
        if self._water is not None:
            self._water.close()
        if self._world is not None:
            self._world.close()
        self._parts.sysfs.close()

    # What stays when the process ends.

    @contextmanager
    def _changing(self) -> Iterator[None]:
        try:
            yield
        finally:
            if self._world is not None:
                self._world.save()

    def _keep(self) -> WorldKept:
        return WorldKept(
            slots={name: slot.keep() for name, slot in list(self._slots.items())},
            # How a door stands says also whether it was forced.
            faults=tuple(FaultKept(**fault) for fault in self._faults.on if fault["kind"] != "forced"),
            cup=self._cup_there,
        )

    def _restore(self, kept: WorldKept) -> None:
        if self._water is not None and kept.cup:
            self._water.place(Cup())
        for name in kept.slots.keys() & self._slots.keys():
            self._slots[name].restore(kept.slots[name])
        for fault in kept.faults:
            try:
                self._faults.set(fault.device, fault.kind, True)
            except BenchNameError as error:
                _log.warning("A fault of the bench is forgotten: %s", error)
        for name in kept.slots.keys() - self._slots.keys():
            _log.warning("What lay in %s is forgotten: the pinmap has no such slot", name)

    @property
    def _water(self) -> BenchWater | None:
        return self._parts.water

    @property
    def _cup_there(self) -> bool:
        return self._water is not None and self._water.plumbing.cup is not None

    def _slot(self, name: str) -> BenchSlot:
        if name not in self._slots:
            raise unknown("slot", name, self._slots)
        return self._slots[name]
