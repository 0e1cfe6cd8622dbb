"""What stands between the rules and the physics of the slots: drivers and chips, or whatever takes their place.

`kiosk simulate` knows two fidelities. ``rules`` says what drivers would say without running any
(`kiosk.simulation.modelled`), ``wire`` runs every one of them on the bench (`kiosk.simulation.wired`). Each is written
without the other, and the same seed must give the same facts through both: that is how either is found to be wrong.
Here is a third, which has no time and no troubles, for stories about the rules alone.
"""

from typing import TYPE_CHECKING, Protocol

from sessions.ports import CardSeen, CoinPulseStarted, CoinSeen, DoorSeen, Reading
from sessions.units import MinorUnits, MonoNs

if TYPE_CHECKING:
    from kiosk.simulation.kiosk import SimKiosk
    from kiosk.simulation.slot import SimSlot


class Electronics(Protocol):
    """The electronics of one kiosk, from one of its starts to its next end."""

    def start(self) -> None:
        """Begins to tell what happens: the kiosk runs."""
        ...

    def close(self) -> None:
        """The kiosk is dead, and every output off."""
        ...

    def power(self, slot: "SimSlot", on: bool) -> None:
        """The rules want a slot's relay at a level."""
        ...

    def unlock(self, slot: "SimSlot", on: bool) -> None:
        """The rules want a slot's door unlocked or locked."""
        ...

    def show(self, slot: "SimSlot", text: str) -> None:
        """The rules want a text on a slot's display."""
        ...

    def door_open(self, slot: "SimSlot") -> bool | None:
        """Where a slot's switch says that its door is."""
        ...

    def readings(self, slot: "SimSlot", numbers: range) -> list[Reading]:
        """What a slot's sensor says at the so many-th tenths of a second; nothing while it is being set up."""
        ...

    def switch_moved(self, slot: "SimSlot") -> None:
        """A door opened or shut before its switch."""
        ...

    def sensor_changed(self, slot: "SimSlot", *, lost_settings: bool = False) -> None:
        """A sensor fell silent, answers again, or woke up without its settings."""
        ...

    def tap(self, uid: str) -> None:
        """A card is held to the reader."""
        ...

    def noise(self, bad_frames: int) -> None:
        """The reader's line gives so many damaged frames at once."""
        ...

    def plug_reader(self, there: bool) -> None:
        """The reader's cable is pulled, or put back."""
        ...

    def coin(self, minor: int) -> float | None:
        """A coin is dropped; seconds until it has been counted, None when the acceptor gives it back."""
        ...


class AtOnce:
    """Everything is known at once, and nothing ever fails. A door can be opened for as long as it is wanted
    unlocked."""

    def __init__(self, kiosk: "SimKiosk") -> None:
        self._kiosk = kiosk
        self._told = 0

    def start(self) -> None:
        pass

    def close(self) -> None:
        for slot in self._kiosk.slots.values():
            slot.contact(False)
            slot.unlocked = not slot.has_lock

    def power(self, slot: "SimSlot", on: bool) -> None:
        slot.contact(on)

    def unlock(self, slot: "SimSlot", on: bool) -> None:
        slot.unlocked = on or not slot.has_lock

    def show(self, slot: "SimSlot", text: str) -> None:
        slot.text = text

    def door_open(self, slot: "SimSlot") -> bool | None:
        return slot.is_open if slot.has_door else None

    def readings(self, slot: "SimSlot", numbers: range) -> list[Reading]:
        return slot.measured(numbers)

    def switch_moved(self, slot: "SimSlot") -> None:
        self._kiosk.observe(DoorSeen(slot.name, slot.is_open, self._now()))

    def sensor_changed(self, slot: "SimSlot", *, lost_settings: bool = False) -> None:
        pass

    def tap(self, uid: str) -> None:
        if self._kiosk.reader_works:
            self._kiosk.observe(CardSeen(uid, self._number("tap"), self._now()))

    def noise(self, bad_frames: int) -> None:
        pass

    def plug_reader(self, there: bool) -> None:
        pass

    def coin(self, minor: int) -> float | None:
        train, now = self._number("train"), self._now()
        self._kiosk.observe(CoinPulseStarted(train, now))
        self._kiosk.observe(CoinSeen(MinorUnits(minor), train, now, now))
        return 0.0

    def _number(self, what: str) -> str:
        self._told += 1
        return f"{what}-{self._kiosk.starts}-{self._told}"

    def _now(self) -> MonoNs:
        return MonoNs(self._kiosk.owner.mono)
