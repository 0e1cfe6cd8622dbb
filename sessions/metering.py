"""How much of a session has been used, and how much of that is proven.

Time runs in intervals of the monotonic clock: `run` opens one, `pause` closes it. What is *used* grows with the clock
and is what a countdown shows; what is *proven* reaches only to the last instant at which the sensor showed a draw, and
is all that is ever billed. A gap in the readings with draw on both sides is thereby billed, an open one is not. Ticks
are never counted, so a late tick costs nobody a second.
"""

from dataclasses import dataclass

from sessions.units import NS_PER_MS, MonoNs

_NS_PER_HOUR = 3_600_000_000_000


@dataclass(slots=True)
class Meter:
    """The usage accumulator of one session, in nanoseconds of the monotonic clock of this boot."""

    settled_ns: int = 0
    """Use in closed intervals, all of it proven."""
    open_since: MonoNs | None = None
    proven: MonoNs | None = None
    """The last proven draw of the open interval."""
    energy_nWh: int = 0
    """Energy delivered, in nanowatt-hours, so that the sum is exact."""

    @property
    def running(self) -> bool:
        """Whether time runs."""
        return self.open_since is not None

    def run(self, at: MonoNs) -> None:
        """Lets time run from ``at``, which counts as proven: something was just detected. Running already is left
        alone."""
        if self.open_since is None:
            self.open_since = self.proven = at

    def prove(self, at: MonoNs) -> None:
        """Takes notice of a draw at ``at``. Instants before the last proof, or while time stands, prove nothing new."""
        if self.open_since is not None and self.proven is not None and at > self.proven:
            self.proven = at

    def pause(self, at: MonoNs | None = None) -> None:
        """Stops time, at the last proof or at ``at`` if that is later. Standing already is left alone."""
        if self.open_since is None or self.proven is None:
            return
        end = self.proven if at is None else max(at, self.proven)
        self.settled_ns += end - self.open_since
        self.open_since = self.proven = None

    def used_ns(self, now: MonoNs) -> int:
        """Use as a countdown shows it at ``now``."""
        return self.settled_ns + (max(0, now - self.open_since) if self.open_since is not None else 0)

    def used_up_at(self, granted_ns: int) -> MonoNs | None:
        """When so much will have been used, or None while time stands."""
        return None if self.open_since is None else MonoNs(self.open_since + granted_ns - self.settled_ns)

    def proven_ns(self) -> int:
        """Use that may be billed. It never falls."""
        if self.open_since is None or self.proven is None:
            return self.settled_ns
        return self.settled_ns + (self.proven - self.open_since)

    def proven_ms(self) -> int:
        """`proven_ns` in whole milliseconds, rounded down."""
        return self.proven_ns() // NS_PER_MS

    def add_energy(self, mA: float, volts: float, duration_ns: int) -> None:
        """Adds what flowed for a while. mA x V is mW; over nanoseconds that is mW ns, kept as nWh."""
        if mA > 0 and volts > 0 and duration_ns > 0:
            self.energy_nWh += round(mA * volts * duration_ns * 1_000_000 / _NS_PER_HOUR)

    def energy_mWh(self) -> int:
        """Energy delivered in whole milliwatt-hours."""
        return self.energy_nWh // 1_000_000
