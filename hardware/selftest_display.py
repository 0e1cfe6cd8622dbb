"""The self-test of a slot's display: it acknowledges, and somebody sees all of its segments."""

from collections.abc import Iterator

from hardware.selftest_check import Check, Watch, failed, measured, passed, pin_name, skipped
from hardware.selftest_tools import NOBODY, Question, Tools
from hardware.slot import SlotHardware
from hardware.slot_specs import DisplaySpec

PROBES = 3
FEWEST_ACKS = 2
"""The display's own thread may be in the middle of a frame; one that misses more has a loose wire."""
WALK = ("8   ", " 8  ", "  8 ", "   8", "88:88")
STEP_S = 0.5


class DisplayTest:
    """The questions to one display."""

    def __init__(self, spec: DisplaySpec, slot: SlotHardware, tools: Tools) -> None:
        self._slot = slot
        self._tools = tools
        self._device = f"{slot.name}.display"
        self._lines = f"DIO at {pin_name(spec.dio)} and CLK at {pin_name(spec.clk)}"

    def run(self) -> Iterator[Check]:
        """Ask everything."""
        answers = self._answers()
        yield answers
        if answers.result == "pass":
            yield self._segments()

    def _answers(self) -> Check:
        display = self._slot.display
        assert display is not None
        try:
            acks = sum(display.probe() for _ in range(PROBES))
        except Exception as error:  # noqa: BLE001 - gpiozero, lgpio and the kernel raise their own; told as a failure
            return failed(self._device, "answers", f"Its lines cannot be driven ({error}). Check {self._lines}.")
        advice = f"It does not answer. Check its plug and 3.3 V, then {self._lines}."
        if acks:
            advice = f"It answers only now and then. Check its plug and its ground, then {self._lines}."
        return measured(self._device, "answers", acks, f"of {PROBES} acknowledged", (FEWEST_ACKS, None), advice)

    def _segments(self) -> Check:
        text = f"Does each digit of {self._slot.name}'s display light with all its strokes, then all and the colon?"
        walk = _Walk(self._tools, self._slot)
        said = self._tools.ask(Question(self._device, "segments", text), meanwhile=walk.step)
        if said == "yes":
            return passed(self._device, "segments", "all seen")
        if said == "no":
            advice = "A stroke or a digit stays dark: replace the module, its LEDs are broken."
            return failed(self._device, "segments", advice, "some are dark")
        reason = NOBODY if self._tools.person is None else "Nobody said what they saw."
        return skipped(self._device, "segments", reason)


class _Walk:
    """Shows one digit after the other, over and over."""

    def __init__(self, tools: Tools, slot: SlotHardware) -> None:
        self._tools = tools
        self._slot = slot
        self._steps = 0
        self._due = 0

    def step(self) -> None:
        """Go on if it is time."""
        watch: Watch = self._tools.watch
        if watch.clock() < self._due:
            return
        self._due = watch.clock() + round(STEP_S * 1e9)
        self._tools.hands.show(self._slot.name, WALK[self._steps % len(WALK)])
        self._steps += 1
