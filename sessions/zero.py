"""What a slot's sensor reads when nothing is drawn: its zero, and how far single readings scatter around it.

A sensor behind 0.1 ohm is off by up to 2 mA, behind 0.05 ohm by 4 mA, and the smallest draw of a full phone is 3 mA:
without its own zero a slot could not tell a phone from an empty cable. The zero is therefore learned whenever the slot
has no power, from the latest minute of readings, so that it follows the temperature of the day. Spikes have no say in
it: the middle of the readings is found first, and what lies far from it is left out.
"""

from collections import deque
from itertools import repeat
from math import dist, hypot, sqrt
from statistics import fmean, median

WORST_OFFSET_MA = 4.5
"""Offset of a bad specimen: +-200 uV over 0.05 ohm (measured), and half a milliamp of drift."""
WORST_SIGMA_MA = 5.0
"""Noise of a sensor nobody has watched yet (measured: 0.8 to 2.5 mA, 5 mA beside a switching supply)."""
LEAST_SIGMA_MA = 1.0
"""No sensor is believed to be better than this: its steps are 0.1 to 0.2 mA, and a load adds noise of its own."""
TRUSTED_READINGS = 8
"""Readings of an empty slot after which its zero is believed, as well as so few can tell it: eight seconds at 1 Hz."""
GIVEN_READINGS = 50
"""A zero that was given is believed as if so many readings had shown it."""
KEPT_READINGS = 600
RENEWED_READINGS = 50
"""Readings after which an empty slot's earlier spell counts no more: the sensor may have another temperature now."""
DRIFT_MA_PER_HOUR = 0.3
"""How far a zero may wander while it cannot be watched (thermal drift of chip and shunt over 20 K)."""
_MAD_TO_SIGMA = 1.4826
_FAR_SIGMAS = 4.0


class Zero:
    """Zero and noise of one slot, in mA. Given figures are believed until readings say better."""

    def __init__(self, mean_mA: float | None = None, sigma_mA: float | None = None) -> None:
        self._given = mean_mA is not None
        self._mean_mA = mean_mA or 0.0
        self._sigma_mA = max(LEAST_SIGMA_MA, WORST_SIGMA_MA if sigma_mA is None else sigma_mA)
        self._readings: deque[float] = deque(maxlen=KEPT_READINGS)
        self._old = 0
        self._unread = 0
        self._moved_error_mA = 0.0
        self.revision = 0
        """Grows with everything that is learned, so that others need not ask for figures which are the same."""

    @property
    def mean_mA(self) -> float:
        """What the sensor reads at no current."""
        self._work_out()
        return self._mean_mA

    @property
    def sigma_mA(self) -> float:
        """The standard deviation of one reading."""
        self._work_out()
        return self._sigma_mA

    @property
    def trusted(self) -> bool:
        """Whether enough readings of the empty slot were seen, or the zero was given."""
        return self._given or len(self._readings) >= TRUSTED_READINGS

    @property
    def doubt_mA(self) -> float:
        """Draws below this cannot be told from none: the worst offset there is, until the zero is trusted."""
        return 0.0 if self.trusted else WORST_OFFSET_MA

    def error_mA(self, unwatched_s: float = 0.0) -> float:
        """How well the mean is known (one sigma), so long after the slot was last seen empty."""
        readings = max(len(self._readings), GIVEN_READINGS if self._given else 1)
        known = max(self._moved_error_mA, self.sigma_mA / sqrt(readings)) if self.trusted else WORST_OFFSET_MA / 2
        return hypot(known, DRIFT_MA_PER_HOUR * unwatched_s / 3600)

    def renew(self) -> None:
        """A new spell without power begins: readings of earlier ones count until there are enough of this one."""
        self._old = len(self._readings)

    def learn(self, mA: float) -> None:
        """Takes one reading of the empty, powerless slot."""
        if len(self._readings) == KEPT_READINGS:
            self._old = max(0, self._old - 1)
        self._readings.append(mA)
        self._unread += 1
        self.revision += 1
        if self._old and len(self._readings) - self._old >= RENEWED_READINGS:
            for _ in range(self._old):
                self._readings.popleft()
            self._old, self._moved_error_mA = 0, 0.0

    def move(self, by_mA: float, error_mA: float) -> None:
        """The zero itself has moved by so much, as readings of another kind tell, and is known as well as that now."""
        self._work_out()
        self._mean_mA += by_mA
        self._moved_error_mA = error_mA
        self.revision += 1
        self._readings = deque((mA + by_mA for mA in self._readings), KEPT_READINGS)

    def _work_out(self) -> None:
        # While many readings are there, a few more change nothing: the sorting is spared.
        if not self._unread or (self._unread < 16 and len(self._readings) > RENEWED_READINGS):
            return
        if len(self._readings) < TRUSTED_READINGS:
            return
        self._unread = 0
        middle = median(self._readings)
        spread = _MAD_TO_SIGMA * median(abs(mA - middle) for mA in self._readings)
        reach = _FAR_SIGMAS * max(spread, LEAST_SIGMA_MA)
        near = [mA for mA in self._readings if abs(mA - middle) <= reach]
        self._mean_mA = fmean(near)
        if len(near) >= TRUSTED_READINGS // 2:
            # Few readings may lie together by chance.
            scatter = dist(near, repeat(self._mean_mA, len(near))) / sqrt(len(near) - 1)
            self._sigma_mA = max(LEAST_SIGMA_MA, scatter * (1 + 1 / sqrt(len(near))))
