"""What a simulated kiosk's power cut leaves where it is: the ports with their phones, the main contactor, the spout."""

import random
from collections.abc import Callable

from kiosk.simulation.electronics import Electronics
from kiosk.simulation.mains import SimMains
from kiosk.simulation.pace import QuietPace
from kiosk.simulation.slot import SimSlot
from kiosk.simulation.spout import Spout
from sessions.ports import AfterId, Observation
from sessions.rules import Rules
from sessions.units import NS

WELDED_NS = tuple(second * NS for second in (2, 4, 8, 16))
"""When a port is looked at that has voltage against its relay: the contact's voltage, and after a hiccup once more."""

After = Callable[[int, Callable[[], None]], AfterId]


class Cabinet:
    """The parts of one kiosk; its electronics and its pace change with every start."""

    def __init__(
        self,
        rules: Rules,
        rng: random.Random,
        mono: Callable[[], int],
        world_ns: Callable[[], int],
        after: After,
        observe: Callable[[Observation], None],
        spout: type[Spout],
        *,
        skips: bool,
    ) -> None:
        self._pace: QuietPace | None = None
        self._skips = skips
        self.slots = {
            slot.name: SimSlot(
                slot.name,
                mono,
                after,
                random.Random(rng.getrandbits(64)),
                has_lock=slot.has_lock,
                has_door=slot.has_door,
            )
            for slot in rules.slots
        }
        self.mains = SimMains(self.slots.values(), self._look_soon) if rules.has_contactor else None
        self.spout: Spout | None = None
        if rules.water is not None:
            pulses_per_l = rules.water.pulses_per_l or 1.0
            self.spout = spout(mono, after, observe, pulses_per_l, world_ns, skips=skips)

    def wire(self, electronics: Electronics, pace: QuietPace | None) -> None:
        """A start: everything hangs on these electronics."""
        self._pace = pace
        for slot in self.slots.values():
            slot.skips = self._skips
            slot.electronics = electronics
            if pace is not None:
                slot.before_change, slot.after_change = pace.before_change, pace.after_change

    def power_off(self) -> None:
        """The power goes."""
        if self.spout is not None:
            self.spout.power_off()
        if self.mains is not None:
            self.mains.set(False)
        for slot in self.slots.values():
            slot.before_change = slot.after_change = lambda slot: None

    def boot(self, mono: int) -> None:
        """The power is back; the clock that runs from now on shows ``mono``."""
        for slot in self.slots.values():
            slot.boot(mono)
        if self.spout is not None:
            self.spout.boot()

    def _look_soon(self, slot: SimSlot) -> None:
        if self._pace is not None:
            self._pace.look_in(slot.name, *WELDED_NS)
