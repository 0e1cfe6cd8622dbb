"""A simulated spout: `sessions.ports.WaterPort` over the bench's plumbing, on the simulation's clock.

It looks as the real driver does, twenty times a second, and turns the pump off by itself when the cup goes.
"""

import math
from collections.abc import Callable, Sequence

from hardware.bench.plumbing import Cup, Plumbing
from sessions.ports import AfterId, CupSeen, DeviceReport, Observation, Trouble, WaterReading
from sessions.units import MonoNs

LOOK_MS = 50
AWAKE_NS = 15_000_000_000
"""Longer than anybody waits for a cup."""
FULL_TANK_ML = 19_000.0
KEPT = 64
TRAY_FULL = "The drip tray is full. Empty it."
TRAY_SURE_NS, TRAY_CALM_NS = 300_000_000, 2_000_000_000
NEAR_MM, FAR_MM = 60.0, 220.0
SURE_LOOKS = 2
"""Looks that agree before a cup is believed to have come or gone."""


class Spout:
    """One dispenser. `start` begins the life of its driver; a restart ends it with the queue it runs on.

    ``mono`` is the kiosk's clock, ``world_ns`` that of the water, which flows through power cuts as well.
    """

    def __init__(
        self,
        mono: Callable[[], int],
        after: Callable[[int, Callable[[], None]], AfterId],
        observe: Callable[[Observation], None],
        pulses_per_l: float,
        world_ns: Callable[[], int],
        *,
        skips: bool = False,
    ) -> None:
        self._mono, self._after, self._observe = mono, after, observe
        self._pulses_per_l = pulses_per_l
        self._world_ns = world_ns
        self.plumbing = Plumbing(world_ns())
        self._skips = skips
        self._awake_until = 0
        self._waits = False
        self._cup_left = world_ns()
        self.asleep = False
        """The driver's thread hangs."""
        self.boot()

    def boot(self) -> None:
        """A new run of the kiosk: pump off, nothing known."""
        self.power_off()
        self._on = self._cut = False
        self._seen: bool | None = None
        self._agree = 0
        self._pumped_ns = 0
        self._tray_full = False
        self._tray_since: MonoNs | None = None
        self._looks: list[WaterReading] = []
        self._base = self._turns
        self._counted_to = self._mono()
        self._waits = False

    def power_off(self) -> None:
        """The power goes, and the pump with it."""
        self.plumbing.set_pump(False, self._world_ns())

    def start(self) -> None:
        """Begins to look."""
        self.wake()

    def wake(self) -> None:
        """Something may change: looks again. Where quiet stretches are skipped it sleeps once nothing does."""
        self._awake_until = self._mono() + AWAKE_NS
        if not self._waits:
            self._waits = True
            self._after(LOOK_MS, self._look_again)

    def set_pump(self, on: bool) -> None:
        """Wants the pump on or off."""
        self._count_time()
        self.wake()
        self._on = on
        self._cut = self._cut and on
        self._drive()

    def readings(self, after: MonoNs) -> Sequence[WaterReading]:
        """Looks newer than ``after``."""
        return [look for look in self._looks if look.mono > after]

    def cup(self) -> bool | None:
        """Whether a cup is there."""
        return self._seen

    @property
    def pumping(self) -> bool:
        """Whether the pump really runs."""
        return self.plumbing.pumping

    def place(self, cup: Cup | None) -> None:
        """Somebody puts a cup there, or takes it away."""
        self.plumbing.place(cup, self._world_ns())
        self._cup_left = self._world_ns()
        self.wake()

    def run_dry(self, dry: bool) -> None:
        """The hose comes out of the water, or goes back."""
        self.plumbing.run_dry(dry, self._world_ns())

    def service(self) -> None:
        """Somebody empties the tray and fills the tank."""
        self.plumbing.advance(self._world_ns())
        self.plumbing.tray_level_ml, self.plumbing.tank_ml = 0.0, FULL_TANK_ML
        self.wake()

    @property
    def driven(self) -> bool:
        """Whether the pump's pin is on."""
        return self.plumbing.wanted

    @property
    def given_ml(self) -> float:
        """What has flowed while a cup stood there, ever."""
        self.plumbing.advance(self._world_ns())
        return self.plumbing.given_ml

    @property
    def without_cup_ns(self) -> int:
        """For how long there has been no cup."""
        return 0 if self.plumbing.cup is not None else self._world_ns() - self._cup_left

    def look(self) -> None:
        """Looks once, as the driver's thread would."""
        self._count_time()
        self.plumbing.advance(self._world_ns())
        present, now = self.plumbing.cup is not None, MonoNs(self._mono())
        pulses = self._turns - self._base
        look = WaterReading(now, present, NEAR_MM if present else FAR_MM, pulses, self._pumped_ns)
        self._looks = [*self._looks[-KEPT + 1 :], look]
        self._agree = self._agree + 1 if present != self._seen else 0
        if self._agree >= SURE_LOOKS:
            self._seen, self._agree = present, 0
            self._cut = self._cut or (self._on and not present)
            self._drive()
            self._observe(CupSeen(present, now))
        self._tell_tray(now)

    def _look_again(self) -> None:
        self._waits = False
        if not self.asleep:
            self.look()
        if not self._skips or self.plumbing.pumping or self._mono() < self._awake_until:
            self._waits = True
            self._after(LOOK_MS, self._look_again)

    def _drive(self) -> None:
        self.plumbing.set_pump(self._may_run, self._world_ns())

    @property
    def _may_run(self) -> bool:
        return self._on and not self._cut and self._seen is True

    def _count_time(self) -> None:
        now = self._mono()
        if self._may_run:
            self._pumped_ns += now - self._counted_to
        self._counted_to = now

    @property
    def _turns(self) -> int:
        """How often the meter's wheel has turned, ever."""
        return math.floor(self.plumbing.flowed_ml / (1000 / self._pulses_per_l))

    def _tell_tray(self, now: MonoNs) -> None:
        full = self.plumbing.tray_full
        if full == self._tray_full:
            self._tray_since = None
            return
        if self._tray_since is None:
            self._tray_since = now
        if now - self._tray_since >= (TRAY_SURE_NS if full else TRAY_CALM_NS):
            self._tray_full, self._tray_since = full, None
            detail = TRAY_FULL if full else "It is well again."
            self._observe(DeviceReport("water.tray", Trouble.FULL if full else None, detail, now))
