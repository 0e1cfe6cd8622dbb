"""What each slot's display shows after a decision or an acknowledgement.

While a session runs only time changes its display, and that is its ``tick``'s business (`sessions/jobs.py`). A decision
about one slot therefore leaves the displays of all others alone: each is set again only when its slot or session is
another value than the one it was last set by.
"""

from collections.abc import Mapping

from sessions.display_text import slot_text
from sessions.entities import Session, Slot
from sessions.jobs import Desk, show
from sessions.ports import SlotPort
from sessions.registry import Registry
from sessions.slots import shown_state
from sessions.units import Seq, SlotName


class Displays:
    """Sets the displays of all slots, on the owner's thread."""

    def __init__(self, desk: Desk, slots: Mapping[SlotName, SlotPort], registry: Registry) -> None:
        self._desk = desk
        self._slots = slots
        self._registry = registry
        self._set_by: dict[SlotName, tuple[Slot, Session | None]] = {}
        """What each display was last set by. State that is not durable yet is left out: it will be shown otherwise."""
        self._all_set: Seq | None = None
        """Up to which fact all are set for good."""

    def forget(self, name: SlotName) -> None:
        """Something else may stand on the display: the next `set` writes it whatever it was set by."""
        self._set_by.pop(name, None)
        self._all_set = None

    def set(self) -> None:
        """Shows what belongs on every display now."""
        state, durable = self._desk.state, self._desk.durable
        if state.seq == self._all_set:
            return
        for name, port in self._slots.items():
            slot = state.slot(name)
            session = state.sessions.get(slot.session) if slot.session else None
            known = self._set_by.get(name)
            if known is not None and known[0] is slot and known[1] is session:
                continue
            record = self._registry.on_slot(name)
            if record is not None:
                show(self._desk, record)
            else:
                port.show(slot_text(shown_state(slot, durable), 0))
            if slot.moved_seq <= durable:
                self._set_by[name] = (slot, session)
            else:
                self._set_by.pop(name, None)
        if len(self._set_by) == len(self._slots):
            self._all_set = state.seq
