"""The self-test of one slot: its sensor, its relay as the sensor sees it, its display, door and lock."""

from collections.abc import Callable, Sequence
from statistics import fmean, pstdev

from hardware.check_buses import straps
from hardware.selftest_check import Check, Watch, failed, measured, passed, pin_name, place, skipped
from hardware.slot import SlotHardware
from hardware.slot_specs import SlotSpec
from sessions.ports import Reading
from sessions.units import MonoNs, SlotName

SetPower = Callable[[SlotName, bool], bool]
"""Switches a slot's relay; False, and nothing done, when that is somebody else's to decide by now."""

SAMPLES = 20
"""Two seconds of a sensor that is asked ten times a second."""
SAMPLING_S = 4.0
FEWEST = 10
"""A sensor that answers at half the rate only would be found by the kiosk late, not never."""
LONE_ERRORS = 1
"""A single failed transfer on long wires is no broken sensor."""
ZERO_V = 200e-6
"""The largest offset of an INA219 in its widest range (TI SBOS448, electrical characteristics, PGA / 8)."""
NOISE_mA = 1.0
"""A third of the smallest draw that must be told from none."""
MOST_OFF_V = 0.5
LEAST_ON_V, MOST_ON_V = 4.75, 5.5
"""What a USB port may have (USB 2.0, 7.2.2, with the change of 2014); below it phones charge slowly or not at all."""
OFF_S = 3.0
"""The bleeder (4.7 kohm across 100 uF) takes 1.1 s to half a volt."""
ON_S = 2.0
SETTLED = 3
"""Readings after switching: the first may have begun before."""
DOOR_S = 2.5
"""A silent expander is asked once a second."""
PROBES = 3

_OPENS = "A test would open the door. Start this slot with a card and watch the door to see that it opens."
_TAKEN = "Somebody uses the slot now. Test it when it is free."
_SILENT = "Only the sensor could tell, and it does not answer."


