"""Sets every slot's outputs, and the main contactor, to what the state wants, as levels.

`OutputSetter.set` may be called at any time and any number of times: it compares what is wanted with what was last
set. Nothing is queued and nothing replayed, so an acknowledgement that comes late cannot turn on what a later decision
has turned off.
"""

from collections.abc import Callable, Mapping

from sessions.entities import Slot
from sessions.machine import Mode
from sessions.ports import MainsPort, SlotPort
from sessions.safety import cuts_mains
from sessions.slots import levels
from sessions.state import State
from sessions.units import NS, MonoNs, Seq, SlotName


class OutputSetter:
    """Drives relays and locks of all slots from the owner's thread."""

    def __init__(
        self,
        slots: Mapping[SlotName, SlotPort],
        door_open_s: int,
        on_power: Callable[[SlotName, bool], None],
        mains: MainsPort | None = None,
        on_mains: Callable[[bool], None] = lambda on: None,
    ) -> None:
        """``on_power`` is told each time a slot's power was really switched, ``on_mains`` the same of the contactor."""
        self._slots = slots
        self._open_ns = door_open_s * NS
        self._on_power = on_power
        self._mains = mains
        self._on_mains = on_mains
        self.mains_on = False
        """Whether the main contactor was last set on."""
        self.hold_mains_open = False
        """Whether a self-test wants it open."""
        self._safe_since: Seq | None = None
        self._power = dict.fromkeys(slots, False)
        self._released: dict[SlotName, Seq] = dict.fromkeys(slots, Seq(0))
        self._open_until: dict[SlotName, MonoNs] = {}
        self._done: dict[SlotName, tuple[Slot, Mode]] = {}
        """What each slot's outputs follow from for good: no acknowledgement and no time changes them any more."""
        self._all_done: Seq | None = None
        """Up to which fact that is so of every slot."""

    def forget_releases(self, state: State) -> None:
        """Takes every release there is as used up: after a restart no door opens by itself."""
        self._done.clear()
        self._all_done = None
        for name in self._slots:
            self._released[name] = state.slot(name).release_seq

    def rewired(self, name: SlotName, state: State) -> None:
        """A slot has another relay and lock, both off; that it was once released opens no door of theirs."""
        self._power[name] = False
        self._released[name] = state.slot(name).release_seq
        self._done.pop(name, None)
        self._all_done = None

    def set(self, state: State, durable: Seq, now: MonoNs) -> MonoNs | None:
        """Sets what is wanted now; gives the next instant at which a door's time is over, if one is open."""
        # The contactor closes before the relays do and opens after them: it shall not have to make or break a load.
        feeds = self._feeds(state, durable)
        if feeds:
            self._set_mains(True)
        next_shut = self._set_slots(state, durable, now)
        if not feeds:
            self._set_mains(False)
        return next_shut

    def _feeds(self, state: State, durable: Seq) -> bool:
        """Whether the ports may be fed: no danger stands, and that is durable."""
        if cuts_mains(state):
            self._safe_since = None
            return False
        if self._safe_since is None:
            self._safe_since = state.seq
        return self._safe_since <= durable and not self.hold_mains_open

    def _set_mains(self, on: bool) -> None:
        if self._mains is not None and on != self.mains_on:
            self.mains_on = on
            self._mains.set(on)
            self._on_mains(on)

    def _set_slots(self, state: State, durable: Seq, now: MonoNs) -> MonoNs | None:
        if state.seq == self._all_done:
            return None
        slots, mode = state.slots, state.mode
        for name, port in self._slots.items():
            done = self._done.get(name)
            if done is not None and done[0] is slots.get(name) and done[1] is mode:
                continue
            slot = state.slot(name)
            wanted = levels(state, name, durable)
            if wanted.power != self._power[name]:
                self._power[name] = wanted.power
                port.set_power(wanted.power)
                self._on_power(name, wanted.power)
            self._set_door(port, slot, wanted.release, now)
            if name not in self._open_until and max(slot.power_seq, slot.release_seq) <= durable:
                self._done[name] = (slot, state.mode)
            else:
                self._done.pop(name, None)
        if len(self._done) == len(self._slots):
            self._all_done = state.seq
        return min(self._open_until.values(), default=None)

    def _set_door(self, port: SlotPort, slot: Slot, release: Seq, now: MonoNs) -> None:
        if release > self._released[slot.name]:
            self._released[slot.name] = release
            running = self._open_until.get(slot.name)
            if running is not None and now > running - self._open_ns + port.pulse_ns:
                # A latch moves once for each rise, and its door may have been shut again since the last one. A pulse
                # that may still be under way serves this release as well: cutting it would only wear the coil.
                port.set_unlocked(False)
            self._open_until[slot.name] = MonoNs(now + self._open_ns)
            port.set_unlocked(True)
        elif slot.name in self._open_until and (
            slot.release_seq == 0 or now >= self._open_until[slot.name] or _shut_again(slot)
        ):
            del self._open_until[slot.name]
            port.set_unlocked(False)

    def powered(self, name: SlotName) -> bool:
        """Whether the slot's relay was last set on."""
        return self._power[name]

    def open_until(self, name: SlotName) -> MonoNs | None:
        """Until when the slot's door stays unlocked, or None while it is locked."""
        return self._open_until.get(name)


def _shut_again(slot: Slot) -> bool:
    """Whether the door was used and shut since it was released: what is left of its time is nobody's."""
    shut, released = slot.shut_mono, slot.released_mono
    return slot.door_open is False and shut is not None and released is not None and shut > released
