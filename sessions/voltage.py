"""What the voltage behind a relay says of its port: power where none is wanted, or none where it is.

A sensor behind its relay sees a voltage while that is off only if the contact is welded, and behind an open main
contactor only if this one is. No voltage while both are on means a relay, fuse or supply that gives none; too little is
judged by `sessions/sagging.py`. One reading proves nothing: a contact bounces, a sensor may hang at what it saw before.
A sensor before its relay sees the supply, and proves nothing of a contact either.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sessions import commands as c
from sessions.ports import Json, Reading, Trouble
from sessions.rules import Rules
from sessions.sagging import Sagging
from sessions.state import State
from sessions.units import MonoNs, SlotName, seconds_ns

SETTLED_NS = seconds_ns(1.0)
"""How long after switching a reading counts as one of a port that is on, or of an empty, powerless one."""
WELDED_V = 2.0
"""A port without power is bled to zero within milliseconds; half a volt would be a charge left, two volts are a closed
contact."""
WELDED_READINGS = 3
FROZEN_READINGS = 30
"""So many equal readings in a row of a port that should be dead are no proof of a contact: the sensor hangs at what it
saw before. Even where nothing flows, a chip's noise moves its last digit within a second."""
DEAD_READINGS = 30
"""Three seconds of readings: a supply that trips and comes back within them is no broken relay."""


@dataclass(slots=True)
class _Port:
    on: bool = False
    since: MonoNs | None = None
    """When its relay or the main contactor was last switched."""
    live: int = 0
    """Readings in a row with a voltage, while the relay is off."""
    live_moved: bool = False
    """Whether these were different ones: a sensor that hangs proves no contact."""
    dead: int = 0
    """Readings in a row without, while the relay is off."""
    missing: int = 0
    """Readings in a row without, while it is on."""
    weld_told: bool = False
    """Whether it was told since the main contactor last closed that the contact is welded."""

    def switched(self, now: MonoNs) -> None:
        """What was counted before says nothing any more."""
        self.since = now
        self.live = self.dead = self.missing = 0
        self.live_moved = False


class Voltages:
    """Judges the ports of one kiosk."""

    def __init__(
        self, names: Iterable[SlotName], rules: Callable[[], Rules], tell: Callable[[c.Command], Json]
    ) -> None:
        self._ports = {name: _Port() for name in names}
        self._sagging = Sagging(rules, tell)
        self._rules = rules
        self._tell = tell
        self._fed = True
        self._uncut: set[SlotName] = set()
        """Slots that have voltage behind an open main contactor."""

    def power_switched(self, name: SlotName, on: bool, now: MonoNs) -> None:
        """Notes that a relay was switched."""
        port = self._ports[name]
        port.on = on
        port.switched(now)
        self._sagging.off(name)

    def mains_switched(self, on: bool, now: MonoNs) -> None:
        """Notes that the main contactor feeds all ports, or none. Behind an open one no voltage says anything about a
        relay; as soon as it is closed, all are judged anew."""
        self._fed = on
        for name, port in self._ports.items():
            port.switched(now)
            port.weld_told = False
            self._sagging.off(name)

    def rewired(self, name: SlotName, now: MonoNs) -> None:
        """A slot has another relay, which is off, and another sensor."""
        self._ports[name] = _Port(since=now)
        self._sagging.off(name)

    def take(self, name: SlotName, before: Reading | None, reading: Reading) -> bool:
        """Takes in a reading that has a value, and the one before it. Gives whether the port certainly has no power."""
        port = self._ports[name]
        if port.since is None or reading.mono < port.since + SETTLED_NS:
            return False
        if port.on:
            self._take_on(name, port, reading)
            return False
        if not self._rules().slot(name).sensed_after_relay:
            return True
        live = reading.bus_V is not None and reading.bus_V >= WELDED_V
        if live and port.live and before is not None and before.mA is not None:
            port.live_moved |= (before.mA, before.bus_V) != (reading.mA, reading.bus_V)
        port.live = port.live + 1 if live else 0
        port.live_moved &= live
        port.dead = port.dead + 1 if self._fed and not live else 0
        return not live

    def _take_on(self, name: SlotName, port: _Port, reading: Reading) -> None:
        if not self._fed or reading.bus_V is None:
            return
        port.missing = port.missing + 1 if reading.bus_V < WELDED_V else 0
        if port.missing:
            self._sagging.off(name)
        else:
            self._sagging.took(name, reading.bus_V, reading.mono)

    def look(self, state: State, name: SlotName) -> None:
        """Tells what the readings of one port reveal."""
        port = self._ports[name]
        self._tell_uncut(name, port)
        self._tell_weld(state, name, port)
        self._tell_dead(state, name, port)

    def look_at_supplies(self, state: State, now: MonoNs) -> None:
        """Tells what those of all ports together reveal."""
        self._sagging.look(state, now)

    def _tell_uncut(self, name: SlotName, port: _Port) -> None:
        uncut = not self._fed and port.live_moved and port.live >= WELDED_READINGS
        if uncut == (name in self._uncut) or (not uncut and port.live):
            return
        self._uncut ^= {name}
        if uncut and len(self._uncut) == 1:
            detail = f"{name} has voltage although the main contactor is open: it is welded. Pull the plug; replace it."
            self._tell(c.SetDanger(True, detail, "contactor"))
        elif not self._uncut:
            self._tell(c.SetDanger(False, "The main contactor cuts the ports' power again.", "contactor"))

    def _tell_weld(self, state: State, name: SlotName, port: _Port) -> None:
        device = f"{name}.relay"
        fault = state.faults.get(device)
        known = fault is not None and (fault.trouble != Trouble.WELDED or port.weld_told)
        if port.live >= WELDED_READINGS and port.live_moved and self._fed and not known:
            port.weld_told = True
            detail = f"{name} has voltage although its relay is off: the contact is welded. Replace the relay."
            self._tell(c.DeviceTrouble(device, Trouble.WELDED.value, detail))
        elif port.dead >= WELDED_READINGS and fault is not None and fault.trouble == Trouble.WELDED:
            self._tell(c.DeviceTrouble(device, None, "opens its contact again"))
        elif port.live >= FROZEN_READINGS and not port.live_moved and f"{name}.sensor" not in state.faults:
            detail = (
                f"The current sensor of {name} shows one and the same voltage although its relay is off: it hangs. Cut"
                " its supply for a moment; if that does not help, replace it."
            )
            self._tell(c.DeviceTrouble(f"{name}.sensor", Trouble.STUCK.value, detail))

    def _tell_dead(self, state: State, name: SlotName, port: _Port) -> None:
        """Without power nobody can see whether it is well again: whoever mended it enables the slot."""
        if port.missing >= DEAD_READINGS and f"{name}.relay" not in state.faults:
            detail = f"{name} has no voltage although its relay is on. Check relay, fuse and supply; then enable it."
            self._tell(c.DeviceTrouble(f"{name}.relay", Trouble.STUCK.value, detail))
