"""What both fidelities have in common: when devices are asked, and how people's doings reach the wires.

On a kiosk every bus is asked ten times a second, for ever. Nearly all of that finds nothing new. Here a bus is asked
for as long as there is something to find out: from the first tenth of a second after a switch has moved or a sensor has
changed until all has been told. Readings of currents are fetched besides, whenever somebody looks at them.
"""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from kiosk.simulation.board import COIN_TIMING, COIN_UNIT, SLOTS_A_BOARD
from sessions.ports import DeviceReport, DoorSeen, Observation
from sessions.units import MonoNs, SlotName

if TYPE_CHECKING:
    from kiosk.simulation.kiosk import SimKiosk
    from kiosk.simulation.slot import SimSlot

MS = 1_000_000
ASKED_NS = 100 * MS
SETTLING_POLLS = 3
"""A switch counts when two polls agree: the third after it moved tells nothing new."""
READER_OPEN_MS = 1
"""From a start until the reader's port is open."""
PULSE_MS = 50
"""What the acceptor's pulses last, and its rests between them."""


class Stepped(ABC):
    """The electronics of one kiosk on the virtual clock."""

    def __init__(self, kiosk: "SimKiosk") -> None:
        self.kiosk = kiosk
        self.owner = kiosk.owner
        self.run_id = f"start{kiosk.starts}"
        self._polls_left = 0
        self._moved_at = -1
        self._attended: dict[SimSlot, None] = {}
        self._poll_waits = False
        self._line_free = 0

    def start(self) -> None:
        self._attended = dict.fromkeys(self.kiosk.slots.values())
        self._await_poll()
        self.owner.after(READER_OPEN_MS, self.open_reader)
        self.owner.after(COIN_TIMING.mute_ms, self.open_chute)

    def switch_moved(self, slot: "SimSlot") -> None:
        self._polls_left = SETTLING_POLLS
        self._moved_at = self.owner.mono
        self._await_poll()

    def sensor_changed(self, slot: "SimSlot", *, lost_settings: bool = False) -> None:
        if lost_settings:
            self.lose_settings(slot)
        self._attended[slot] = None
        self._await_poll()

    def coin(self, minor: int) -> float | None:
        if not self.chute_open:
            return None
        now, pulses = self.owner.mono, minor // COIN_UNIT
        first = max(now, self._line_free)
        self._line_free = first + 2 * PULSE_MS * MS * pulses
        self.send_pulses(first, pulses)
        return (self._line_free - now) / 1e9 + COIN_TIMING.gap_ms / 1000

    def post(self, seen: Observation) -> None:
        """Tells the rules. What they decide by it of a slot shall be decided in the knowledge of all its readings until
        now."""
        if isinstance(seen, DoorSeen):
            self.kiosk.catch_up(seen.slot)
        elif isinstance(seen, DeviceReport):
            self.kiosk.catch_up(SlotName(seen.device.rpartition(".")[0]))
        self.kiosk.observe(seen)

    def boards(self) -> "list[list[SimSlot]]":
        """The slots by the board on which they are wired."""
        slots = list(self.kiosk.slots.values())
        return [slots[n : n + SLOTS_A_BOARD] for n in range(0, len(slots), SLOTS_A_BOARD)]

    def _await_poll(self) -> None:
        if not self._poll_waits:
            self._poll_waits = True
            self.owner.after(-(-(ASKED_NS - self.owner.mono % ASKED_NS) // MS), self._poll)

    def _poll(self) -> None:
        self._poll_waits = False
        now = MonoNs(self.owner.mono)
        # What moves in the very instant of a poll is seen by the next one.
        if self._polls_left and self._moved_at != now:
            self._polls_left -= 1
            self.poll_switches(now)
        for slot in list(self._attended):
            if self.poll_sensor(slot, now):
                del self._attended[slot]
        if self._polls_left or self._attended:
            self._await_poll()

    # What drivers do.

    @property
    @abstractmethod
    def chute_open(self) -> bool:
        """Whether the acceptor takes coins."""

    @abstractmethod
    def open_reader(self) -> None:
        """The reader's port is opened, if it is there."""

    @abstractmethod
    def open_chute(self) -> None:
        """The acceptor has settled after power-on."""

    @abstractmethod
    def send_pulses(self, first: int, pulses: int) -> None:
        """The acceptor gives its pulses, the first one from an instant on."""

    @abstractmethod
    def poll_switches(self, now: MonoNs) -> None:
        """Every door's switch is asked once."""

    @abstractmethod
    def poll_sensor(self, slot: "SimSlot", now: MonoNs) -> bool:
        """A sensor is asked once; whether asking it on would tell nothing new."""

    @abstractmethod
    def lose_settings(self, slot: "SimSlot") -> None:
        """A sensor's supply breaks down for a moment."""
