"""Rules about single parts and names: slots, locks, coins, 5 V signals, and what refers to what.

Sources are rules 5 and 7 of "The checker knows" in the hardware notes and sections 5 and 6 of the design.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from math import gcd
from typing import Final

from hardware.check_pins import parts
from hardware.check_serial import serial_parts
from hardware.coin_specs import CoinSpec, SerialCoinSpec
from hardware.pinmap_words import near_hint
from hardware.problems import Finding, JsonPath, quoted
from hardware.spec_base import Pinned
from hardware.specs import CupSpec, Pinmap, ProfileSpec
from sessions.ports import SOLD, TRIGGERS

SAFE_V: Final = 3.6
"""The most a pin of the Pi bears; 3.3 V and its tolerance."""

MAX_SLOTS: Final = 64
"""What the engine is measured with (DESIGN 11)."""

RESERVED_NAMES: Final = frozenset({trigger.name.partition(".")[0] for trigger in TRIGGERS} - {"*"})
"""These begin triggers of their own, and water's record stands under `water`."""

_SECTION_OF: Final = {"coin": "coin", "cup": "water", "water": "water", "safety": "safety"}
"""Where the part stands whose triggers begin so; without a section of its own it is a slot's."""

_SHIFT_HINT: Final = 'Put a divider or level shifter between and write "level": "divider" or "shifter".'


def triggers(pinmap: Pinmap) -> set[str]:
    """Give every trigger a subscription may name on this kiosk."""
    safety = pinmap.safety
    parts_there = {"": True, "coin": pinmap.coin, "water": pinmap.water, "smoke": safety.smoke, "stop": safety.stop}
    there = {part for part, spec in parts_there.items() if spec is not None}
    there |= {"temperature"} if safety.temperature else set()
    names = {each.name for each in TRIGGERS if each.needs in there and not each.name.startswith("*")}
    for slot in pinmap.slots:
        has = there | {"door"} if slot.door else there
        names |= {f"{slot.name}{each.name[1:]}" for each in TRIGGERS if each.name.startswith("*") and each.needs in has}
    return names


def slots_named(pinmap: Pinmap) -> Iterator[Finding]:
    """There are slots, each with a name of its own that begins no other trigger."""
    if not pinmap.slots:
        hint = 'Write at least one: [{"name": "slot1", …}].'
        yield Finding(("slots",), "there is no slot", hint, looked_in="slots")
    if len(pinmap.slots) > MAX_SLOTS:
        yield Finding(("slots",), f"{len(pinmap.slots)} slots are more than {MAX_SLOTS}", "Use a second kiosk.")
    first: dict[str, int] = {}
    for index, slot in enumerate(pinmap.slots):
        path = ("slots", index, "name")
        if slot.name in RESERVED_NAMES:
            yield Finding(path, f"{quoted(slot.name)} is reserved", 'Write another name, like "slot1".')
        if slot.name and first.setdefault(slot.name, index) != index:
            message = f"{quoted(slot.name)} is already the name of slots[{first[slot.name]}]"
            yield Finding(path, message, f"Write another name, like {quoted(f'slot{index + 1}')}.")


def expanders_exist(pinmap: Pinmap) -> Iterator[Finding]:
    """An expander that is used is described in `expanders`."""
    for part in parts(pinmap):
        if isinstance(part.spec, Pinned) and part.spec.expander not in (None, *pinmap.expanders):
            message = f"there is no expander {quoted(part.spec.expander)} in expanders"
            add = 'Add it: "expanders": {"io1": {"address": "0x20"}}.'
            hint = near_hint(part.spec.expander or "", pinmap.expanders) if pinmap.expanders else add
            yield Finding((*part.path, "expander"), message, hint, looked_in="expanders")


def lock_pulse(pinmap: Pinmap) -> Iterator[Finding]:
    """A lock's pulse is no longer than its coil bears."""
    for index, slot in enumerate(pinmap.slots):
        if slot.lock and slot.lock.pulse_ms > slot.lock.max_on_ms:
            message = f"a pulse of {slot.lock.pulse_ms} ms is longer than max_on_ms, {slot.lock.max_on_ms} ms"
            hint = f"Write at most {slot.lock.max_on_ms}, or the coil's true limit in max_on_ms."
            yield Finding(("slots", index, "lock", "pulse_ms"), message, hint)


def relay_seen(pinmap: Pinmap) -> Iterator[Finding]:
    """The sensor sits behind the relay, where it sees whether that switches."""
    for index, slot in enumerate(pinmap.slots):
        if slot.sensor.place == "before_relay":
            message = f"before the relay nobody notices that {slot.name}'s relay is welded, or gives no power"
            hint = 'Put the sensor between relay and port and write "after_relay"; or look after the relay yourself.'
            yield Finding(("slots", index, "sensor", "place"), message, hint, "warning")


