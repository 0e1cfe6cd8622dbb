"""What the sensors say of slots between sessions: their zero, and whether the parts of a slot agree with each other.

While a slot has no power, no current can flow: whatever its sensor reads then is its zero. A sensor behind the relay
tells more: a voltage there without power means a welded contact; one before it sees the supply. A sensor without
a reading for a while, session or not, is reported by its silence; its next good reading takes that back.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from sessions import commands as c
from sessions.events import Fact, VerdictGiven
from sessions.ports import Json, Reading, SlotPort, Trouble
from sessions.rules import Rules
from sessions.sagging import Sagging
from sessions.state import State
from sessions.units import Milliamps, MonoNs, SlotName, seconds_ns
from sessions.zero import Zero

SETTLED_NS = seconds_ns(1.0)
"""How long after switching off a reading counts as one of an empty, powerless port."""
WELDED_V = 2.0
"""A port without power is bled to zero within milliseconds; half a volt would be a charge left, two volts are a closed
contact."""
WELDED_READINGS = 3
FROZEN_READINGS = 30
"""So many equal readings in a row of a port that should be dead are no proof of a contact: the sensor hangs at what it
saw before. Even where nothing flows, a chip's noise moves its last digit within a second."""
DEAD_READINGS = 30
"""Three seconds of readings: a supply that trips and comes back within them is no broken relay."""
MOST_RECALLED_ERROR_MA = 1.0
"""A zero that was less well known than this is not worth remembering: a full phone's sip is 3 mA."""
MOVES = 10
"""A sensor that was stuck is believed again when so many of its readings differed from the one before. One that holds
still even though it is well, because nothing flows and its noise is small, waits for the staff to enable the slot."""
STILL = 10
"""A sensor that repeated one value so often may have been stuck: what it says once it moves again is its zero."""


@dataclass(slots=True)
class _Watch:
    zero: Zero = field(default_factory=Zero)
    read_up_to: MonoNs = MonoNs(0)
    last_good: MonoNs | None = None
    last: Reading | None = None
    unpowered_since: MonoNs | None = None
    live_voltages: int = 0
    live_moved: bool = False
    """Whether the readings behind that were different ones: a sensor that hangs proves no contact."""
    dead_voltages: int = 0
    weld_told: bool = False
    """Whether it was told since the main contactor last closed that the contact is welded."""
    powered_since: MonoNs | None = None
    missing_voltages: int = 0
    moves: int = 0
    still: int = 0
    """How often the newest value came in a row."""


