"""A simulated spout: `sessions.ports.WaterPort` over the bench's plumbing, on the simulation's clock.

It looks as the real driver does, twenty times a second, and turns the pump off by itself when the cup goes.
"""

from collections.abc import Callable, Sequence

from hardware.bench.plumbing import Cup, Plumbing
from sessions.ports import AfterId, CupSeen, DeviceReport, Observation, Trouble, WaterReading
from sessions.units import MonoNs

LOOK_MS = 50
KEPT = 64
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
    ) -> None:
        self._mono, self._after, self._observe = mono, after, observe
        self._pulses_per_l = pulses_per_l
        self._world_ns = world_ns
        self.plumbing = Plumbing(world_ns())
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
        self._looks: list[WaterReading] = []
        self._base_ml = self.plumbing.flowed_ml
        self._counted_to = self._mono()

    def power_off(self) -> None:
        """The power goes, and the pump with it."""
        self.plumbing.set_pump(False, self._world_ns())

    def start(self) -> None:
        """Begins to look."""
        self._after(LOOK_MS, self._look_again)

    def set_pump(self, on: bool) -> None:
        """Wants the pump on or off."""
        self._count_time()
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

    def look(self) -> None:
        """Looks once, as the driver's thread would."""
        self._count_time()
        self.plumbing.advance(self._world_ns())
        present, now = self.plumbing.cup is not None, MonoNs(self._mono())
        pulses = int((self.plumbing.flowed_ml - self._base_ml) * self._pulses_per_l / 1000)
        look = WaterReading(now, present, NEAR_MM if present else FAR_MM, pulses, self._pumped_ns)
        self._looks = [*self._looks[-KEPT + 1 :], look]
        self._agree = self._agree + 1 if present != self._seen else 0
        if self._seen is None or self._agree >= SURE_LOOKS:
            self._seen, self._agree = present, 0
            self._cut = self._on and not present
            self._drive()
            self._observe(CupSeen(present, now))
        self._tell_tray(now)

    def _look_again(self) -> None:
        if not self.asleep:
            self.look()
        self._after(LOOK_MS, self._look_again)

    def _drive(self) -> None:
        self.plumbing.set_pump(self._on and not self._cut, self._world_ns())

    def _count_time(self) -> None:
        now = self._mono()
        if self._on and not self._cut:
            self._pumped_ns += now - self._counted_to
        self._counted_to = now

    def _tell_tray(self, now: MonoNs) -> None:
        full = self.plumbing.tray_full
        if full != self._tray_full:
            self._tray_full = full
            detail = "The drip tray is full. Empty it." if full else "The drip tray is empty again."
            self._observe(DeviceReport("water.tray", Trouble.FULL if full else None, detail, now))
