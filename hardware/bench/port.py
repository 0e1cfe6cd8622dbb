"""One charging port as a circuit: supply, relay, bleeder, shunt, and whatever hangs on the cable.

Current flows only through a closed contact. The bleeder (4.7 kohm across 100 uF) empties the port in half a second when
the contact opens, so the bus voltage tells on from off, and a welded contact from both, with no phone there.
"""

import math
import threading
import time
from collections.abc import Callable
from typing import Literal

from hardware.bench.phones import Phone

WIRING_OHM = 0.06
BLEEDER_S = 0.47

Contact = Literal["welded", "open"]

BURNT_OHM = 0.5
"""A contact that has switched too much current: half a volt at an ampere."""
SAG = 0.88
"""What is left of a weak supply's voltage under load."""


class Port:
    """One port. `contact_closed` says what the relay's coil wants; `fault` is a contact that does not obey it. `fed`
    says whether there is power before the relay."""

    def __init__(
        self,
        contact_closed: Callable[[], bool],
        supply_V: float,
        shunt_ohm: float,
        *,
        sensed_after_relay: bool = True,
        fed: Callable[[], bool] = lambda: True,
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.fault: Contact | None = None
        self.burnt = False
        """Whether the contact is, though closed, half a resistor."""
        self.sags = False
        """Whether its supply has too little voltage."""
        self._contact_closed = contact_closed
        self._supply_V = supply_V
        self._resistance_ohm = shunt_ohm + WIRING_OHM
        self._sensed_after_relay = sensed_after_relay
        self._fed = fed
        self._clock = clock
        self._lock = threading.Lock()
        self._phone: Phone | None = None
        self._on = False
        self._off_at = float("-inf")

    @property
    def phone(self) -> Phone | None:
        """What is on the cable."""
        return self._phone

    @property
    def powered(self) -> bool:
        """Whether the contact is closed, whatever the kiosk wants."""
        return self.fault == "welded" or (self.fault is None and self._contact_closed())

    def connect(self, phone: Phone | None) -> None:
        """Put something on the cable, or nothing."""
        with self._lock:
            if self._phone is not None:
                self._phone.power(False, self._clock() / 1e9)
            self._phone = phone

    def measure(self) -> tuple[float, float]:
        """Amperes through the shunt and volts behind it, now."""
        with self._lock:
            t_s = self._clock() / 1e9
            fed = self._fed()
            powered = self.powered and fed
            if self._on and not powered:
                self._off_at = t_s
            self._on = powered
            amps = 0.0
            if self._phone is not None:
                self._phone.power(powered, t_s)
                amps = self._phone.current_mA(t_s) / 1000
            return amps, self._volts(amps, fed, t_s)

    def _volts(self, amps: float, fed: bool, t_s: float) -> float:
        if self._on or (fed and not self._sensed_after_relay):
            ohm = self._resistance_ohm + (BURNT_OHM if self.burnt else 0.0)
            return self._supply_V * (SAG if self.sags else 1.0) - amps * ohm
        return self._supply_V * math.exp((self._off_at - t_s) / BLEEDER_S)
