"""The self-test of a slot's current sensor: it answers, keeps its settings, shows zero at rest, and is calm."""

from collections.abc import Iterator, Sequence
from statistics import fmean, pstdev

from hardware.check_buses import straps
from hardware.current_sensor import CurrentSensor
from hardware.selftest_check import Check, failed, measured, passed
from hardware.selftest_tools import Tools
from hardware.slot_specs import SensorSpec
from sessions.ports import Reading
from sessions.units import MonoNs, seconds_ns

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
SETTLED_NS = seconds_ns(0.3)
"""Two conversions after switching off belong to what was before."""


class SensorTest:
    """The questions to one sensor, whose port has no power. ``samples`` are what the answers were taken from."""

    def __init__(self, spec: SensorSpec, sensor: CurrentSensor, tools: Tools) -> None:
        self._spec = spec
        self._sensor = sensor
        self._tools = tools
        self.samples: Sequence[Reading] = ()
        self.good = False

    def run(self, quiet_since: MonoNs) -> Iterator[Check]:
        """Ask everything; afterwards ``good`` says whether the sensor can be believed."""
        watch = self._tools.watch
        since = max(quiet_since + SETTLED_NS, watch.clock() - seconds_ns(SAMPLING_S))
        buffer = self._sensor.readings
        watch.until(lambda: len(buffer.after(MonoNs(since))) >= SAMPLES, SAMPLING_S)
        readings = buffer.after(MonoNs(since))[-SAMPLES:]
        self.samples = [reading for reading in readings if reading.mA is not None]
        answers = self._answers(readings)
        yield answers
        if answers.result != "pass":
            return
        settings = self._settings()
        yield settings
        if settings.result != "pass":
            return
        self.good = True
        yield from self._figures()

    def _answers(self, readings: Sequence[Reading]) -> Check:
        errors = [reading.error for reading in readings if reading.error is not None]
        address = f"0x{self._spec.address:02x}"
        said = errors[-1] if errors else f"The current sensor at {address} does not answer."
        advice = f"{said} Its address {address} needs {straps(self._spec.address)}."
        if len(errors) > LONE_ERRORS:
            return failed(self._sensor.device, "answers", advice, f"{len(errors)} of {len(readings)} asked in vain")
        return measured(self._sensor.device, "answers", len(self.samples), "readings", (FEWEST, None), advice)

    def _settings(self) -> Check:
        wanted = self._sensor.configuration
        try:
            kept = self._sensor.read_configuration()
        except (OSError, ValueError) as error:
            advice = f"Its settings cannot be read ({error}). Check its plug and its wires to SDA and SCL."
            return failed(self._sensor.device, "settings", advice)
        if kept == wanted:
            return passed(self._sensor.device, "settings", f"0x{kept:04x}")
        advice = (
            f"It was told 0x{wanted:04x} and keeps 0x{kept:04x}. Check its 3.3 V: it loses its settings when that sags;"
            " replace it if that does not help."
        )
        return failed(self._sensor.device, "settings", advice, f"0x{kept:04x}")

    def _figures(self) -> Iterator[Check]:
        name, shunt_ohm = self._sensor.device, self._spec.shunt_ohm
        mA = [reading.mA for reading in self.samples if reading.mA is not None]
        limit_mA = round(1000 * ZERO_V / shunt_ohm, 1)
        zero = (
            "It shows a current while the relay is off. Check that nothing but the port hangs behind the shunt"
            f" and that the shunt is {shunt_ohm:g} ohm; otherwise replace the sensor."
        )
        noise = "What it measures jumps. Keep its wires from the relays' and solder the shunt's ends again."
        yield measured(name, "zero", fmean(mA), "mA", (-limit_mA, limit_mA), zero)
        yield measured(name, "noise", pstdev(mA), "mA", (None, NOISE_mA), noise)
