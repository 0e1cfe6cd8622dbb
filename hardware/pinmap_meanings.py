"""What each key of a pinmap means, in one line: for editors that show it while one types, and for `docs/pinmap.md`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_EVERYWHERE: Final[Mapping[str, str]] = {
    "active": "the level of the pin at which it is on",
    "address": "its I2C address, as its A pins are tied",
    "chip": "which chip it is",
    "driver": "what stands between pin and load; a pin alone gives 16 mA",
    "expander": "the expander its pin is on; without it the pin is the Pi's",
    "i2c": "the number of its I2C bus",
    "kind": "which of the devices that can stand here it is",
    "level": "what brings a 5 V signal down to the 3.3 V a pin bears; `native` is a part that gives 3.3 V",
    "mA": "what it draws at most",
    "mux": "the TCA9548A before it, if any",
    "name": "what people and the program call it",
    "pin": "the pin it is on",
    "pins": "[TX, RX] of the UART it is on, if that is on the header",
    "port": "its device file; for USB the name in /dev/serial/by-id",
    "pull": "the 10 kohm resistor that holds it off while nobody drives the pin",
    "pull_V": "what its open output is pulled up to",
    "supply": "the supply it is fed from",
}

_BY_MODEL: Final[Mapping[str, Mapping[str, str]]] = {
    "Pinmap": {
        "$schema": "where your editor finds the schema (`kiosk pinmap schema`)",
        "board": "which Raspberry Pi it is",
        "coin": "what takes coins",
        "expanders": "MCP23017 chips by name, for slow pins",
        "i2c": "the I2C buses by number",
        "outputs": "fan, buzzer, lamp and the like, by name",
        "profiles": "what a trigger may start, by name",
        "reader": "what reads cards",
        "safety": "what guards the cabinet",
        "slot_defaults": "what every slot has unless it says otherwise",
        "slots": "the charging places, in the order of the screen",
        "subscriptions": "which trigger starts which profile",
        "supplies": "the power supplies by name",
        "version": "the version of this format",
        "water": "the water dispenser",
    },
    "SlotSpec": {
        "cable": "`captive` is fixed in the slot, `open` is the customer's own",
        "display": "its countdown; `null` where there is none",
        "door": "its door switch; `null` where there is none",
        "lock": "its lock; `null` where there is none",
        "plug": "what the screen calls the plug of a captive cable",
        "relay": "what switches the port's power",
        "sensor": "what measures the port's current",
    },
    "RelaySpec": {"contact": "which contact feeds the port: open or closed while the coil rests"},
    "SensorSpec": {
        "max_mA": "the most the port may give; more trips it",
        "place": "where the shunt sits; after the relay it also proves on, off and welded",
        "shunt_ohm": "the shunt's resistance",
        "supply": "the supply that feeds the port; never the Pi's 5 V",
    },
    "MuxSpec": {"channel": "the mux channel the sensor is on"},
    "DisplaySpec": {
        "clk": "its CLK; displays may share one",
        "dio": "its DIO, its own",
        "power_V": "what it is powered with",
    },
    "LockSpec": {
        "cooldown_ms": "how long the coil rests between pulses",
        "kind": "a `latch` locks when pushed shut, a `solenoid` bolt returns by its spring",
        "max_on_ms": "how long the coil bears power, by its data sheet",
        "pulse_ms": "how long it is pulsed to open",
    },
    "DoorSpec": {"closed": "the level of the pin while the door is shut"},
    "Pn532Spec": {"byte_order": "how the site writes UIDs: `msb` as cards send them, `lsb` turned round"},
    "WedgeSpec": {
        "cards": "which cards it reads: `em4100` at 125 kHz, `iso14443` at 13.56 MHz",
        "device": "its name in /dev/input/by-id",
        "digits": "what it types",
        "prefix": "what it types before the number, as it is set up to",
    },
    "CoinSpec": {
        "enable": "the line that lets it accept; off must refuse",
        "idle": "the level of the line at rest",
        "power_on_mute_ms": "how long pulses after power-on do not count",
        "pulse_ms": "the shortest and the longest pulse; others are faults",
        "train_gap_ms": "the rest that ends a train of pulses",
        "value": "what its pulses are worth",
    },
    "SerialCoinSpec": {
        "baud": "the speed of its line",
        "coins": "the coins it was taught, in minor currency units",
        "enable": "the line that lets it accept; off must refuse",
        "minor_units": "what `COIN:1` is worth, in minor currency units",
    },
    "CoinValueSpec": {
        "coins": "the coins it was taught, in minor currency units",
        "minor_units": "what one pulse is worth, in minor currency units",
        "mode": "one pulse is one unit",
    },
    "CoinEnableSpec": {
        "off_means": "what the acceptor does while the line is off",
        "switches": "what the line switches: the acceptor's inhibit wire, or its power",
    },
    "WaterSpec": {
        "cup": "what sees the cup",
        "flow": "what counts the water",
        "pump": "what moves the water",
        "seconds_per_l": "without a flow meter: how long the pump runs for a litre",
        "tank": "the float in the tank; not well is nearly empty",
        "tray": "the float in the drip tray",
    },
    "CupSpec": {
        "echo": "the pin its ECHO is on, behind a divider",
        "near_mm": "nearer than this is a cup",
        "trigger": "the pin its TRIG is on",
    },
    "BeamSpec": {"cup": "its level while a cup breaks the beam"},
    "FlowSpec": {"pulses_per_l": "pulses a litre, calibrated with one litre"},
    "SwitchSpec": {"ok": "the level while all is well; wire loops so that a cut wire is not"},
    "SafetySpec": {
        "contactor": "the main contactor between supplies and ports; it opens for a danger and for a welded relay",
        "relay_enable": "the pin that must toggle for the relays' coils to have power",
        "smoke": "the smoke detector's loop",
        "stop": "the stop button's loop",
        "temperature": "thermometers in the cabinet",
    },
    "TemperatureSpec": {
        "id": "which one it is, where several share a pin",
        "trip_C": "from here on all power goes off",
        "warn_C": "from here on staff are told",
    },
    "RelayEnableSpec": {"toggle_ms": "how often it toggles"},
    "ContactorSpec": {
        "active": "the level of the pin at which it feeds the ports",
        "feedback": "its auxiliary contact, which proves that it follows",
        "mA": "what its coil draws",
        "supply": "the supply its coil is fed from",
    },
    "FeedbackSpec": {"closed": "the level of the pin while the main contacts are closed"},
    "I2cSpec": {
        "hz": "its clock; above 100 kHz only on short wires",
        "pins": "[SDA, SCL]; bus 1 is on GPIO 2 and 3",
        "pull_ups": "how many boards on it still have their pull-up resistors",
        "wires_m": "how long its longest wire is",
    },
    "SupplySpec": {"V": "its voltage", "max_mA": "what it gives; 80 % may be used", "source": "where it comes from"},
    "ExpanderSpec": {"reset": "the Pi pin its RESET is on, or `wired` to the Pi's own reset"},
    "ProfileSpec": {
        "kind": "`one_shot` runs for `seconds`, `active_monitoring` while its trigger is active",
        "count": "how often it beats; without it for as long as it lasts",
        "off_delay_s": "how much longer `active_monitoring` goes on after its trigger, like a fan that cools down",
        "off_s": "how long each pause between two beats lasts",
        "on_s": "how long each beat lasts; without it the output is on all the time",
        "output": "the output it switches",
        "seconds": "how long a `one_shot` runs",
    },
    "SubscriptionSpec": {"profile": "what it starts", "trigger": "what it waits for, like `kiosk.charging`"},
}


def meaning(model: str, key: str) -> str:
    """Give what a key of a model means; raises `KeyError` for one nobody has explained."""
    own = _BY_MODEL.get("SlotSpec" if model == "SlotDefaults" else model, {})
    return own[key] if key in own else _EVERYWHERE[key]
