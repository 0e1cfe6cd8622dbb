"""The self-test of what guards the cabinet: thermometers, safety loops, the supply. Nothing is switched."""

from collections.abc import Iterator

from hardware.loops import Loop
from hardware.selftest_check import Check, Watch, failed, measured, passed, place
from hardware.specs import Pinmap
from hardware.thermometer import Thermometer
from hardware.wiring import Wiring

COLDEST_C = -20.0
READ_S = 3.0
"""How long one thermometer may take: 0.75 s a reading, and its turn comes every half second."""
LOOP_S = 1.0
"""Ten polls of an expander."""


class SafetyTest:
    """The questions to the guards; their threads run."""

    def __init__(self, pinmap: Pinmap, wiring: Wiring, watch: Watch) -> None:
        self._safety = pinmap.safety
        self._guard = wiring.guard
        self._watch = watch

    def run(self) -> Iterator[Check]:
        """Ask each."""
        for thermometer in self._guard.thermometers:
            yield self._thermometer(thermometer)
        for loop in self._guard.loops:
            yield self._loop(loop)
        low = self._guard.supply.low()
        if low is not None:
            advice = "The 5 V supply is below 4.63 V. Measure it at the header; check supply and cable."
            yield failed("supply", "voltage", advice, "low") if low else passed("supply", "voltage", "above 4.63 V")

    def _thermometer(self, thermometer: Thermometer) -> Check:
        since = self._watch.clock()
        wait_s = READ_S * len(self._guard.thermometers)
        if not self._watch.until(lambda: (thermometer.read_at or 0) > since, wait_s) or thermometer.last_C is None:
            advice = "It does not answer. Check its plug, its 4.7 kohm pull-up and dtoverlay=w1-gpio in config.txt."
            return failed(thermometer.device, "reads", advice, "nothing")
        limits = (COLDEST_C, thermometer.warn_C)
        advice = "The cabinet is too warm or its thermometer is wrong. Hold it in your hand: it must show about 33 C."
        return measured(thermometer.device, "reads", thermometer.last_C, "C", limits, advice)

    def _loop(self, loop: Loop) -> Check:
        device, spec = f"safety.{loop.source}", self._safety.smoke if loop.source == "smoke" else self._safety.stop
        assert spec is not None
        self._watch.until(lambda: loop.opened is not None and not loop.blind, LOOP_S)
        if loop.opened is None or loop.blind:
            return failed(device, "closed", f"It cannot be read: {spec.expander} does not answer.", "unknown")
        if loop.opened:
            advice = f"The loop is open: an alarm, a button that is pressed, or a cut wire to {place(spec)}."
            return failed(device, "closed", advice, "open")
        return passed(device, "closed", "closed")
