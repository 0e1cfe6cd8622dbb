"""What the sensors say of slots between sessions: their zero, and whether the parts of a slot agree with each other.

While a slot has no power, no current can flow: whatever its sensor reads then is its zero. The sensor sits behind the
relay, so a voltage there without power means a welded contact. A sensor that has not given a reading for a while,
session or not, is reported by its silence; its next good reading takes that back.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from sessions import commands as c
from sessions.events import Fact, VerdictGiven
from sessions.ports import Json, Reading, SlotPort, Trouble
from sessions.rules import Rules
from sessions.state import State
from sessions.units import MonoNs, SlotName, seconds_ns
from sessions.zero import Zero

SETTLED_NS = seconds_ns(1.0)
"""How long after switching off a reading counts as one of an empty, powerless port."""
WELDED_V = 2.0
"""A port without power is bled to zero within milliseconds; half a volt would be a charge left, two volts are a closed
contact."""
WELDED_READINGS = 3
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
    dead_voltages: int = 0
    powered_since: MonoNs | None = None
    missing_voltages: int = 0
    moves: int = 0
    still: int = 0
    """How often the newest value came in a row."""


class Sensing:
    """Looks at every slot's readings about once a second, besides what sessions do with them."""

    def __init__(self, slots: Mapping[SlotName, SlotPort], rules: Rules, tell: Callable[[c.Command], Json]) -> None:
        self._slots = slots
        self._lost_ns = seconds_ns(rules.detection.lost_s)
        self._tell = tell
        self._watches = {name: _Watch() for name in slots}

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
        if not on:
            watch.zero.renew()

    def rewired(self, name: SlotName, now: MonoNs) -> None:
        """Forgets what was learned of a slot: it has another sensor, and no power."""
        self._watches[name] = _Watch(unpowered_since=now)

    def look(self, state: State, now: MonoNs, names: Iterable[SlotName]) -> None:
        """Takes in the new readings of these slots and tells what they reveal."""
        for name in names:
            port, watch = self._slots[name], self._watches[name]
            if watch.last_good is None:
                watch.last_good = now
            for reading in port.readings(watch.read_up_to):
                self._take(watch, reading)
            self._tell_silence(state, name, watch, now)
            self._tell_weld(state, name, watch)
            self._tell_dead(state, name, watch)
            self._tell_moving(state, name, watch)

    def _take(self, watch: _Watch, reading: Reading) -> None:
        watch.read_up_to = reading.mono
        if reading.mA is not None and watch.last is not None and watch.last.mA is not None:
            if reading.mA != watch.last.mA:
                watch.moves += 1
                if watch.still >= STILL:
                    watch.zero.renew()
                watch.still = 0
            watch.still += 1
        watch.last = reading
        if reading.mA is None:
            return
        watch.last_good = reading.mono
        on_since = watch.powered_since
        if on_since is not None and reading.mono >= on_since + SETTLED_NS and reading.bus_V is not None:
            watch.missing_voltages = watch.missing_voltages + 1 if reading.bus_V < WELDED_V else 0
        off_since = watch.unpowered_since
        if off_since is None or reading.mono < off_since + SETTLED_NS:
            return
        live = reading.bus_V is not None and reading.bus_V >= WELDED_V
        watch.live_voltages = watch.live_voltages + 1 if live else 0
        watch.dead_voltages = 0 if live else watch.dead_voltages + 1
        if not live:
            watch.zero.learn(reading.mA)

    def _tell_silence(self, state: State, name: SlotName, watch: _Watch, now: MonoNs) -> None:
        device = f"{name}.sensor"
        fault = state.faults.get(device)
        silent = watch.last_good is None or now - watch.last_good >= self._lost_ns
        if silent and fault is None:
            detail = f"The current sensor of {name} does not answer. Check its wiring and address."
            self._tell(c.DeviceTrouble(device, Trouble.NO_ANSWER.value, detail))
        elif not silent and fault is not None and fault.trouble == Trouble.NO_ANSWER:
            self._tell(c.DeviceTrouble(device, None, "answers again"))

    def _tell_weld(self, state: State, name: SlotName, watch: _Watch) -> None:
        device = f"{name}.relay"
        fault = state.faults.get(device)
        if watch.live_voltages >= WELDED_READINGS and fault is None:
            detail = f"{name} has voltage although its relay is off: the contact is welded. Replace the relay."
            self._tell(c.DeviceTrouble(device, Trouble.WELDED.value, detail))
        elif watch.dead_voltages >= WELDED_READINGS and fault is not None and fault.trouble == Trouble.WELDED:
            self._tell(c.DeviceTrouble(device, None, "opens its contact again"))

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
