"""One charging place on the bench, and the customer's hands at it."""

import random
import threading
from collections.abc import Callable
from typing import Any

from hardware.bench.door_lock import BenchDoor, Position
from hardware.bench.ina219 import Ina219
from hardware.bench.names import unknown
from hardware.bench.phones import PHONES, Phone
from hardware.bench.port import Port
from hardware.bench.tm1637 import TM1637Chip
from hardware.bench.world import PhoneKept, SlotKept
from hardware.errors import BenchRefused

PATIENCE_S = 10.0
"""How long somebody stands before a locked door."""
LOOK_S = 0.25
HANDS_S = 0.4
"""To swing a door open, and again to let go of it: longer than the two polls after which a slow switch is believed."""


class BenchSlot:
    """The parts of one slot, and what a person does there. `door` is None where there is neither lock nor switch.

    The verbs take as long as a person takes, so they belong into a thread that may wait.
    """

    def __init__(
        self,
        name: str,
        port: Port,
        sensor: Ina219,
        display: TM1637Chip | None,
        door: BenchDoor | None,
        rng: random.Random,
        closing: threading.Event,
    ) -> None:
        self.name = name
        self.port = port
        self.sensor = sensor
        self.display = display
        self.door = door
        self._rng = rng
        self._closing = closing
        self._pulled: Phone | None = None
        self._hands = threading.Lock()

    def plug(self, phone: str, level: float | None, *, cable: bool) -> None:
        """Plug something in, behind the door if there is a locked one; with `cable`, what was pulled there before."""
        kind = PHONES.get(phone)
        if kind is None:
            raise unknown("phone", phone, PHONES)
        with self._hands:
            if self.port.phone is not None:
                raise BenchRefused(f"there is already a {self.port.phone.kind.name} in {self.name}; unplug it first")
            if cable:
                self._connect(self._pulled or Phone(kind, self._rng, level))
            else:
                self._behind_the_door(lambda: self._connect(Phone(kind, self._rng, level)))

    def unplug(self, *, cable: bool) -> None:
        """Take out what is there; with `cable`, only pull its plug and leave the door alone."""
        with self._hands:
            if self.port.phone is None and (cable or self._pulled is None):
                raise BenchRefused(f"nothing is plugged into {self.name}")
            if cable:
                phone = self.port.phone
                self._connect(None)
                self._pulled = phone
            else:
                self._behind_the_door(lambda: self._connect(None))

    def move_door(self, is_open: bool) -> None:
        """Open the door as far as it lets itself be opened now, or push it shut."""
        door = self._require_door()
        if not is_open:
            door.shut()
        elif not door.open():
            raise BenchRefused(f"the door of {self.name} is locked")

    def force_door(self, on: bool) -> None:
        """Break the door open, or push it shut again."""
        door = self._require_door()
        if on:
            door.open(by_force=True)
        else:
            door.shut()

    def keep(self) -> SlotKept:
        """What stays here when the process ends."""
        position = self.door.position if self.door is not None else Position.SHUT
        return SlotKept(phone=_kept(self.port.phone), pulled=_kept(self._pulled), door=position)

    def restore(self, kept: SlotKept) -> None:
        """Take up what an earlier process left."""
        self.port.connect(self._found(kept.phone))
        self._pulled = self._found(kept.pulled)
        if self.door is not None:
            self.door.put(kept.door)

    def snapshot(self) -> dict[str, Any]:
        """What somebody standing there sees, and the current in mA."""
        door = self.door
        return {
            "display": self.display.text if self.display else None,
            "brightness": self.display.brightness if self.display else None,
            "relay": self.port.powered,
            "lock": None if door is None else "unlocked" if door.unlocked else "locked",
            "door": None if door is None else "shut" if door.position is Position.SHUT else "open",
            "phone": self.port.phone.kind.name if self.port.phone else None,
            "level": round(self.port.phone.level, 1) if self.port.phone else None,
            "mA": round(1000 * self.port.measure()[0], 1),
        }

    def _found(self, kept: PhoneKept | None) -> Phone | None:
        return Phone(PHONES[kept.kind], self._rng, kept.level) if kept is not None else None

    def _require_door(self) -> BenchDoor:
        if self.door is None:
            raise BenchRefused(f"{self.name} has no door")
        return self.door

    def _connect(self, phone: Phone | None) -> None:
        self._pulled = None
        self.port.connect(phone)

    def _behind_the_door(self, act: Callable[[], None]) -> None:
        door = self.door
        if door is None:
            act()
            return
        if door.position is not Position.OPEN:
            self._open_when_unlocked(door)
            self._closing.wait(HANDS_S)
        act()
        self._closing.wait(HANDS_S)
        door.shut()

    def _open_when_unlocked(self, door: BenchDoor) -> None:
        for _ in range(round(PATIENCE_S / LOOK_S)):
            if self._closing.is_set():
                break
            # A bolt that is held back may be let go between looking and pulling: then wait on.
            if door.wait_unlocked(LOOK_S) and door.open():
                return
        raise BenchRefused(
            f"the door of {self.name} stayed locked for {PATIENCE_S:g} s; start a session there or let its owner open"
            ' it first, or pull the cable behind the shut door with {"cable": true}'
        )


def _kept(phone: Phone | None) -> PhoneKept | None:
    # Tenths of a per cent: a charging phone is written down some times a minute, not at every look.
    return PhoneKept(kind=phone.kind.name, level=round(phone.level, 1)) if phone is not None else None
