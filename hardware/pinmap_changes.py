"""What is different between two pinmaps, and what of it a running kiosk can follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from hardware.check_pins import claims
from hardware.contactor import CONTACTOR
from hardware.specs import Pinmap

_AT_START: Final = ("board",)
"""What a kiosk learns once, when it starts. The main contactor is the other thing: nobody changes the supply of all
ports under a customer's phone."""


@dataclass(frozen=True, slots=True)
class Changes:
    """By kind, the names of what is different. Everything but `at_start` can change while the kiosk runs.

    `slots` are slots that stay with other wires, `new_slots` and `gone_slots` those that come and go: a slot by another
    name is one of each. `devices` are sections as in `hardware.kiosk_devices`.
    """

    slots: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    expanders: tuple[str, ...] = ()
    new_slots: tuple[str, ...] = ()
    gone_slots: tuple[str, ...] = ()
    at_start: tuple[str, ...] = ()

    @property
    def wires(self) -> bool:
        """Whether any device is concerned."""
        return any((self.slots, self.outputs, self.devices, self.expanders, self.new_slots, self.gone_slots))

    @property
    def said(self) -> tuple[str, ...]:
        """What is different, as people call it."""
        devices = ("relay enable" if each == "relay_enable" else each for each in self.devices)
        return (*self.slots, *self.new_slots, *self.gone_slots, *self.outputs, *devices, *self.expanders)


def changes(old: Pinmap, new: Pinmap) -> Changes:
    """Compare two pinmaps. Notes, profiles, subscriptions and supplies move no wire and count as no change.

    Whoever has a pin of an expander that is different is different as well.
    """
    at_start = [name for name in _AT_START if getattr(old, name) != getattr(new, name)]
    if {number: bus.pins for number, bus in old.i2c.items()} != {number: bus.pins for number, bus in new.i2c.items()}:
        at_start.append("i2c")
    expanders = _different(old.expanders, new.expanders)
    touched = {
        claim.holder.removeprefix("outputs.").partition(".")[0] if not claim.holder.startswith("safety.") else "safety"
        for pinmap in (old, new)
        for claim in claims(pinmap)
        if claim.expander in expanders
    }
    mains = any(c.holder.startswith(CONTACTOR) and c.expander in expanders for p in (old, new) for c in claims(p))
    if mains or old.safety.contactor != new.safety.contactor:
        at_start.append(CONTACTOR)
    before, after = ({slot.name: slot for slot in pinmap.slots} for pinmap in (old, new))
    sections = {name: (_section(old, name), _section(new, name)) for name in ("safety", "reader", "coin", "water")}
    sections["relay_enable"] = (old.safety.relay_enable, new.safety.relay_enable)
    return Changes(
        tuple(n for n, slot in after.items() if n in before and (before[n] != slot or n in touched)),
        tuple(n for n in {**old.outputs, **new.outputs} if n in touched or old.outputs.get(n) != new.outputs.get(n)),
        tuple(name for name, (had, has) in sections.items() if had != has or name in touched),
        expanders,
        tuple(name for name in after if name not in before),
        tuple(name for name in before if name not in after),
        tuple(at_start),
    )


def _different(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for name in {**old, **new} if old.get(name) != new.get(name))


def _section(pinmap: Pinmap, name: str) -> Any:
    section = getattr(pinmap, name)
    return section.model_copy(update={"relay_enable": None, "contactor": None}) if name == "safety" else section
