"""What the sensors say of slots besides what sessions do with them: their zero, and whether they can be believed.

While a slot has no power, no current can flow: whatever its sensor reads then is its zero. What its voltage says of the
relay before it is judged in `sessions/voltage.py`. A sensor that has not given a reading for a while, session or not,
is reported by its silence; its next good reading takes that back.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from sessions import commands as c
from sessions.events import Fact, VerdictGiven
from sessions.ports import Json, Reading, SlotPort, Trouble
from sessions.rules import Rules
from sessions.state import State
from sessions.units import MonoNs, SlotName, seconds_ns
from sessions.voltage import Voltages
from sessions.zero import Zero

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
        self._tell = tell
        self._watches = {name: _Watch() for name in slots}
        self._voltages = Voltages(slots, rules, tell)

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
        self._voltages.power_switched(name, on, now)
        if not on:
            self._watches[name].zero.renew()

    def mains_switched(self, on: bool, now: MonoNs) -> None:
        """Notes that the main contactor feeds all ports, or none."""
        self._voltages.mains_switched(on, now)

    def rewired(self, name: SlotName, now: MonoNs) -> None:
        """Forgets what was learned of a slot: it has another sensor, and no power."""
        self._watches[name] = _Watch()
        self._voltages.rewired(name, now)

    def look(self, state: State, now: MonoNs, names: Iterable[SlotName]) -> None:
        """Takes in the new readings of these slots and tells what they reveal."""
        for name in names:
            port, watch = self._slots[name], self._watches[name]
            if watch.last_good is None:
                watch.last_good = now
            for reading in port.readings(watch.read_up_to):
                self._take(name, watch, reading)
            self._tell_silence(state, name, watch, now)
            self._voltages.look(state, name)
            self._tell_moving(state, name, watch)
        self._voltages.look_at_supplies(state, now)

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
        if self._voltages.take(name, before, reading):
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

    def _tell_moving(self, state: State, name: SlotName, watch: _Watch) -> None:
        device = f"{name}.sensor"
        fault = state.faults.get(device)
        if fault is None or fault.trouble != Trouble.STUCK:
            watch.moves = 0
        elif watch.moves >= MOVES:
            self._tell(c.DeviceTrouble(device, None, "measures again"))
