"""The self-test of a slot's relay and supply, as the sensor behind the relay sees them, and of the shunt with a load.

Without a phone, too, the voltage on the port tells on from off and a welded contact from both.
"""

from collections.abc import Generator, Iterator, Sequence
from statistics import fmean

from hardware.selftest_check import Check, failed, measured, place, skipped
from hardware.selftest_tools import NOBODY, Load, Question, Tools
from hardware.slot import SlotHardware
from hardware.slot_specs import SlotSpec
from sessions.ports import Reading
from sessions.units import MonoNs

MOST_OFF_V = 0.5
LEAST_ON_V, MOST_ON_V = 4.75, 5.5
"""What a USB port may have (USB 2.0, 7.2.2, with the change of 2014); below it phones charge slowly or not at all."""
CLOSED_V = 2.0
"""Far from what an open contact leaves on the port, and from what any supply gives through a closed one."""
OFF_S = 3.0
"""The bleeder (4.7 kohm across 100 uF) takes 1.1 s to half a volt."""
ON_S = 2.0
SETTLED = 3
"""Readings after switching: the first may have begun before."""
LOAD_READINGS = 10
PLUG_S = 30.0
SHUNT_PERCENT = 5.0
"""A shunt of 1 %, a load of 1 % that warms up, and the chip's own 1 % (TI SBOS448), with some room: a wrong shunt is
off by a factor."""

_TAKEN = "Power is withheld now. Test it again when the kiosk may switch it on."
_AFTER = ("on", "off again")