def water_counted(pinmap: Pinmap) -> Iterator[Finding]:
    """Water is counted by a flow meter, or else by the time its pump runs."""
    water = pinmap.water
    if water and water.flow is None and water.seconds_per_l is None:
        hint = 'Add "flow": {"pin": …, "pulses_per_l": …}, or measure and write "seconds_per_l".'
        yield Finding(("water",), "nothing counts the water", hint)


def five_volts(pinmap: Pinmap) -> Iterator[Finding]:
    """What swings 5 V says what brings it down to the 3.3 V a pin bears."""
    coin, water = pinmap.coin, pinmap.water
    for name, serial in serial_parts(pinmap):
        if serial.on_header and serial.level is None:
            yield _unshifted((name, "level"), f"the {name}'s TX swings 5 V")
    if isinstance(coin, CoinSpec) and coin.level is None:
        if coin.idle == "low":
            what = "a coin line that idles low is driven high by the acceptor's 5 V or 12 V"
            yield _unshifted(("coin", "level"), what)
        if (coin.pull_V or 0) > SAFE_V:
            yield _unshifted(("coin", "pull_V"), f"the coin line is pulled up to {coin.pull_V:g} V")
    if water and isinstance(water.cup, CupSpec) and water.cup.level is None:
        yield _unshifted(("water", "cup", "level"), "the cup sensor's echo swings 5 V")
    if water and water.flow and water.flow.level is None and (water.flow.pull_V or 5) > SAFE_V:
        volts = f"is pulled up to {water.flow.pull_V:g} V" if water.flow.pull_V else "may be pulled up to 5 V"
        hint = 'Pull it up to 3.3 V and write "pull_V": 3.3, or write "level": "divider" or "shifter".'
        key = "pull_V" if water.flow.pull_V else "level"
        yield Finding(("water", "flow", key), f"the flow meter's line {volts}; a pin bears 3.3 V", hint)
    for index, slot in enumerate(pinmap.slots):
        if slot.display and slot.display.level is None and slot.display.power_V > SAFE_V:
            path = ("slots", index, "display", "power_V")
            message = f"a display at {slot.display.power_V:g} V pulls its lines up to that; a pin bears 3.3 V"
            yield Finding(path, message, 'Power it from 3.3 V, or write "level": "shifter".')


def _unshifted(path: JsonPath, what: str) -> Finding:
    return Finding(path, f"{what}; a pin bears 3.3 V", _SHIFT_HINT)


def coin_values(pinmap: Pinmap) -> Iterator[Finding]:
    """Every coin is a whole number of pulses."""
    if pinmap.coin is None:
        return
    serial = isinstance(pinmap.coin, SerialCoinSpec)
    value = pinmap.coin if isinstance(pinmap.coin, SerialCoinSpec) else pinmap.coin.value
    path: JsonPath = ("coin",) if serial else ("coin", "value")
    unreachable = [coin for coin in value.coins if coin % value.minor_units]
    if unreachable:
        coins = ", ".join(str(coin) for coin in unreachable)
        what = "COIN:1" if serial else "a pulse"
        message = f"{what} of {value.minor_units} minor units cannot add up to the coins {coins}"
        hint = f"Write {gcd(*value.coins)}, or a number that divides it."
        yield Finding((*path, "minor_units"), message, hint)
    if not value.coins:
        yield Finding((*path, "coins"), "no coin is named", "Write minor units, like [100, 500, 1000].")


def coin_timing(pinmap: Pinmap) -> Iterator[Finding]:
    """Pulses are told from noise and from the rest that ends a train."""
    coin = pinmap.coin
    if not isinstance(coin, CoinSpec):
        return
    shortest, longest = coin.pulse_ms
    if shortest >= longest:
        message = f"the shortest pulse, {shortest} ms, is not shorter than the longest, {longest} ms"
        yield Finding(("coin", "pulse_ms"), message, "Write [shortest, longest], like [20, 130].")
    elif coin.train_gap_ms <= longest:
        message = f"a rest of {coin.train_gap_ms} ms would end a train within its pulses of up to {longest} ms"
        yield Finding(("coin", "train_gap_ms"), message, f"Write more than {longest}, like {longest + 170}.")


