"""The rules between the values of a pinmap, as one table.

Each rule is a small function over the whole pinmap that yields what it finds. `source` is the number of the rule in
"The checker knows" of the hardware notes, or the section it comes from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from hardware import check_buses, check_parts, check_pins, check_power, check_serial
from hardware.problems import Finding
from hardware.specs import Pinmap


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its name, where it comes from, and the function that checks it."""

    id: str
    source: str
    check: Callable[[Pinmap], Iterator[Finding]]


RULES: Final = (
    Rule("slots-named", "design 4", check_parts.slots_named),
    Rule("pin-duty", "1", check_pins.fixed_duty),
    Rule("pin-owner", "1", check_pins.one_owner),
    Rule("serial-pins", "1", check_serial.serial_pins),
    Rule("bus-pins", "1", check_pins.bus_pins),
    Rule("boot-level", "2", check_pins.boot_level),
    Rule("expander-exists", "2", check_parts.expanders_exist),
    Rule("expander-outputs", "2", check_pins.expander_outputs),
    Rule("expander-inputs", "2", check_pins.expander_inputs),
    Rule("bus-exists", "3", check_buses.buses_exist),
    Rule("address-range", "3", check_buses.address_range),
    Rule("address-unique", "3", check_buses.address_unique),
    Rule("bus-pull-ups", "4", check_buses.pull_ups),
    Rule("bus-speed", "4", check_buses.speed),
    Rule("relay-seen", "Current sensing", check_parts.relay_seen),
    Rule("water-counted", "Water", check_parts.water_counted),
    Rule("five-volts", "5", check_parts.five_volts),
    Rule("serial-ports", "6", check_serial.serial_ports),
    Rule("supply-exists", "7", check_power.supplies_exist),
    Rule("supply-load", "7", check_power.supply_load),
    Rule("ports-off-the-pi", "7", check_power.ports_off_the_pi),
    Rule("port-voltage", "7", check_power.port_voltage),
    Rule("shunt-range", "7", check_power.shunt_range),
    Rule("pin-current", "7", check_power.pin_current),
    Rule("lock-pulse", "7", check_parts.lock_pulse),
    Rule("coin-values", "7", check_parts.coin_values),
    Rule("coin-timing", "Coins and cards", check_parts.coin_timing),
    Rule("coin-refused", "Coins and cards", check_parts.coin_refused),
    Rule("temperatures", "Locks, doors, safety", check_parts.temperatures),
    Rule("profiles", "design 5", check_parts.profiles),
    Rule("subscriptions", "design 5", check_parts.subscriptions),
)


def run(pinmap: Pinmap) -> Iterator[Finding]:
    """Give what every rule finds, in the order of the table.

    With far too many slots only that is told: naming what is free for each conflict grows with their square.
    """
    for rule in RULES if len(pinmap.slots) <= check_parts.MAX_SLOTS else RULES[:1]:
        yield from rule.check(pinmap)
