"""Coins dropped into a pulse acceptor: its pulses on the wire, in true time, and its refusal when it may not accept."""

import random
import threading
import time
from collections.abc import Callable

from hardware.bench.gpio import BenchPin
from hardware.bench.wires import Wire
from hardware.coin_specs import CoinSpec
from hardware.errors import BenchRefused

PULSE_S = 0.05
REST_S = 0.05
SWALLOW_S = 0.15
PATIENCE_S = 10.0
"""How long a customer tries: the acceptor refuses for some seconds after power-on."""
LOOK_S = 0.02
MINOR_PER_MAJOR = 100
"""A coin's face is in major units of the currency, its pulses are in minor ones."""
STATIC_S = (0.002, 0.010)
BETWEEN_STATIC_S = (0.05, 0.4)
BETWEEN_FLOOD_S = (0.002, 0.004)


class CoinChute:
    """One acceptor. `line` is its pulse output; `enable` the wire that lets it accept, None when it always does.

    A pulse's edges carry the stamps that its length demands, as a real acceptor's do, however late this process is.
    """

    def __init__(
        self,
        spec: CoinSpec,
        line: BenchPin,
        enable: Wire | None,
        rng: random.Random,
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._spec = spec
        self._line = line
        self._enable = enable
        self._rng = rng
        self._clock = clock
        self._wake()
        if spec.enable is not None and enable is not None and spec.enable.switches == "power":
            enable.watch(lambda _: self._wake())
        self._dropping = threading.Lock()
        self._closed = threading.Event()
        self._quiet = threading.Event()
        self._static: threading.Thread | None = None
        self._silent = False
        self._powered = True
        line.drive(spec.idle == "high")

    @property
    def accepts(self) -> bool:
        """Whether a coin dropped now would be taken."""
        if not self._powered:
            return False
        if self._spec.enable is None or self._enable is None:
            return self._awake
        let = self._enable.carries(self._spec.enable.active) == (self._spec.enable.off_means == "refuses")
        return let and (self._spec.enable.switches == "inhibit" or self._awake)

    @property
    def _awake(self) -> bool:
        return self._clock() >= self._awake_at

    def _wake(self) -> None:
        """Power was given: nobody's coin is taken before the kiosk, which is deaf to the chatter, listens again."""
        self._awake_at = self._clock() + (self._spec.power_on_mute_ms + 500) * 1_000_000

    def drop(self, value: float) -> int:
        """Drop one coin of this face value and wait until its train has ended; returns how many pulses it gave.

        Raises `BenchRefused` when the acceptor refuses for ten seconds, or when no number of pulses is this value.
        """
        minor = round(value * MINOR_PER_MAJOR)
        pulses, rest = divmod(minor, self._spec.value.minor_units)
        if rest or pulses < 1 or minor != value * MINOR_PER_MAJOR:
            unit = self._spec.value.minor_units / MINOR_PER_MAJOR
            raise BenchRefused(f"the acceptor gives one pulse for {unit:g}, so it knows no coin of {value:g}")
        with self._dropping:
            self._wait_until_accepted()
            for _ in range(pulses):
                self._pulse(PULSE_S)
                time.sleep(REST_S)
            # Nobody is quicker with the next move than the acceptor is in ending its train.
            time.sleep(self._spec.train_gap_ms / 1000 + SWALLOW_S)
        return pulses

    def stuck(self, on: bool) -> None:
        """Let the line hang at its active level, as behind a pinched wire; or end that."""
        self._line.drive((self._spec.idle == "high") is not on)

    def silent(self, on: bool) -> None:
        """Let coins fall through without a pulse, as with a broken wire; or end that."""
        self._silent = on

    def unplug(self, on: bool) -> None:
        """Take the acceptor's 12 V away: it gives every coin back; or give it again."""
        self._powered = not on

    def flood(self, on: bool) -> None:
        """Let the line ring without a pause, until told otherwise."""
        self.static(on, BETWEEN_FLOOD_S)

    def static(self, on: bool, between_s: tuple[float, float] = BETWEEN_STATIC_S) -> None:
        """Let the line catch static, pulses too short for any coin, until told otherwise."""
        self._quiet.set()
        if self._static is not None:
            self._static.join(2)
            self._static = None
        if on and not self._closed.is_set():
            self._quiet.clear()
            self._static = threading.Thread(target=self._crackle, args=(between_s,), name="bench-static", daemon=True)
            self._static.start()

    def close(self) -> None:
        """End the static and send away whoever waits with a coin."""
        self._closed.set()
        self.static(False)

    def _wait_until_accepted(self) -> None:
        deadline = self._clock() + round(PATIENCE_S * 1e9)
        while not self.accepts:
            if self._clock() >= deadline or self._closed.wait(LOOK_S):
                raise BenchRefused(f"the acceptor refuses coins (its enable line was off for {PATIENCE_S:g} s)")

    def _crackle(self, between_s: tuple[float, float]) -> None:
        while not self._quiet.wait(self._rng.uniform(*between_s)):
            self._pulse(self._rng.uniform(*STATIC_S))

    def _pulse(self, seconds: float) -> None:
        if self._silent:
            return
        idle = self._spec.idle == "high"
        began_s = self._clock() / 1e9
        self._line.drive(not idle, began_s)
        time.sleep(seconds)
        self._line.drive(idle, began_s + seconds)