def coin_refused(pinmap: Pinmap) -> Iterator[Finding]:
    """The acceptor refuses while nobody can store a coin; a board on a serial line is told to in words."""
    if pinmap.coin is None or (isinstance(pinmap.coin, SerialCoinSpec) and pinmap.coin.enable is None):
        return
    if pinmap.coin.enable is None:
        message = "without an enable line the acceptor takes coins also while the kiosk cannot store them"
        hint = 'Wire its inhibit line and write "enable": {"pin": 21, "active": "high", "off_means": "refuses"}.'
        yield Finding(("coin",), message, hint, "warning")
    elif pinmap.coin.enable.off_means == "accepts":
        message = "the acceptor takes coins while its line is off, also while the kiosk cannot store them"
        hint = 'Wire it so that off refuses (its inhibit polarity, or a transistor) and write "refuses".'
        yield Finding(("coin", "enable", "off_means"), message, hint)


def temperatures(pinmap: Pinmap) -> Iterator[Finding]:
    """The kiosk warns before it trips."""
    for index, sensor in enumerate(pinmap.safety.temperature):
        if sensor.warn_C >= sensor.trip_C:
            message = f"warn_C, {sensor.warn_C:g}, is not below trip_C, {sensor.trip_C:g}"
            yield Finding(("safety", "temperature", index, "warn_C"), message, f"Write less than {sensor.trip_C:g}.")


def profiles(pinmap: Pinmap) -> Iterator[Finding]:
    """A profile switches an output there is; one that runs once says for how long."""
    for name, profile in pinmap.profiles.items():
        if profile.output and profile.output not in pinmap.outputs:
            yield _unknown(("profiles", name, "output"), "output", profile.output, pinmap.outputs)
        if name in SOLD:
            message = f"{quoted(name)} is the name of what the kiosk sells"
            yield Finding(("profiles", name), message, "Write another name.", on_key=True)
        if profile.kind == "one_shot" and profile.seconds is None and profile.count is None:
            hint = 'Write "seconds": 0.2, or a rhythm: "on_s": 0.1, "off_s": 0.1, "count": 3.'
            yield Finding(("profiles", name), "a one_shot profile must say how long it runs", hint)
        yield from _rhythm(name, profile)
        if profile.kind == "active_monitoring" and profile.seconds is not None:
            message = "an active_monitoring profile runs as long as its trigger is active"
            hint = 'Delete "seconds", or write "kind": "one_shot".'
            yield Finding(("profiles", name, "seconds"), message, hint, on_key=True)


def _rhythm(name: str, profile: ProfileSpec) -> Iterator[Finding]:
    """A rhythm says how long it is on, and off in between if it beats more than once."""
    for key in ("off_s", "count"):
        if getattr(profile, key) is not None and profile.on_s is None:
            hint = f'Write "on_s": 0.2 beside it, or delete {quoted(key)}.'
            yield Finding(("profiles", name, key), f"{quoted(key)} means nothing without on_s", hint, on_key=True)
    if profile.on_s is not None and profile.off_s is None and profile.count != 1:
        message = "a rhythm that never goes off is none"
        yield Finding(("profiles", name, "on_s"), message, 'Write "off_s": 0.2 beside it, or "count": 1.')
    if profile.kind == "one_shot" and profile.off_delay_s is not None:
        message = "a one_shot has no end that could be delayed"
        hint = 'Delete "off_delay_s", or write more in "seconds".'
        yield Finding(("profiles", name, "off_delay_s"), message, hint, on_key=True)


def subscriptions(pinmap: Pinmap) -> Iterator[Finding]:
    """A subscription binds a trigger there is to a profile there is, once."""
    known = triggers(pinmap)
    all_named = all(slot.name for slot in pinmap.slots)
    seen: dict[tuple[str, str], int] = {}
    for index, each in enumerate(pinmap.subscriptions):
        path = ("subscriptions", index)
        if each.trigger and each.trigger not in known and all_named:
            section = _SECTION_OF.get(each.trigger.partition(".")[0], "triggers")
            yield replace(_unknown((*path, "trigger"), "trigger", each.trigger, known), looked_in=section)
        if each.profile and each.profile not in pinmap.profiles:
            yield _unknown((*path, "profile"), "profile", each.profile, pinmap.profiles)
        first = seen.setdefault((each.trigger, each.profile), index)
        if first != index and each.trigger and each.profile:
            message = f"this is subscriptions[{first}] again; subscribing twice changes nothing"
            yield Finding(path, message, "Delete one of the two.", "warning")


def _unknown(path: JsonPath, what: str, name: str, known: Collection[str]) -> Finding:
    hint = near_hint(name, known) if known else f'There is none: add it to "{what}s".'
    return Finding(path, f"there is no {what} {quoted(name)}", hint, looked_in=f"{what}s")