class Sensing:
    """Looks at every slot's readings about once a second, besides what sessions do with them."""

    def __init__(
        self, slots: Mapping[SlotName, SlotPort], rules: Callable[[], Rules], tell: Callable[[c.Command], Json]
    ) -> None:
        self._slots = slots
        self._lost_ns = seconds_ns(rules().detection.lost_s)
        self._sagging = Sagging(rules, tell)
        self._rules = rules
        self._tell = tell
        self._watches = {name: _Watch() for name in slots}
        self._fed = True
        self._uncut: set[SlotName] = set()
        """Slots that have voltage behind an open main contactor."""

    def zero(self, name: SlotName) -> Zero:
        """The slot's zero and noise as learned so far."""
        return self._watches[name].zero

    def recall(self, facts: Iterable[Fact]) -> None:
        """Takes each slot's zero and noise from the evidence of the latest verdict about it. A session that goes on
        after a restart gets its power at once, before the slot can be seen empty; a sip of 3 mA shall still count."""
        for body in (fact.body for fact in facts):
            watch = self._watches.get(body.slot) if isinstance(body, VerdictGiven) else None
            if watch is not None and isinstance(body, VerdictGiven) and "zero_mA" in body.evidence:
                known = body.evidence["zero_error_mA"] <= MOST_RECALLED_ERROR_MA
                watch.zero = Zero(body.evidence["zero_mA"], body.evidence["sigma_mA"]) if known else Zero()

    def last(self, name: SlotName) -> Reading | None:
        """The newest reading seen."""
        return self._watches[name].last

    def power_switched(self, name: SlotName, on: bool, now: MonoNs) -> None:
        """Notes when power went, so that only readings well after that count as zero."""
        watch = self._watches[name]
        watch.unpowered_since = None if on else now
        watch.powered_since = now if on else None
        watch.live_voltages = watch.dead_voltages = watch.missing_voltages = 0
        watch.live_moved = False
        self._sagging.off(name)
        if not on:
            watch.zero.renew()

    def mains_switched(self, on: bool, now: MonoNs) -> None:
        """Notes that the main contactor feeds all ports, or none. Behind an open one no voltage says anything about a
        relay; as soon as it is closed, all are judged anew."""
        self._fed = on
        for name, watch in self._watches.items():
            self._sagging.off(name)
            watch.unpowered_since = now if watch.powered_since is None else None
            watch.powered_since = now if watch.powered_since is not None else None
            watch.live_voltages = watch.dead_voltages = watch.missing_voltages = 0
            watch.weld_told = watch.live_moved = False

    def rewired(self, name: SlotName, now: MonoNs) -> None:
        """Forgets what was learned of a slot: it has another sensor, and no power."""
        self._watches[name] = _Watch(unpowered_since=now)
        self._sagging.off(name)

    def look(self, state: State, now: MonoNs, names: Iterable[SlotName]) -> None:
        """Takes in the new readings of these slots and tells what they reveal."""
        for name in names:
            port, watch = self._slots[name], self._watches[name]
            if watch.last_good is None:
                watch.last_good = now
            for reading in port.readings(watch.read_up_to):
                self._take(name, watch, reading)
            self._tell_silence(state, name, watch, now)
            self._tell_uncut(name, watch)
            self._tell_weld(state, name, watch)
            self._tell_dead(state, name, watch)
            self._tell_moving(state, name, watch)
        self._sagging.look(state, now)

    def _take(self, name: SlotName, watch: _Watch, reading: Reading) -> None:
        watch.read_up_to = reading.mono
        if reading.mA is not None and watch.last is not None and watch.last.mA is not None:
            if reading.mA != watch.last.mA:
                watch.moves += 1
                if watch.still >= STILL:
                    watch.zero.renew()
                watch.still = 0
            watch.still += 1
        before, watch.last = watch.last, reading
        if reading.mA is None:
            return
        watch.last_good = reading.mono
        on_since = watch.powered_since
        fed_on = self._fed and on_since is not None and reading.mono >= on_since + SETTLED_NS
        if fed_on and reading.bus_V is not None:
            watch.missing_voltages = watch.missing_voltages + 1 if reading.bus_V < WELDED_V else 0
            if watch.missing_voltages:
                self._sagging.off(name)
            else:
                self._sagging.took(name, reading.bus_V, reading.mono)
        off_since = watch.unpowered_since
        if off_since is not None and reading.mono >= off_since + SETTLED_NS:
            self._take_off(name, watch, before, reading, reading.mA)

    def _take_off(self, name: SlotName, watch: _Watch, before: Reading | None, reading: Reading, mA: Milliamps) -> None:
        """Takes a reading of a port that has been off for a while."""
        if not self._rules().slot(name).sensed_after_relay:
            watch.zero.learn(mA)
            return
        live = reading.bus_V is not None and reading.bus_V >= WELDED_V
        if live and watch.live_voltages and before is not None and before.mA is not None:
            watch.live_moved |= (before.mA, before.bus_V) != (reading.mA, reading.bus_V)
        watch.live_voltages = watch.live_voltages + 1 if live else 0
        watch.live_moved &= live
        watch.dead_voltages = watch.dead_voltages + 1 if self._fed and not live else 0
        if not live:
            watch.zero.learn(mA)

    def _tell_silence(self, state: State, name: SlotName, watch: _Watch, now: MonoNs) -> None:
        device = f"{name}.sensor"
        fault = state.faults.get(device)
        silent = watch.last_good is None or now - watch.last_good >= self._lost_ns
        if silent and fault is None:
            detail = f"The current sensor of {name} does not answer. Check its wiring and address."
            self._tell(c.DeviceTrouble(device, Trouble.NO_ANSWER.value, detail))
        elif not silent and fault is not None and fault.trouble == Trouble.NO_ANSWER:
            self._tell(c.DeviceTrouble(device, None, "answers again"))

    def _tell_uncut(self, name: SlotName, watch: _Watch) -> None:
        uncut = not self._fed and watch.live_moved and watch.live_voltages >= WELDED_READINGS
        if uncut == (name in self._uncut) or (not uncut and watch.live_voltages):
            return
        self._uncut ^= {name}
        if uncut and len(self._uncut) == 1:
            detail = f"{name} has voltage although the main contactor is open: it is welded. Pull the plug; replace it."
            self._tell(c.SetDanger(True, detail, "contactor"))
        elif not self._uncut:
            self._tell(c.SetDanger(False, "The main contactor cuts the ports' power again.", "contactor"))

    def _tell_weld(self, state: State, name: SlotName, watch: _Watch) -> None:
        device = f"{name}.relay"
        fault = state.faults.get(device)
        known = fault is not None and (fault.trouble != Trouble.WELDED or watch.weld_told)
        if watch.live_voltages >= WELDED_READINGS and watch.live_moved and self._fed and not known:
            watch.weld_told = True
            detail = f"{name} has voltage although its relay is off: the contact is welded. Replace the relay."
            self._tell(c.DeviceTrouble(device, Trouble.WELDED.value, detail))
        elif watch.dead_voltages >= WELDED_READINGS and fault is not None and fault.trouble == Trouble.WELDED:
            self._tell(c.DeviceTrouble(device, None, "opens its contact again"))
        elif watch.live_voltages >= FROZEN_READINGS and not watch.live_moved and f"{name}.sensor" not in state.faults:
            detail = (
                f"The current sensor of {name} shows one and the same voltage although its relay is off: it hangs. Cut"
                " its supply for a moment; if that does not help, replace it."
            )
            self._tell(c.DeviceTrouble(f"{name}.sensor", Trouble.STUCK.value, detail))

    def _tell_dead(self, state: State, name: SlotName, watch: _Watch) -> None:
        """Without power nobody can see whether it is well again: whoever mended it enables the slot."""
        if watch.missing_voltages >= DEAD_READINGS and f"{name}.relay" not in state.faults:
            detail = f"{name} has no voltage although its relay is on. Check relay, fuse and supply; then enable it."
            self._tell(c.DeviceTrouble(f"{name}.relay", Trouble.STUCK.value, detail))

    def _tell_moving(self, state: State, name: SlotName, watch: _Watch) -> None:
        device = f"{name}.sensor"
        fault = state.faults.get(device)
        if fault is None or fault.trouble != Trouble.STUCK:
            watch.moves = 0
        elif watch.moves >= MOVES:
            self._tell(c.DeviceTrouble(device, None, "measures again"))
