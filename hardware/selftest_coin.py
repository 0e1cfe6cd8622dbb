"""The self-test of what takes coins: its line rests and is quiet, and a coin's pulses have the width they should."""

from collections.abc import Iterator
from functools import partial

from hardware.coin_specs import CoinSpec, SerialCoinSpec
from hardware.outputs import KioskOutputs
from hardware.payment import CoinDevice
from hardware.selftest_check import Check, Watch, failed, measured, passed, pin_name, skipped
from hardware.selftest_tools import NOBODY, Question, Tools

PULSE_S = 0.5
"""Longer than any coin holds the line."""
LISTENED_S = 1.0
STRAY_PULSES = 1
COIN_S = 30.0
TRAIN_S = 2.0
"""A coin of ten units gives its last pulse a second after its first."""
COIN_ENABLE = "coin.enable"


class CoinTest:
    """The questions to the acceptor or board; it listens from construction on. A coin that is dropped is a real one."""

    def __init__(self, spec: CoinSpec | SerialCoinSpec, coin: CoinDevice, outputs: KioskOutputs, tools: Tools) -> None:
        self._spec = spec
        self._coin = coin
        self._outputs = outputs
        self._tools = tools
        self._since = tools.watch.clock()
        self._before = coin.check
        self._wire = f"its wire at {pin_name(spec.pin)}" if isinstance(spec, CoinSpec) else f"its plug at {spec.port}"

    def run(self) -> Iterator[Check]:
        """Ask everything."""
        line = self._line()
        yield line
        watch: Watch = self._tools.watch
        watch.until(lambda: False, LISTENED_S - (watch.clock() - self._since) / 1e9)
        advice = f"The line gives what no coin makes. Check {self._wire}, its shield and its pull-up."
        stray = self._coin.check.faults - self._before.faults
        yield measured(self._coin.name, "quiet", stray, "stray pulses", (None, STRAY_PULSES), advice)
        if line.result == "pass":
            yield from self._dropped()

    def _line(self) -> Check:
        if isinstance(self._spec, SerialCoinSpec):
            if self._tools.watch.until(lambda: self._coin.check.line == "ok", LISTENED_S):
                return passed(self._coin.name, "line", "answers")
            return failed(
                self._coin.name, "line", f"The board does not answer. Check {self._wire} and its supply.", "gone"
            )
        idle = self._spec.idle
        if self._tools.watch.until(self._at_rest, PULSE_S):
            return passed(self._coin.name, "line", idle)
        level = "low" if idle == "high" else "high"
        advice = f"The line hangs at {level}. Check {self._wire}, its pull-up and the 12 V."
        return failed(self._coin.name, "line", advice, level)

    def _at_rest(self) -> bool:
        return bool(getattr(self._coin, "at_rest", True))

    def _dropped(self) -> Iterator[Check]:
        if self._tools.person is None:
            yield skipped(self._coin.name, "coin", NOBODY)
            return
        before, accepted = self._coin.check.coins, self._outputs.on(COIN_ENABLE)
        try:
            if not self._tools.hands.output(COIN_ENABLE, True):
                yield skipped(self._coin.name, "coin", "The kiosk refuses coins now.")
                return
            text = "Drop a coin. It stays in the box; a running kiosk books it as any other."
            question = Question(self._coin.name, "coin", text, "do", COIN_S)
            said = self._tools.ask(question, lambda: self._coin.check.coins > before)
            if said == "yes":
                self._settle()
        finally:
            self._tools.hands.output(COIN_ENABLE, accepted)
        if said == "skip":
            yield skipped(self._coin.name, "coin", "Nobody dropped a coin.")
            return
        yield from self._counted(before)

    def _counted(self, before: int) -> Iterator[Check]:
        after = self._coin.check
        advice = (
            f"No coin was heard. Check {self._wire}, the 12 V, and the line that lets it accept; teach the acceptor its"
            " coins again if it gives them back."
        )
        yield measured(self._coin.name, "coin", after.coins - before, "pulses", (1, None), advice)
        if isinstance(self._spec, CoinSpec) and after.coins > before and after.widths_ms:
            yield from self._widths([*after.widths_ms][-(after.coins - before) :], self._spec.pulse_ms)

    def _settle(self) -> None:
        """Wait until the train has ended."""
        watch, gap_s = self._tools.watch, self._spec.train_gap_ms / 1000 if isinstance(self._spec, CoinSpec) else 0.0
        end, more = watch.clock() + round(TRAIN_S * 1e9), True
        while more and watch.clock() < end:
            more = watch.until(partial(self._more_than, self._coin.check.coins), gap_s)

    def _more_than(self, seen: int) -> bool:
        return self._coin.check.coins > seen

    def _widths(self, widths_ms: list[float], limits: tuple[int, int]) -> Iterator[Check]:
        low, high = limits
        advice = f"Its pulses are near the end of what the pinmap allows ({low} to {high} ms): set it to medium speed."
        yield measured(self._coin.name, "shortest pulse", min(widths_ms), "ms", (low, high), advice)
        yield measured(self._coin.name, "longest pulse", max(widths_ms), "ms", (low, high), advice)
