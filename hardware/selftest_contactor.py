"""The self-test of the main contactor: all ports are fed at once, and lose their voltage when it opens.

What proves it are the sensors behind the relays, so it takes every slot: with a session in any of them it is left out.
"""

from collections.abc import Generator, Iterator, Sequence

from hardware.contactor import CONTACTOR, FOLLOWS_NS, Contactor
from hardware.selftest_check import Check, failed, measured, passed, place, skipped
from hardware.selftest_relay import CLOSED_V, MOST_OFF_V, MOST_ON_V, OFF_S, ON_S
from hardware.selftest_tools import Tools
from hardware.slot import SlotHardware
from hardware.specs import Pinmap
from hardware.wiring import Wiring
from sessions.units import MonoNs, SlotName

_UNTOUCHED = "Nothing is switched in this test."
_HELD = "The kiosk keeps it open now: kiosk safety show tells why."


class ContactorTest:
    """The questions to the contactor. ``power`` False switches nothing."""

    def __init__(
        self, pinmap: Pinmap, wiring: Wiring, contactor: Contactor, tools: Tools, *, power: bool = True
    ) -> None:
        assert pinmap.safety.contactor is not None
        self._spec = pinmap.safety.contactor
        self._slots = list(wiring.slots.values())
        after_relay = [slot.name for slot in pinmap.slots if slot.sensor.place == "after_relay"]
        self._seen = [wiring.slots[SlotName(name)] for name in after_relay]
        self._contactor = contactor
        self._tools = tools
        self._power = power

    def run(self) -> Generator[Check, None, None]:
        """Ask everything. Every slot is given back afterwards, everything off, also when this is interrupted."""
        if not self._power:
            yield from self._left_out(_UNTOUCHED)
            return
        taken: list[SlotHardware] = []
        try:
            for slot in self._slots:
                reason = self._tools.hands.take(slot.name)
                if reason is not None:
                    yield from self._left_out(f"It would take the power of {slot.name}. {reason}")
                    return
                taken.append(slot)
            yield from self._switched()
        finally:
            for slot in taken:
                self._tools.hands.give_back(slot.name)

    @staticmethod
    def _left_out(reason: str) -> Iterator[Check]:
        yield from (skipped(CONTACTOR, check, reason) for check in ("feeds", "cuts"))

    def _switched(self) -> Iterator[Check]:
        hands = self._tools.hands
        # What was charged before must not look as if it were fed.
        hands.mains(False)
        since = self._now()
        self._tools.watch.until(lambda: self._most(self._seen, since, MOST_ON_V) <= MOST_OFF_V, OFF_S)
        if not hands.mains(True) or not all([hands.power(slot.name, True) for slot in self._seen]):
            yield from self._left_out(_HELD)
            return
        since = self._now()
        self._tools.watch.until(lambda: self._fed(since) == len(self._seen), ON_S)
        witnesses = [slot for slot in self._seen if self._volts(slot, since) >= CLOSED_V]
        advice = (
            f"No port has power. If it does not click, check the wire to {place(self._spec)}, its driver and the supply"
            f" {self._spec.supply!r}; if it clicks, its contacts and the ports' supply."
        )
        yield measured(CONTACTOR, "feeds", self._most(self._seen, since), "V", (CLOSED_V, None), advice)
        yield from self._follows(closed=True)
        if not witnesses:
            yield skipped(CONTACTOR, "cuts", "No port has power, so none can lose it.")
            return
        yield from self._cut(witnesses)

    def _cut(self, witnesses: Sequence[SlotHardware]) -> Iterator[Check]:
        self._tools.hands.mains(False)
        since = self._now()
        self._tools.watch.until(lambda: self._most(witnesses, since, MOST_ON_V) <= MOST_OFF_V, OFF_S)
        advice = (
            "A port keeps its voltage: the contactor is welded, or that port is not fed through it. Pull the plug;"
            " replace it, or wire every port behind it."
        )
        most = self._most(witnesses, since, MOST_ON_V)
        yield measured(CONTACTOR, "cuts", most, "V", (None, MOST_OFF_V), advice)
        yield from self._follows(closed=False)

    def _follows(self, *, closed: bool) -> Iterator[Check]:
        """What the auxiliary contact says, where there is one."""
        seen = self._spec.feedback
        if seen is None:
            return
        check = "feedback closed" if closed else "feedback open"
        self._tools.watch.until(lambda: self._contactor.closed is closed, FOLLOWS_NS / 1e9)
        says = {True: "closed", False: "open", None: "unknown"}[self._contactor.closed]
        if self._contactor.closed is closed:
            yield passed(CONTACTOR, check, says)
        else:
            advice = f"Its auxiliary contact does not follow. Check its wire to {place(seen)} and which contact it is."
            yield failed(CONTACTOR, check, advice, says)

    def _fed(self, since: MonoNs) -> int:
        return sum(self._volts(slot, since) >= CLOSED_V for slot in self._seen)

    def _most(self, slots: Sequence[SlotHardware], since: MonoNs, unknown: float = 0.0) -> float:
        return max((self._volts(slot, since, unknown) for slot in slots), default=unknown)

    @staticmethod
    def _volts(slot: SlotHardware, since: MonoNs, unknown: float = 0.0) -> float:
        """The newest voltage since then."""
        volts = [reading.bus_V for reading in slot.readings(since) if reading.bus_V is not None]
        return volts[-1] if volts else unknown

    def _now(self) -> MonoNs:
        return MonoNs(self._tools.watch.clock())
