"""One charging place: its relay, current sensor, display, lock and door behind `sessions.ports.SlotPort`."""

from collections.abc import Sequence
from dataclasses import dataclass

from hardware.current_sensor import CurrentSensor
from hardware.display import DisplayWorker, SlotDisplay
from hardware.door import Door
from hardware.lock import Lock
from hardware.relay import Relay
from sessions.ports import Reading
from sessions.units import MonoNs, SlotName


@dataclass(frozen=True, slots=True)
class SlotHardware:
    """The devices of one slot. A slot without display, lock or door does nothing where it would be asked of them."""

    name: SlotName
    relay: Relay
    sensor: CurrentSensor
    displays: DisplayWorker
    display: SlotDisplay | None = None
    lock: Lock | None = None
    door: Door | None = None

    @property
    def has_lock(self) -> bool:
        """Whether the door can be locked."""
        return self.lock is not None

    @property
    def has_door(self) -> bool:
        """Whether a door switch tells open from shut."""
        return self.door is not None

    @property
    def pulse_ns(self) -> int:
        """How long one unlocking gives the lock current; 0 without a lock."""
        return self.lock.pulse_ns if self.lock is not None else 0

    def set_power(self, on: bool) -> None:
        """Drive the relay to a level."""
        self.relay.set(on)

    def set_unlocked(self, on: bool) -> None:
        """Want the door unlocked or locked."""
        if self.lock is not None:
            self.lock.set_unlocked(on)

    def show(self, text: str) -> None:
        """Have a text shown soon. Raises `DisplayTextError` when four digits cannot show it."""
        if self.display is not None:
            self.displays.show(self.display, text)

    def readings(self, after: MonoNs) -> Sequence[Reading]:
        """Readings newer than `after`, oldest first."""
        return self.sensor.readings.after(after)

    def door_open(self) -> bool | None:
        """The last known door position; None without a switch or before its first reading."""
        return self.door.open if self.door is not None else None
