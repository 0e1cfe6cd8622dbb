"""The self-test of a slot's door and lock: a pulse within the coil's rating frees the door, and its switch says so."""

from collections.abc import Iterator

from hardware.lock import MS, TRIES, Lock
from hardware.selftest_check import Check, failed, measured, passed, place, skipped
from hardware.selftest_tools import NOBODY, Question, Said, Tools
from hardware.slot import SlotHardware
from hardware.slot_specs import DoorSpec, LockSpec, SlotSpec

DOOR_S = 2.5
"""A silent expander is asked once a second."""
MOVE_S = 1.5
"""A freed door springs ajar at once, and an expander tells of it after two polls; the rest is patience."""
SHUT_S = 60.0
TURN_S = 15.0
"""How long the lock waits for its turn and its cool-down at most: all coils hang on one supply."""
LATE = 1.05
"""A pulse is ended by a thread, some milliseconds late; a coil's rating is for many pulses."""

_PERSON = "A test would open the door, and nobody is there to shut it. Run it where somebody can answer, or with --yes."
_WITHHELD = "Power is withheld now. Test it again when the kiosk may switch."


class DoorTest:
    """The questions to a slot's door switch."""

    def __init__(self, spec: DoorSpec, slot: SlotHardware, tools: Tools) -> None:
        assert slot.door is not None
        self._spec = spec
        self._name = slot.name
        self._switch = slot.door
        self._tools = tools
        self._device = f"{slot.name}.door"

    def shut(self) -> Check:
        """Whether it is shut, after somebody was asked to shut it."""
        switch, spec = self._switch, self._spec
        if not self._tools.watch.until(lambda: switch.open_now is not None, DOOR_S):
            advice = f"Its switch cannot be read: {spec.expander or place(spec)} does not answer. Mend that first."
            return failed(self._device, "shut", advice, "unknown")
        if switch.open_now:
            self._ask_to_shut("shut")
        if not switch.open_now:
            return passed(self._device, "shut", "shut")
        advice = (
            "Push the door shut and test again. If it is shut, check the switch, its magnet, and its wires to"
            f" {place(spec)} and to ground."
        )
        return failed(self._device, "shut", advice, "open")

    def shut_again(self) -> Check:
        """Whether somebody shuts it who is asked to."""
        said = self._ask_to_shut("shut again")
        if said == "yes":
            return passed(self._device, "shut again", "shut")
        if self._tools.person is None:
            return skipped(self._device, "shut again", "It was opened, and nobody was asked to shut it. Push it shut.")
        advice = (
            f"It is still open. Push it shut; if it is, check the switch and its wire to {place(self._spec)}, and if it"
            " springs open again, the bolt does not catch."
        )
        return failed(self._device, "shut again", advice, "open")

    def stuck(self) -> Check:
        """The finding that the door moved and its switch did not."""
        advice = (
            f"It opened and its switch did not tell. Check the switch, its magnet and its wire to {place(self._spec)}."
        )
        return failed(self._device, "moves", advice, "shut")

    @property
    def is_open(self) -> bool:
        """Whether the switch says open now."""
        return self._switch.open_now is True

    def _ask_to_shut(self, check: str) -> Said:
        text = f"Push the door of {self._name} shut."
        return self._tools.ask(
            Question(self._device, check, text, "do", SHUT_S), lambda: self._switch.open_now is False
        )


class LockTest:
    """The questions to a slot's lock; ``door`` is None where no switch can tell whether it opens."""

    def __init__(self, spec: SlotSpec, slot: SlotHardware, tools: Tools, door: DoorTest | None) -> None:
        assert slot.lock is not None
        assert spec.lock is not None
        self._spec: LockSpec = spec.lock
        self._name = slot.name
        self._lock: Lock = slot.lock
        self._door = door
        self._tools = tools
        self._device = slot.lock.device

    def run(self) -> Iterator[Check]:
        """Ask everything. The coil has no current afterwards, also when this is interrupted."""
        if self._tools.person is None and not self._opens_unasked:
            yield skipped(self._device, "opens", _PERSON)
            return
        pulses = self._lock.pulses
        try:
            if not self._tools.hands.unlock(self._name, True):
                yield skipped(self._device, "opens", _WITHHELD)
                return
            opened = self._heard() if self._door is None else self._seen(self._door)
            yield opened
        finally:
            self._tools.hands.unlock(self._name, False)
        if self._lock.pulses > pulses:
            yield self._within_rating()
        if self._door is not None and opened.result == "pass":
            yield self._door.shut_again()

    @property
    def _opens_unasked(self) -> bool:
        """A latch springs its door ajar; a bolt needs somebody who pulls, and a door without a switch one who looks."""
        return self._tools.unasked and self._spec.kind == "latch" and self._door is not None

    def _seen(self, door: DoorTest) -> Check:
        began, watch = self._tools.watch.clock(), self._tools.watch
        before = self._lock.pulses
        if self._spec.kind == "solenoid":
            text = f"Pull the door of {self._name} open now: its bolt is back for {self._lock.pulse_ns / 1e9:g} s."
            question = Question(self._device, "opens", text, "do", self._lock.pulse_ns / 1e9 + MOVE_S)
            if self._tools.ask(question, lambda: door.is_open) == "skip":
                return skipped(self._device, "opens", "Nobody pulled the door.")
        else:
            # The bank itself pulses a latch again whose door does not move.
            watch.until(lambda: self._lock.pulses >= before + TRIES or door.is_open, self._longest_s)
            watch.until(lambda: door.is_open, MOVE_S)
            # Cut short, a pulse would not show how long it is.
            watch.until(lambda: not self._lock.output.on, MOVE_S + self._lock.pulse_ns / 1e9)
        if door.is_open:
            took_s = (watch.clock() - began) / 1e9
            return measured(self._device, "opens", took_s, "s", (None, self._longest_s), "")
        return self._shut(door)

    @property
    def _longest_s(self) -> float:
        return TURN_S + TRIES * (self._lock.pulse_ns / 1e9 + MOVE_S)

    def _shut(self, door: DoorTest) -> Check:
        look = Question(self._device, "opens", f"Did the door of {self._name} open?")
        if self._tools.ask(look) == "yes":
            return door.stuck()
        advice = (
            f"The door did not move. If nothing clicks, check the wire to {place(self._spec)}, the coil's plug, its"
            f" driver and the supply {self._spec.supply!r}; if it clicks, the bolt is jammed or the door is caught:"
            " open it with the key. If it did open, check its switch."
        )
        return failed(self._device, "opens", advice, "shut")

    def _heard(self) -> Check:
        said = self._tools.ask(
            Question(self._device, "opens", f"The lock of {self._name} gets current now. Does it open?")
        )
        if said == "yes":
            return passed(self._device, "opens", "seen open")
        if said == "no":
            spec = self._spec
            advice = f"Check the wire to {place(spec)}, the coil's plug, its driver and the supply {spec.supply!r}."
            return failed(self._device, "opens", advice, "stays shut")
        return skipped(self._device, "opens", NOBODY if self._tools.person is None else "Nobody said what they saw.")

    def _within_rating(self) -> Check:
        limit = self._spec.max_on_ms
        advice = f"The coil had current for longer than the {limit} ms it bears: end what else keeps this Pi busy."
        return measured(self._device, "pulse", self._lock.last_on_ns / MS, "ms", (None, LATE * limit), advice)
