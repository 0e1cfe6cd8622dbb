"""What a technician switches at the touchscreen, switched: on the owner's thread, each act by its fact.

An act is followed only once its fact is durable and while the technician is still there. It ends by itself after ten
seconds, when they leave, and when the kiosk withdraws power for a danger; a slot is then back as it was before.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from sessions import commands as c
from sessions import events as e
from sessions.conductor import Conductor
from sessions.machine import POWERED
from sessions.ports import AfterId, Outputs, SlotPort
from sessions.technician import here
from sessions.units import MonoNs, SlotName

ON_MS = 10_000
"""Long enough to look at a lamp or to measure a voltage, short enough to forget."""
ALL_SEGMENTS = "8888"


class TechnicianHands:
    """Lives on the owner's thread."""

    def __init__(self, conductor: Conductor, slots: Mapping[SlotName, SlotPort], outputs: Outputs) -> None:
        self._conductor = conductor
        self._slots = slots
        self._outputs = outputs
        self._on: dict[str, tuple[AfterId, MonoNs, Callable[[], None]]] = {}

    @property
    def on(self) -> dict[str, MonoNs]:
        """What is switched on by hand now, and until when."""
        return {what: until for what, (_after, until, _off) in self._on.items()}

    def decided(self, facts: Sequence[e.Fact]) -> None:
        """Follows what was decided."""
        for fact in facts:
            if isinstance(fact.body, e.TechnicianActed):
                self._conductor.when_durable(fact.seq, partial(self._begin, fact.body.what))
            elif isinstance(fact.body, e.TechnicianLeft | e.ModeChanged):
                # After this decision was followed: ending an act is a decision of its own.
                self._conductor.owner.after(0, self.end_all)

    def end_all(self) -> None:
        """Switches everything off that was switched on by hand, unless a technician and power are there."""
        state = self._conductor.state
        if here(state) is None or state.mode not in POWERED:
            for what in list(self._on):
                self.end(what)

    def end(self, what: str) -> None:
        """Switches one thing off again, before its time or at its end."""
        after_id, _until, off = self._on.pop(what)
        self._conductor.owner.after_cancel(after_id)
        off()

    def _begin(self, what: str) -> None:
        place, _, part = what.rpartition(".")
        state, slot = self._conductor.state, SlotName(place)
        allowed = here(state) is not None and state.mode in POWERED
        if slot in self._slots:
            off = partial(self._slot_off, slot)
            if not allowed or not state.slot(slot).testing:
                off()
                return
            self._slot_on(slot, part)
        elif allowed and what in self._outputs.names():
            off = partial(self._outputs.set, what, False)
            if what not in self._on:
                self._outputs.set(what, True)
        else:
            return
        if what in self._on:
            self._conductor.owner.after_cancel(self._on[what][0])
        until = MonoNs(self._conductor.now().mono + ON_MS * 1_000_000)
        self._on[what] = (self._conductor.owner.after(ON_MS, partial(self.end, what)), until, off)

    def _slot_on(self, slot: SlotName, part: str) -> None:
        port = self._slots[slot]
        if part == "relay":
            port.set_power(True)
            # Or the voltage would be taken for a welded contact.
            self._conductor.sensing.power_switched(slot, True, self._conductor.now().mono)
        elif part == "lock":
            port.set_unlocked(True)
        elif part == "display":
            port.show(ALL_SEGMENTS)

    def _slot_off(self, slot: SlotName) -> None:
        port = self._slots[slot]
        port.set_power(False)
        port.set_unlocked(False)
        self._conductor.sensing.power_switched(slot, False, self._conductor.now().mono)
        self._conductor.tell(c.EndSlotTest(slot, c.KIOSK))
        self._conductor.show_again(slot)
