"""The self-test of the water dispenser: its parts test each other, and water flows only into a cup that somebody put
there for it.

The cup sensor's echo proves itself, the flow meter the pump, and that the flow ends proves its relay. Without a person
nothing is pumped.
"""

from collections.abc import Callable, Iterator
from statistics import median

from hardware.selftest_check import Check, failed, measured, passed, place, skipped
from hardware.selftest_tools import NOBODY, Question, Tools
from hardware.specs import WaterSpec
from hardware.water import WaterDispenser
from sessions.ports import WaterReading
from sessions.units import MonoNs

LOOKS_S = 1.5
"""Twenty-odd looks of the driver."""
HEARD = 0.8
"""So many of the pings must have an echo; a sensor near water misses some."""
FARTHEST_MM = 2_000.0
SPREAD_MM = 15.0
PUMP_S = 1.5
"""A third of a glass: enough to come to speed, too little to run over."""
REST_S = 1.0
STOPPED_S = 2.0
FLOW_ML_S = (4.0, 120.0)
"""From the smallest pump that fills cups to the largest that does not overshoot them."""
LARGEST_OVERRUN_ML = 40.0

Pump = Callable[[bool], bool]
"""Wants the pump on or off; False, and nothing done, while it may not run."""


class WaterTest:
    """The questions about one dispenser. ``pump`` switches it: the driver itself where no kiosk runs."""

    def __init__(self, spec: WaterSpec, water: WaterDispenser, tools: Tools, pump: Pump | None = None) -> None:
        self._spec = spec
        self._water = water
        self._tools = tools
        self._pump = pump or self._own_pump

    def run(self) -> Iterator[Check]:
        """Ask about each part. The pump is off afterwards, also when this is interrupted."""
        yield from self._echo()
        yield from self._floats()
        yield from self._flow_at_rest()
        there = self._cup()
        yield there
        if there.result == "pass":
            yield from self._pour()
        else:
            yield skipped("water.pump", "flows", "It pumps only into a cup that somebody put there for it.")

    def _own_pump(self, on: bool) -> bool:
        self._water.set_pump(on)
        return True

    def _looks(self, seconds: float) -> list[WaterReading]:
        since = MonoNs(self._tools.watch.clock())
        self._tools.watch.pause(seconds)
        return list(self._water.readings(since))

    def _echo(self) -> Iterator[Check]:
        looks = self._looks(LOOKS_S)
        if not looks:
            yield failed("water.cup", "looks", "The dispenser's driver does not look. See the log.", "no look")
        elif self._spec.cup.kind == "beam":
            yield passed("water.cup", "looks", "cup" if looks[-1].cup else "no cup")
        else:
            yield from self._echoes([look.distance_mm for look in looks])

    def _echoes(self, distances: list[float | None]) -> Iterator[Check]:
        heard = [distance for distance in distances if distance is not None]
        advice = "Check its 5 V, TRIG and the divider at ECHO; splashes and a slanted wall swallow echoes."
        yield measured("water.cup", "echoes", 100 * len(heard) / len(distances), "%", (100 * HEARD, 100), advice)
        if heard:
            near = "Nothing may stand before it now; a far wall within two metres must answer."
            yield measured("water.cup", "distance", median(heard), "mm", (self._spec_near_mm, FARTHEST_MM), near)
            shaky = "Fix it firmly, and keep other ultrasonic sensors away."
            yield measured("water.cup", "spread", max(heard) - min(heard), "mm", (0, SPREAD_MM), shaky)

    @property
    def _spec_near_mm(self) -> float:
        return float(self._spec.cup.near_mm) if self._spec.cup.kind == "hcsr04" else 0.0

    def _floats(self) -> Iterator[Check]:
        for name, spec, mend in (
            ("tray", self._spec.tray, "Empty the drip tray."),
            ("tank", self._spec.tank, "Fill the tank."),
        ):
            device = f"water.{name}"
            switch = self._water.floats.get(device)
            if spec is None or switch is None:
                continue
            if switch.well is None:
                yield failed(device, "level", f"It was never read. Check its wire to {place(spec)}.", "unknown")
            elif switch.well:
                yield passed(device, "level", "well")
            else:
                yield failed(device, "level", f"{mend} If that is done, check its float and {place(spec)}.", "not well")

    def _flow_at_rest(self) -> Iterator[Check]:
        if self._water.flow is None:
            return
        before = self._water.flow.pulses
        self._tools.watch.pause(REST_S)
        advice = "Water flows, or the line catches noise: shut the tap; shield the line and pull it up to 3.3 V."
        yield measured("water.flow", "rest", self._water.flow.pulses - before, "pulses", (0, 1), advice)

    def _cup(self) -> Check:
        if self._tools.person is None:
            return skipped("water.cup", "sees", NOBODY)
        text = f"Put an empty cup under the spout. Water will flow into it for {PUMP_S:g} s."
        said = self._tools.ask(Question("water.cup", "sees", text, "do"), until=lambda: self._water.cup() is True)
        if said == "yes":
            return passed("water.cup", "sees", "cup")
        if said == "no":
            return failed("water.cup", "sees", "A cup must stand nearer than near_mm says, under the sensor.", "no cup")
        return skipped("water.cup", "sees", "Nobody put a cup there.")

    def _pour(self) -> Iterator[Check]:
        began = self._pulses()
        try:
            if not self._pump(True):
                yield skipped("water.pump", "flows", "The kiosk may not pump now.")
                return
            self._tools.watch.pause(PUMP_S)
        finally:
            self._pump(False)
        if self._water.flow is None or self._spec.flow is None:
            yield from self._seen()
            return
        stopped = self._pulses()
        self._tools.watch.pause(STOPPED_S)
        rested = self._pulses()
        self._tools.watch.pause(REST_S)
        ml = 1000 / self._spec.flow.pulses_per_l
        dry = "Look at tank, hose, the pump's fuse and driver, and the way the arrow on the meter points."
        yield measured("water.flow", "flow", (stopped - began) * ml / PUMP_S, "ml/s", FLOW_ML_S, dry)
        late = "Shorten the hose behind the pump, or fit a valve at the spout."
        yield measured("water.pump", "overrun", (rested - stopped) * ml, "ml", (0, LARGEST_OVERRUN_ML), late)
        welded = f"It runs on although it is off: replace the driver at {place(self._spec.pump)}."
        yield measured("water.pump", "stops", self._pulses() - rested, "pulses", (0, 2), welded)

    def _seen(self) -> Iterator[Check]:
        """Without a meter somebody looks."""
        said = self._tools.ask(Question("water.pump", "flows", "Did water flow into the cup, and has it stopped?"))
        if said == "yes":
            yield passed("water.pump", "flows", "seen")
        elif said == "no":
            yield failed("water.pump", "flows", f"Check tank, hose, fuse and {place(self._spec.pump)}.", "not seen")
        else:
            yield skipped("water.pump", "flows", "Nobody said what they saw.")

    def _pulses(self) -> int:
        return self._water.flow.pulses if self._water.flow is not None else 0