class RelayTest:
    """The questions to one relay; ``before`` are readings from when it was off."""

    def __init__(self, spec: SlotSpec, slot: SlotHardware, tools: Tools, before: Sequence[Reading]) -> None:
        self._spec = spec
        self._slot = slot
        self._tools = tools
        self._before = before
        self._relay = f"{slot.name}.relay"
        self._port = f"{slot.name}.port"

    def run(self, power: bool) -> Iterator[Check]:
        """Ask everything; ``power`` False switches nothing. The relay is off afterwards if nothing interrupts this."""
        if self._spec.sensor.place == "before_relay":
            reason = "The sensor sits before the relay, so it cannot tell. Look at a phone in the slot."
            yield from (skipped(self._relay, check, reason) for check in ("off", *_AFTER))
            yield self._supply()
            return
        off = self._is_off("off")
        yield off
        if off.result != "pass" or not power:
            yield from self._unswitched("No relay is switched in this test." if not power else "It has power already.")
            return
        if not self._tools.hands.power(self._slot.name, True):
            yield from self._unswitched(_TAKEN)
            return
        closed = yield from self._switched_on()
        if closed:
            yield from self._loaded()
        self._tools.hands.power(self._slot.name, False)
        yield self._is_off("off again")

    def _unswitched(self, reason: str) -> Iterator[Check]:
        yield from (skipped(self._relay, check, reason) for check in _AFTER)
        yield skipped(self._port, "supply", reason)

    def _is_off(self, check: str) -> Check:
        since = self._now()
        self._tools.watch.until(lambda: self._volts(since, 1, MOST_ON_V) <= MOST_OFF_V, OFF_S)
        wrong = "NC instead of NO" if self._spec.relay.contact == "NO" else "NO instead of NC"
        advice = (
            "The port has power although the relay is off. Listen to the relay: if it clicks, its contact is welded, so"
            f" replace it; if not, check the wire to {place(self._spec.relay)}, and whether the port hangs on {wrong}."
        )
        return measured(self._relay, check, self._volts(since, 1, 0.0), "V", (None, MOST_OFF_V), advice)

    def _switched_on(self) -> Generator[Check, None, bool]:
        """Judges contact, sensor and supply; gives whether the contact is closed."""
        since = self._now()
        self._tools.watch.until(lambda: self._volts(since, SETTLED, 0.0) >= LEAST_ON_V, ON_S)
        volts = self._volts(since, 1, 0.0)
        spec = self._spec.relay
        if volts < CLOSED_V and self._frozen(since):
            advice = (
                "It shows one and the same value, on and off: it hangs. Cut its supply for a moment and test again;"
                " replace it if that does not help, unless the relay does not click either."
            )
            yield failed(f"{self._slot.name}.sensor", "follows the relay", advice, volts)
            reason = "Only the sensor could tell, and it shows nothing new."
            yield skipped(self._relay, "on", reason)
            yield skipped(self._port, "supply", reason)
            return False
        advice = (
            f"No power comes to the port. If the relay does not click, check the wire to {place(spec)} and the relay"
            f" board's supply; if it clicks, check the fuse, the supply {self._spec.sensor.supply!r} and the wires at"
            f" COM and {spec.contact}."
        )
        on = measured(self._relay, "on", volts, "V", (CLOSED_V, None), advice)
        yield on
        if on.result == "pass":
            yield self._supply()
        else:
            yield skipped(self._port, "supply", "No power comes to the port.")
        return on.result == "pass"

    def _frozen(self, since: MonoNs) -> bool:
        readings = [*self._before, *self._slot.readings(since)]
        return len({(reading.mA, reading.bus_V) for reading in readings}) == 1

    def _supply(self, check: str = "supply") -> Check:
        volts = self._volts(MonoNs(0), 1, 0.0)
        advice = (
            f"The port has {volts:.2f} V. Set the supply {self._spec.sensor.supply!r} to what the pinmap says, use"
            " thicker and shorter wires, and unplug whatever hangs on the port."
        )
        return measured(self._port, check, volts, "V", (LEAST_ON_V, MOST_ON_V), advice)

    def _loaded(self) -> Iterator[Check]:
        """The shunt, and the supply under load, if a load is known and there."""
        load = self._tools.load
        if load is None:
            reason = "It needs a known load at the port: kiosk selftest --load-ohm 10, or --load-ma 500."
            yield skipped(f"{self._slot.name}.sensor", "calibration", reason)
            return
        question = Question(
            f"{self._slot.name}.sensor",
            "calibration",
            f"Plug the load of {load} into {self._slot.name}.",
            "do",
            PLUG_S,
        )
        there = self._draws(load) or self._tools.ask(question, lambda: self._draws(load)) == "yes"
        if not there:
            reason = NOBODY if self._tools.person is None else f"No load of {load} was seen."
            yield skipped(f"{self._slot.name}.sensor", "calibration", reason)
            return
        yield self._calibration(load)
        yield self._supply("supply under load")

    def _draws(self, load: Load) -> bool:
        newest = self._slot.sensor.readings.newest
        if newest is None or newest.mA is None or newest.bus_V is None:
            return False
        return newest.mA >= load.expected_mA(newest.bus_V) / 4

    def _calibration(self, load: Load) -> Check:
        since = self._now()
        watch = self._tools.watch
        watch.until(lambda: len(self._slot.readings(since)) >= SETTLED + LOAD_READINGS, 2 * ON_S)
        readings = [reading for reading in self._slot.readings(since) if reading.mA is not None][SETTLED:]
        pairs = [(reading.mA, reading.bus_V) for reading in readings if reading.mA is not None and reading.bus_V]
        if not pairs:
            return failed(
                f"{self._slot.name}.sensor", "calibration", "The sensor fell silent. Check its plug and wires."
            )
        mA = fmean(mA for mA, _ in pairs)
        expected = fmean(load.expected_mA(volts) for _, volts in pairs)
        shunt = self._spec.sensor.shunt_ohm
        advice = (
            f"It shows {mA:.0f} mA of {expected:.0f} mA: the shunt seems to be {shunt * mA / expected:.3f} ohm, the"
            f" pinmap says {shunt:g}. Write what is there into the pinmap, or change the shunt; solder its ends again."
        )
        limits = (-SHUNT_PERCENT, SHUNT_PERCENT)
        return measured(f"{self._slot.name}.sensor", "calibration", 100 * (mA / expected - 1), "%", limits, advice)

    def _volts(self, since: MonoNs, readings: int, unknown: float) -> float:
        """The newest voltage since then, ``unknown`` before there are so many readings."""
        volts = [reading.bus_V for reading in self._slot.readings(since) if reading.bus_V is not None]
        return volts[-1] if len(volts) >= readings else unknown

    def _now(self) -> MonoNs:
        return MonoNs(self._tools.watch.clock())
