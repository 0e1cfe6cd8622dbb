"""The current into one charging port, from an INA219 through the `adafruit_ina219` driver.

The driver's `current` and `power` assume a 0.1 ohm shunt and read 0 after the chip has lost its supply for a moment, so
neither is used: the shunt voltage is divided by the real resistance. A chip that was reset is recognised by its
configuration, which is therefore never the one it wakes up with. A value counts as fresh when the conversion-ready bit
says so; that bit is cleared by reading the power register (TI SBOS448, bus voltage register).
"""

from typing import Any

from hardware.blinka import serve_digitalio
from hardware.i2c import LIBRARY_LOCK
from hardware.workers import Fault, ReadingBuffer
from sessions.ports import Reading, Trouble
from sessions.units import Milliamps, MonoNs, Volts, seconds_ns

SHUNT_LSB_V = 10e-6
BUS_LSB_V = 4e-3
SMALLEST_RANGE_V = 0.040
"""The shunt ranges are this, twice, four and eight times this (gain codes 0 to 3)."""
HEADROOM = 1.25
"""The range reaches this much beyond the port's maximum, so that an overcurrent is seen and not clipped."""
STALE_NS = seconds_ns(1)
"""Fifteen conversions: a chip that has not finished one in this time is stuck."""

_CONVERSION_READY = 0x0002
_OVERFLOW = 0x0001


class CurrentSensor:
    """One INA219 on a bus; `poll` publishes into `readings`.

    `bus` is a Blinka I2C bus or its bench twin. `device` is the pinmap path in short
    (`slot1.sensor`). Nothing is sent before the first `poll`, so a missing chip is found there.
    """

    def __init__(self, device: str, bus: Any, address: int, shunt_ohm: float, max_mA: float) -> None:
        self.device = device
        self.readings = ReadingBuffer()
        self._bus = bus
        self._address = address
        self._shunt_ohm = shunt_ohm
        self._gain = gain_for(shunt_ohm, max_mA)
        self._name = f"The current sensor at 0x{address:02x}"
        self._driver: Any = None
        self._fresh_at = MonoNs(0)

    @property
    def full_scale_mA(self) -> Milliamps:
        """The largest current this chip and shunt can tell from a larger one."""
        return Milliamps(1000 * (SMALLEST_RANGE_V * 2**self._gain) / self._shunt_ohm)

    def poll(self, mono: MonoNs) -> Fault | None:
        """Read the chip once and publish a `Reading`, unless there is no new conversion yet.

        Every failure is a reading with `mA` None and the returned fault's words; a chip that was reset is set up again.
        """
        try:
            with LIBRARY_LOCK:
                fault = self._read(mono)
        except (OSError, ValueError) as error:
            fault = Fault(Trouble.NO_ANSWER, f"{self._name} does not answer ({error}). Check its plug and supply.")
        if fault is not None:
            self.readings.publish(Reading(mono, None, error=fault.detail))
        return fault

    def _read(self, mono: MonoNs) -> Fault | None:
        if self._driver is None:
            self._configure(mono)
            return None
        bus_register = _register(self._driver, 0x02)
        shunt = int(self._driver.raw_shunt_voltage)
        # Read last: had the chip been reset at any moment before, this shows it.
        if _register(self._driver, 0x00) != self.configuration:
            self._configure(mono)
            reason = f"{self._name} lost its settings: its supply broke down for a moment."
            return Fault(Trouble.BROWN_OUT, reason, urgent=True)
        if not bus_register & _CONVERSION_READY:
            return self._stale(mono)
        _ = self._driver.raw_power
        self._fresh_at = mono
        self.readings.publish(self._reading(mono, shunt, bus_register))
        return None

    def _reading(self, mono: MonoNs, shunt: int, bus_register: int) -> Reading:
        limit = round(SMALLEST_RANGE_V * 2**self._gain / SHUNT_LSB_V)
        return Reading(
            mono,
            Milliamps(1000 * shunt * SHUNT_LSB_V / self._shunt_ohm),
            Volts((bus_register >> 3) * BUS_LSB_V),
            clipped=abs(shunt) >= limit or bool(bus_register & _OVERFLOW),
        )

    def _stale(self, mono: MonoNs) -> Fault | None:
        silent_ns = mono - self._fresh_at
        if silent_ns < STALE_NS:
            return None
        reason = f"{self._name} answers but has stopped measuring."
        return Fault(Trouble.STUCK, f"{reason} Cut its supply for a moment; replace it if that does not help.")

    def read_configuration(self) -> int:
        """What the chip keeps as its settings now. Raises `OSError` or `ValueError` when it does not answer."""
        with LIBRARY_LOCK:
            if self._driver is None:
                raise ValueError("it was never set up")
            return _register(self._driver, 0x00)

    @property
    def configuration(self) -> int:
        """16 V range, our gain, bus 12 bit once, shunt 12 bit averaged over 128 samples (68.1 ms), both for ever."""
        return self._gain << 11 | 0x3 << 7 | 0xF << 3 | 0x7

    def _configure(self, mono: MonoNs) -> None:
        serve_digitalio()
        from adafruit_ina219 import INA219, ADCResolution, BusVoltageRange, Mode

        self._driver = None
        driver = INA219(self._bus, self._address)
        driver.bus_voltage_range = BusVoltageRange.RANGE_16V
        driver.gain = self._gain
        driver.bus_adc_resolution = ADCResolution.ADCRES_12BIT_1S
        driver.shunt_adc_resolution = ADCResolution.ADCRES_12BIT_128S
        driver.mode = Mode.SANDBVOLT_CONTINUOUS
        written = _register(driver, 0x00)
        if written != self.configuration:
            raise ValueError(f"it keeps 0x{written:04x} as its configuration instead of 0x{self.configuration:04x}")
        self._driver = driver
        self._fresh_at = mono


def gain_for(shunt_ohm: float, max_mA: float) -> int:
    """The gain code (0 to 3) of the smallest shunt range that holds `max_mA` and some headroom; at most 320 mV."""
    wanted_V = HEADROOM * max_mA / 1000 * shunt_ohm
    return next((code for code in range(3) if SMALLEST_RANGE_V * 2**code >= wanted_V), 3)


def _register(driver: Any, address: int) -> int:
    """One whole register: the driver's own properties would read the bus register three times for its three parts."""
    from adafruit_register.i2c_struct import ROUnaryStruct

    return int(ROUnaryStruct(address, ">H").__get__(driver))