class SlotTest:
    """The questions to one slot; it is sampled from construction on. ``switch`` None leaves the relay alone."""

    def __init__(self, spec: SlotSpec, slot: SlotHardware, watch: Watch, switch: SetPower | None) -> None:
        self._spec = spec
        self._slot = slot
        self._watch = watch
        self._switch = switch
        self._since = MonoNs(watch.clock())

    @property
    def sampled(self) -> bool:
        """Whether the sensor has been asked often enough."""
        return len(self._slot.readings(self._since)) >= SAMPLES

    def run(self) -> list[Check]:
        """Ask everything. The relay is off afterwards, also when this is interrupted."""
        if self._taken():
            return [skipped(self._slot.name, "everything", _TAKEN)]
        samples = self._slot.readings(self._since)[-SAMPLES:]
        good = [reading for reading in samples if reading.mA is not None]
        answers = self._answers(samples, len(good))
        if answers.result == "pass":
            power = [*self._figures(good), *self._relay(good)]
        else:
            power = [skipped(self._relay_name, check, _SILENT) for check in ("off", "on", "off again")]
        if self._taken():
            return [answers, *power, skipped(self._slot.name, "everything else", _TAKEN)]
        return [answers, *power, *self._display(), *self._door(), *self._lock()]

    def _taken(self) -> bool:
        """Whether somebody gives the slot power now; the test itself has it off whenever this is asked."""
        return self._slot.relay.on

    # The sensor.

    def _answers(self, samples: Sequence[Reading], good: int) -> Check:
        address = self._spec.sensor.address
        errors = [reading.error for reading in samples if reading.error is not None]
        said = errors[-1] if errors else f"The current sensor at 0x{address:02x} does not answer."
        advice = f"{said} Its address 0x{address:02x} needs {straps(address)}."
        name = f"{self._slot.name}.sensor"
        if len(errors) > LONE_ERRORS:
            return failed(name, "answers", advice)
        return measured(name, "answers", good, "readings", (FEWEST, None), advice)

    def _figures(self, good: Sequence[Reading]) -> list[Check]:
        name, shunt_ohm = f"{self._slot.name}.sensor", self._spec.sensor.shunt_ohm
        mA = [reading.mA for reading in good if reading.mA is not None]
        limit_mA = round(1000 * ZERO_V / shunt_ohm, 1)
        zero = (
            "It shows a current while the relay is off. Check that nothing but the port hangs behind the shunt"
            f" and that the shunt is {shunt_ohm:g} ohm; otherwise replace the sensor."
        )
        noise = "What it measures jumps. Keep its wires from the relays' and solder the shunt's ends again."
        return [
            measured(name, "zero", fmean(mA), "mA", (-limit_mA, limit_mA), zero),
            measured(name, "noise", pstdev(mA), "mA", (None, NOISE_mA), noise),
        ]

    # The relay, as its sensor sees it.

    @property
    def _relay_name(self) -> str:
        return f"{self._slot.name}.relay"

    def _relay(self, before: Sequence[Reading]) -> list[Check]:
        if self._spec.sensor.place == "before_relay":
            reason = "The sensor sits before the relay, so it cannot tell. Look at a phone in the slot."
            return [skipped(self._relay_name, check, reason) for check in ("off", "on", "off again")]
        off = self._is_off("off")
        if off.result != "pass" or self._switch is None:
            reason = "No relay is switched in this test." if self._switch is None else "There is power already."
            return [off, *(skipped(self._relay_name, check, reason) for check in ("on", "off again"))]
        on = None
        try:
            if self._switch(self._slot.name, True):
                on = self._is_on(before)
        finally:
            ours = self._switch(self._slot.name, False)
        if on is None or not ours:
            return [off, *(skipped(self._relay_name, check, _TAKEN) for check in ("on", "off again"))]
        return [off, on, self._is_off("off again")]

    def _is_off(self, check: str) -> Check:
        since = MonoNs(self._watch.clock())
        self._watch.until(lambda: self._volts(since, 1, MOST_ON_V) <= MOST_OFF_V, OFF_S)
        spec = self._spec.relay
        wrong = "NC instead of NO" if spec.contact == "NO" else "NO instead of NC"
        advice = (
            "The port has power although the relay is off. Listen to the relay: if it clicks, its contact is welded, so"
            f" replace it; if not, check the wire to {place(spec)}, and whether the port hangs on {wrong}."
        )
        if self._taken():
            return skipped(self._relay_name, check, _TAKEN)
        return measured(self._relay_name, check, self._volts(since, 1, 0.0), "V", (None, MOST_OFF_V), advice)

    def _is_on(self, before: Sequence[Reading]) -> Check:
        since = MonoNs(self._watch.clock())
        self._watch.until(lambda: self._volts(since, SETTLED, 0.0) >= LEAST_ON_V, ON_S)
        volts = self._volts(since, 1, 0.0)
        advice = self._power_advice(volts, [*before, *self._slot.readings(since)])
        return measured(self._relay_name, "on", volts, "V", (LEAST_ON_V, MOST_ON_V), advice)

    def _power_advice(self, volts: float, readings: Sequence[Reading]) -> str:
        spec, supply = self._spec.relay, self._spec.sensor.supply
        if volts > MOST_OFF_V:
            return (
                f"The port has {volts:.2f} V. Set the supply {supply!r} to what the pinmap says, use thicker and"
                " shorter wires, and unplug whatever hangs on the port."
            )
        if len({(reading.mA, reading.bus_V) for reading in readings}) == 1:
            return (
                "The sensor shows one and the same value, on and off: it hangs. Cut its supply for a moment and test"
                " again; replace it if that does not help."
            )
        return (
            f"No power comes to the port. If the relay does not click, check the wire to {place(spec)} and the relay"
            f" board's supply; if it clicks, check the fuse, the supply {supply!r} and the wires at COM and"
            f" {spec.contact}."
        )

    def _volts(self, since: MonoNs, readings: int, unknown: float) -> float:
        """The newest voltage since then, ``unknown`` before there are so many readings."""
        volts = [reading.bus_V for reading in self._slot.readings(since) if reading.bus_V is not None]
        return volts[-1] if len(volts) >= readings else unknown

    # What is left.

    def _display(self) -> list[Check]:
        display, spec = self._slot.display, self._spec.display
        if display is None or spec is None:
            return []
        lines = f"DIO at {pin_name(spec.dio)} and CLK at {pin_name(spec.clk)}"
        try:
            answers = any(display.probe() for _ in range(PROBES))
        except Exception as error:  # noqa: BLE001 - gpiozero, lgpio and the kernel raise their own; told as a failure
            return [failed(display.device, "answers", f"Its lines cannot be driven ({error}). Check {lines}.")]
        if answers:
            return [passed(display.device, "answers")]
        return [failed(display.device, "answers", f"It does not answer. Check its plug and 3.3 V, then {lines}.")]

    def _door(self) -> list[Check]:
        door, spec = self._slot.door, self._spec.door
        if door is None or spec is None:
            return []
        name = f"{self._slot.name}.door"
        waited_s = (self._watch.clock() - self._since) / 1e9
        if not self._watch.until(lambda: door.open_now is not None, DOOR_S - waited_s):
            advice = f"Its switch cannot be read: {spec.expander or place(spec)} does not answer. Mend that first."
            return [failed(name, "shut", advice, "unknown")]
        if not door.open_now:
            return [passed(name, "shut", "shut")]
        advice = (
            "Push the door shut and test again. If it is shut, check the switch, its magnet, and its wires to"
            f" {place(spec)} and to ground."
        )
        return [failed(name, "shut", advice, "open")]

    def _lock(self) -> list[Check]:
        return [skipped(self._slot.lock.device, "opens", _OPENS)] if self._slot.lock is not None else []
