"""The self-test of the kiosk's own outputs: nothing measures them, so somebody looks and listens."""

from collections.abc import Collection, Iterator

from hardware.selftest_check import Check, failed, passed, place, skipped
from hardware.selftest_tools import NOBODY, Question, Tools
from hardware.specs import Pinmap
from hardware.wiring import Wiring

BLINK_S = 0.7
"""On and off again, so that a lamp that glows anyhow is told from one that is switched."""
_SIGNS = {"buzzer": "Does the buzzer sound, on and off", "fan": "Does the fan run, on and off"}


class OutputsTest:
    """The questions about fan, buzzer, lamp. ``silent`` are expanders that do not answer."""

    def __init__(self, pinmap: Pinmap, wiring: Wiring, tools: Tools, silent: Collection[str]) -> None:
        self._pinmap = pinmap
        self._wiring = wiring
        self._tools = tools
        self._silent = silent

    def run(self) -> Iterator[Check]:
        """Ask about each. Every output is afterwards as it was, also when this is interrupted."""
        for name, spec in self._pinmap.outputs.items():
            if spec.expander in self._silent:
                yield failed(name, "works", f"{spec.expander} does not answer. Mend that first.", "unknown")
            else:
                yield self._works(name)

    def _works(self, name: str) -> Check:
        if self._tools.person is None:
            return skipped(name, "works", NOBODY)
        was_on = self._wiring.outputs.on(name)
        spec = self._pinmap.outputs[name]
        sign = _SIGNS.get(name, f"Does {name} go on and off")
        try:
            blink = _Blink(self._tools, name)
            if not blink.switch(True):
                return skipped(name, "works", "The kiosk may not switch it now.")
            said = self._tools.ask(Question(name, "works", f"{sign} now?"), meanwhile=blink.step)
        finally:
            self._tools.hands.output(name, was_on)
        if said == "yes":
            return passed(name, "works", "seen or heard")
        if said == "no":
            advice = f"Check its wire to {place(spec)}, its driver ({spec.driver}) and its own supply."
            return failed(name, "works", advice, "nothing seen or heard")
        return skipped(name, "works", "Nobody said what they saw.")


class _Blink:
    def __init__(self, tools: Tools, name: str) -> None:
        self._tools = tools
        self._name = name
        self._on = False
        self._due = 0

    def switch(self, on: bool) -> bool:
        self._on = on
        self._due = self._tools.watch.clock() + round(BLINK_S * 1e9)
        return self._tools.hands.output(self._name, on)

    def step(self) -> None:
        if self._tools.watch.clock() >= self._due:
            self.switch(not self._on)
