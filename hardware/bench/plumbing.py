"""Water as it flows: a tank, a pump that takes a moment to start and to stop, a cup that can run over, a tray.

It moves in closed form from one look to the next, so it costs nothing while nobody looks and gives the same whatever
the times of looking. Times are nanoseconds of whatever clock its user has.
"""

from dataclasses import dataclass

SPIN_UP_S = 0.3
"""A membrane pump fills its hose and comes to speed in a few tenths of a second."""
RUN_DOWN_S = 0.5
"""What it still throws and what the hose still holds, as a time in which the flow falls to nothing."""


@dataclass(slots=True)
class Cup:
    """What stands under the spout. What it cannot hold runs over into the tray."""

    size_ml: float = 500.0
    level_ml: float = 0.0


class Plumbing:
    """One dispenser. Call `advance` (every verb does) before looking at figures."""

    def __init__(
        self, now_ns: int, *, ml_per_s: float = 25.0, tank_ml: float = 19_000.0, tray_ml: float = 600.0
    ) -> None:
        self.cup: Cup | None = None
        self.tank_ml = tank_ml
        self.flowed_ml = 0.0
        """Through the meter, ever."""
        self.given_ml = 0.0
        """Flowed while a cup stood there, ever: the most that anybody may be billed."""
        self.tray_level_ml = 0.0
        self.tray_full_at_ml = tray_ml
        self.stuck = False
        """The pump's relay is welded: it runs whatever the pin says."""
        self.dry = False
        """Nothing comes, whatever the pump does."""
        self._full_ml_per_s = ml_per_s
        self._rate = 0.0
        self._wanted = False
        self._at_ns = now_ns

    @property
    def pumping(self) -> bool:
        """Whether the pump runs."""
        return self._wanted or self.stuck

    @property
    def wanted(self) -> bool:
        """Whether the pin wants it to run."""
        return self._wanted

    @property
    def tray_full(self) -> bool:
        """Whether the tray's float is up."""
        return self.tray_level_ml >= self.tray_full_at_ml

    def set_pump(self, on: bool, now_ns: int) -> None:
        """The pump's pin goes to this level."""
        self.advance(now_ns)
        self._wanted = on

    def place(self, cup: Cup | None, now_ns: int) -> None:
        """A cup comes or goes."""
        self.advance(now_ns)
        self.cup = cup

    def break_pump(self, stuck: bool, now_ns: int) -> None:
        """Weld the pump's relay, or mend it."""
        self.advance(now_ns)
        self.stuck = stuck

    def run_dry(self, dry: bool, now_ns: int) -> None:
        """Pull the hose out of the water, or put it back."""
        self.advance(now_ns)
        self.dry = dry

    def advance(self, now_ns: int) -> None:
        """Let everything flow up to this instant."""
        seconds = (now_ns - self._at_ns) / 1e9
        self._at_ns = now_ns
        if seconds > 0 and (self.pumping or self._rate):
            self._flow(self._ramp(seconds))

    def _ramp(self, seconds: float) -> float:
        """Moves the rate towards where it tends, linearly; gives the volume of that time in ml."""
        tends = self._full_ml_per_s if self.pumping and not self.dry and self.tank_ml > 0 else 0.0
        slope = self._full_ml_per_s / (SPIN_UP_S if tends > self._rate else RUN_DOWN_S)
        ramp_s = min(seconds, abs(tends - self._rate) / slope)
        after = self._rate + (slope if tends > self._rate else -slope) * ramp_s
        if ramp_s < seconds:
            after = tends
        volume = (self._rate + after) / 2 * ramp_s + after * (seconds - ramp_s)
        self._rate = after
        return min(volume, self.tank_ml)

    def _flow(self, ml: float) -> None:
        self.tank_ml -= ml
        self.flowed_ml += ml
        into = 0.0
        if self.cup is not None:
            self.given_ml += ml
            into = min(ml, self.cup.size_ml - self.cup.level_ml)
            self.cup.level_ml += into
        self.tray_level_ml += ml - into
