"""Too little voltage at the ports, as the sensors behind their relays see it.

A supply that is too weak, or dying, pulls down every port that is on; a burnt contact, a fuse that has aged or a loose
terminal pulls down its own. So where one port is low and another one is not, the low one's slot is out of order. Where
none is well, it is the supply: the kiosk pauses, sessions wait without power and lose nothing.

A port that is on alone could be either. It is taken for its slot's own trouble; if the next one is low as well, it was
the supply, and what was said of the first is taken back.

Without power no voltage shows whether the supply has recovered. So power comes back after a while as a trial, and when
that fails soon, after twice that while.
"""

from collections.abc import Callable, Mapping
from typing import Final

from sessions import commands as c
from sessions.ports import Json, Trouble
from sessions.rules import Rules
from sessions.safety import stands
from sessions.state import State
from sessions.units import MonoNs, SlotName, Volts, seconds_ns

SLACK_V: Final = 0.05
"""A port that is low is well again only so far above the limit: a dozen of the sensor's 4 mV steps."""
FIRST_TRIAL_NS: Final = seconds_ns(60)
LAST_TRIAL_NS: Final = seconds_ns(900)
"""Between trials of a supply that goes on failing: a relay bears some hundred thousand switchings."""
SOON_NS: Final = seconds_ns(600)


class Sagging:
    """Judges the ports of one kiosk. `took` hears every voltage of a port that is on; `look` tells what follows."""

    def __init__(self, rules: Callable[[], Rules], tell: Callable[[c.Command], Json]) -> None:
        self._rules = rules
        self._tell = tell
        self._low_since: dict[SlotName, MonoNs | None] = {}
        """Of the ports that are on; None for one that is well."""
        self._trial_ns = FIRST_TRIAL_NS
        self._paused_at: MonoNs | None = None
        self._ended_at: MonoNs | None = None

    def took(self, name: SlotName, volts: Volts, at: MonoNs) -> None:
        """A port that has been on for a while has this voltage."""
        since = self._low_since.get(name)
        limit = self._rules().detection.port_low_V + (SLACK_V if since is not None else 0)
        self._low_since[name] = (at if since is None else since) if volts < limit else None

    def off(self, name: SlotName) -> None:
        """A port is on no more, or has no voltage at all, which is another matter."""
        self._low_since.pop(name, None)

    def look(self, state: State, now: MonoNs) -> None:
        """Tells of ports that have been low for long enough; ends a pause that has lasted."""
        if self._paused_at is not None:
            if now - self._paused_at >= self._trial_ns:
                self._paused_at, self._ended_at = None, now
                self._tell(c.SetDanger(False, "The supply of the ports is tried again.", "sagging"))
            return
        by_supply: dict[str, dict[SlotName, MonoNs | None]] = {}
        for name, since in self._low_since.items():
            if not self._rules().has_slot(name):
                continue
            by_supply.setdefault(self._rules().slot(name).supply, {})[name] = since
        for supply, ports in by_supply.items():
            if any(since is not None for since in ports.values()):
                self._judge(state, supply, ports, now)

    def _judge(self, state: State, supply: str, ports: Mapping[SlotName, MonoNs | None], now: MonoNs) -> None:
        lasts_ns = seconds_ns(self._rules().detection.port_low_s)
        low = [name for name, since in ports.items() if since is not None and now - since >= lasts_ns]
        begins = any(since is not None and now - since < lasts_ns for since in ports.values())
        known = [name for name in self._told_of(state, supply) if name not in ports]
        if not low or begins:
            return
        if len(low) == len(ports) and len(low) + len(known) > 1:
            self._pause(state, supply, known, now)
            return
        for name in low:
            detail = (
                f"{name} has less than {self._rules().detection.port_low_V:g} V while it is on. Check its relay's"
                " contact, its fuse and its wires; then enable it."
            )
            self._tell(c.DeviceTrouble(f"{name}.port", Trouble.LOW_VOLTAGE.value, detail))

    def _told_of(self, state: State, supply: str) -> list[SlotName]:
        return [
            slot.name
            for slot in self._rules().slots
            if slot.supply == supply
            and (fault := state.faults.get(f"{slot.name}.port")) is not None
            and fault.trouble == Trouble.LOW_VOLTAGE
        ]

    def _pause(self, state: State, supply: str, known: list[SlotName], now: MonoNs) -> None:
        failed_soon = self._ended_at is not None and now - self._ended_at < SOON_NS
        self._trial_ns = min(2 * self._trial_ns, LAST_TRIAL_NS) if failed_soon else FIRST_TRIAL_NS
        self._paused_at = now
        low_V = self._rules().detection.port_low_V
        which = f"The supply {supply!r}" if supply else "The supply"
        detail = (
            f"{which} is weak: every port that is on has less than {low_V:g} V. Measure it under load, and its cable."
        )
        if not stands(state, "sagging"):
            self._tell(c.SetDanger(True, detail, "sagging"))
        for name in known:
            self._tell(c.DeviceTrouble(f"{name}.port", None, "It was the supply, not this port."))
