"""The leaves of a pinmap: numbers with bounds and units, names, pins, addresses.

Each type reads one JSON value and, when it cannot, says in its own words what is wrong and what to write instead; each
also tells the editor's JSON Schema the same. What a *combination* of values may be is in `hardware.checks`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NoReturn

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from hardware.problems import quoted

HEADER_TO_BCM = {
    3: 2, 5: 3, 7: 4, 8: 14, 10: 15, 11: 17, 12: 18, 13: 27, 15: 22, 16: 23, 18: 24, 19: 10, 21: 9, 22: 25, 23: 11,
    24: 8, 26: 7, 27: 0, 28: 1, 29: 5, 31: 6, 32: 12, 33: 13, 35: 19, 36: 16, 37: 26, 38: 20, 40: 21,
}  # fmt: skip
"""Header J8 position -> BCM number, the same on every 40-pin Raspberry Pi (the `pinout` command prints it)."""

BCM_TO_HEADER = {bcm: position for position, bcm in HEADER_TO_BCM.items()}

HEADER_POWER = {1: "3.3 V", 2: "5 V", 4: "5 V", 17: "3.3 V"}
"""Header positions that are supplies; the positions in neither table are ground."""

EXPANDER_PINS = 16
"""An MCP23017 has GPA0-GPA7 = 0-7 and GPB0-GPB7 = 8-15."""

PIN_FORMS = 'Write a BCM number from 2 to 27, or a header position like "J8:11".'

_BCM_NAME = re.compile(r"(?:GPIO|BCM)(\d+)", re.IGNORECASE)
_HEADER_NAME = re.compile(r"(?:J8:|BOARD)(\d+)", re.IGNORECASE)
_EXPANDER_NAME = re.compile(r"GP([AB])([0-7])", re.IGNORECASE)
_ADDRESS = re.compile(r"0x([0-9a-f]{1,2})", re.IGNORECASE)
_LOWEST_ADDRESS, _HIGHEST_ADDRESS = 0x08, 0x77  # I2C specification UM10204, 3.1.12: the rest is reserved


def refuse(message: str, hint: str) -> NoReturn:
    """Raise the error pydantic carries to the operator: what is wrong, and what to write instead."""
    raise PydanticCustomError("pinmap", "{message}", {"message": message, "hint": hint})


class Leaf:
    """A leaf type: `read` turns a JSON value into the typed one or refuses it; `schema` describes it to editors."""

    def read(self, value: Any) -> Any:
        """Give the typed value; raises pydantic's custom error through `refuse`."""
        raise NotImplementedError

    def schema(self) -> JsonSchemaValue:
        """Give the JSON Schema of what may be written."""
        raise NotImplementedError

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Read with `read` alone, so that every refusal is in our words."""
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe with `schema`."""
        return self.schema()


@dataclass(frozen=True)
class Number(Leaf):
    """A number from `low` to `high` in `unit`; `whole` refuses fractions."""

    low: float
    high: float
    unit: str = ""
    whole: bool = False

    def read(self, value: Any) -> int | float:
        """Give the number unchanged."""
        unit = f" {self.unit}" if self.unit else ""
        kind = "whole number" if self.whole else "number"
        hint = f"Write a {kind} from {self.low:g} to {self.high:g}{unit}, without quotes."
        if isinstance(value, bool) or not isinstance(value, int if self.whole else (int, float)):
            if isinstance(value, str) and re.fullmatch(r"-?\d{1,9}(\.\d{1,9})?", value, re.ASCII):
                hint = f"Write {value} without quotes."
            refuse(f"must be a {kind}, not {quoted(value)}", hint)
        if not self.low <= value <= self.high:
            hint = hint.replace(", without quotes.", ".")
            refuse(f"{quoted(value)}{unit} is too {'small' if value < self.low else 'large'}", hint)
        return value

    def schema(self) -> JsonSchemaValue:
        """Describe the bounds."""
        bounds = {"minimum": self.low, "maximum": self.high}
        unit = {"description": self.unit} if self.unit else {}
        return {"type": "integer" if self.whole else "number", **bounds, **unit}


@dataclass(frozen=True)
class Text(Leaf):
    """A text that matches `pattern`; `says` finishes the sentence "Write …"."""

    pattern: str
    says: str

    def read(self, value: Any) -> str:
        """Give the text unchanged."""
        if not isinstance(value, str):
            refuse(f"must be a text in double quotes, not {quoted(value)}", f"Write {self.says}.")
        if not re.fullmatch(self.pattern, value):
            refuse(f"{quoted(value)} does not fit here", f"Write {self.says}.")
        return value

    def schema(self) -> JsonSchemaValue:
        """Describe the pattern."""
        return {"type": "string", "pattern": f"^(?:{self.pattern})$", "description": self.says}


@dataclass(frozen=True)
class Pair(Leaf):
    """Two numbers in a list, kept as a tuple; `says` finishes the sentence "Write …"."""

    each: Number
    says: str

    def read(self, value: Any) -> tuple[int | float, int | float]:
        """Give the two numbers."""
        if not isinstance(value, list | tuple) or len(value) != 2:
            found = f"{len(value)} of them" if isinstance(value, list) else quoted(value)
            refuse(f"must be a list of two numbers, not {found}", f"Write {self.says}.")
        return self.each.read(value[0]), self.each.read(value[1])

    def schema(self) -> JsonSchemaValue:
        """Describe the list."""
        return {"type": "array", "items": self.each.schema(), "minItems": 2, "maxItems": 2, "description": self.says}


def read_pi_pin(value: Any) -> int:
    """Give the BCM number of a Pi pin written as `17`, `"GPIO17"`, `"J8:11"` or `"BOARD11"`."""
    number = value
    if isinstance(value, str) and (match := _BCM_NAME.fullmatch(value)):
        number = int(match[1])
    elif isinstance(value, str) and (match := _HEADER_NAME.fullmatch(value)):
        return _header_pin(value, int(match[1]))
    if isinstance(number, bool) or not isinstance(number, int):
        refuse(f"{quoted(value)} is not a pin of the Pi", _pin_hint(value))
    if not 0 <= number <= 27:
        refuse(f"{quoted(value)} is not on the header, which has GPIO 2 to 27", PIN_FORMS)
    return number


def _header_pin(text: str, position: int) -> int:
    if position in HEADER_TO_BCM:
        return HEADER_TO_BCM[position]
    if not 1 <= position <= 40:
        refuse(f"{quoted(text)} does not exist: the header has positions 1 to 40", PIN_FORMS)
    refuse(f"{quoted(text)} is {HEADER_POWER.get(position, 'ground')}, not a pin that can be switched", PIN_FORMS)


def _pin_hint(value: Any) -> str:
    if isinstance(value, str) and value.strip().isdigit():
        return f"Write {int(value) if len(value) < 5 else 17} without quotes."
    if isinstance(value, dict):
        return 'Write "expander" and "pin" side by side: "expander": "io1", "pin": 3.'
    return PIN_FORMS


def read_expander_pin(value: Any) -> int:
    """Give an MCP23017 pin's number, 0-15, written so or as `"GPA0"` … `"GPB7"`."""
    hint = f'Write a whole number from 0 to {EXPANDER_PINS - 1}, or "GPA0" to "GPB7".'
    if isinstance(value, str) and (match := _EXPANDER_NAME.fullmatch(value)):
        return int(match[2]) + (8 if match[1] in "Bb" else 0)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < EXPANDER_PINS:
        refuse(f"{quoted(value)} is not a pin of an expander", hint)
    return value


def expander_pin_name(pin: int) -> str:
    """Give the name printed on an MCP23017's pin: 7 -> `GPA7`, 8 -> `GPB0`."""
    return f"GP{'AB'[pin // 8]}{pin % 8}"


class PiPin(Leaf):
    """A pin of the Pi, normalised to its BCM number."""

    def read(self, value: Any) -> int | str:
        """Give the BCM number."""
        return read_pi_pin(value)

    def schema(self) -> JsonSchemaValue:
        """Describe both forms."""
        named = {"type": "string", "pattern": r"^(?:(?:GPIO|BCM)\d{1,2}|(?:J8:|BOARD)\d{1,2})$"}
        return {"anyOf": [{"type": "integer", "minimum": 2, "maximum": 27}, named], "description": PIN_FORMS}


class AnyPin(Leaf):
    """A pin of the Pi or of an expander; the model that has it reads it, knowing whether it names an expander."""

    def read(self, value: Any) -> int:
        """Pass the value through: `specs.Pinned` has already read it."""
        return value  # type: ignore[no-any-return]

    def schema(self) -> JsonSchemaValue:
        """Describe all forms."""
        named = {"type": "string", "pattern": r"^(?:(?:GPIO|BCM)\d{1,2}|(?:J8:|BOARD)\d{1,2}|GP[AB][0-7])$"}
        says = f"{PIN_FORMS} With an expander: 0 to 15."
        return {"anyOf": [{"type": "integer", "minimum": 0, "maximum": 27}, named], "description": says}


class ResetPin(PiPin):
    """Where an expander's RESET goes: a pin of the Pi, or `"wired"` to the Pi's own reset."""

    def read(self, value: Any) -> int | str:
        """Give the BCM number, or `wired`."""
        if value == "wired" or type(value) is int or (isinstance(value, str) and any(map(str.isdigit, value))):
            return value if value == "wired" else read_pi_pin(value)
        refuse(f"{quoted(value)} does not say where RESET goes", 'Write the Pi pin it is on, like 12, or "wired".')

    def schema(self) -> JsonSchemaValue:
        """Describe both."""
        return {"anyOf": [{"const": "wired"}, super().schema()]}


class I2cAddress(Leaf):
    """A 7-bit I2C address, written like `"0x40"`."""

    def read(self, value: Any) -> int:
        """Give the address as a number."""
        match = _ADDRESS.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            refuse(f"{quoted(value)} is not an I2C address", f"Write {_address_hint(value)}.")
        address = int(match[1], 16)
        if not _LOWEST_ADDRESS <= address <= _HIGHEST_ADDRESS:
            refuse(f"{quoted(value)} is reserved by the I2C standard", 'Write "0x08" to "0x77".')
        return address

    def schema(self) -> JsonSchemaValue:
        """Describe the text."""
        return {"type": "string", "pattern": "^0x[0-7][0-9A-Fa-f]$", "description": 'an I2C address like "0x40"'}


def _address_hint(value: Any) -> str:
    """Guess what was meant: 40 and "40" are the digits of 0x40; 64 is what a program printed for it."""
    if isinstance(value, str) and re.fullmatch(r"[0-7][0-9a-fA-F]", value.strip()):
        return f'"0x{value.strip().lower()}" in double quotes'
    if isinstance(value, int) and not isinstance(value, bool):
        if 0x40 <= value <= 0x4F:
            return f'"0x{value:02x}" in double quotes'
        if 8 <= value <= 77 and value % 10 < 8:
            return f'"0x{value:02d}" in double quotes'
    return 'it in hexadecimal and double quotes, like "0x40"'


class BusNumber(Leaf):
    """The key of an I2C bus: the digits in its device file's name, `/dev/i2c-1`."""

    def read(self, value: Any) -> int:
        """Give the number."""
        if isinstance(value, str) and re.fullmatch(r"[0-9]{1,2}", value):
            return int(value)
        refuse(f"{quoted(value)} is not the number of an I2C bus", 'Write "1" for the bus on GPIO 2 and 3.')

    def schema(self) -> JsonSchemaValue:
        """Describe the key."""
        return {"type": "string", "pattern": "^[0-9]{1,2}$"}


Name = Annotated[str, Text(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}", 'a name of letters, digits, "_" and "-", at most 32')]
SlotName = Annotated[str, Text(r"[a-z0-9][a-z0-9_-]{0,31}", 'small letters, digits, "_" and "-", like "slot1"')]
SerialPort = Annotated[str, Text(r"/[\x21-\x7e]{1,254}", 'the device file of the port, like "/dev/ttyAMA0"')]
InputDevice = Annotated[
    str,
    Text(
        r"/dev/input/[\x21-\x7e]{1,240}", 'its name from /dev/input/by-id, like "/dev/input/by-id/usb-reader-event-kbd"'
    ),
]
Label = Annotated[str, Text(r"[^\x00-\x1f\x7f]{0,40}", "at most 40 characters on one line")]
OneWireId = Annotated[str, Text(r"28-[0-9a-f]{12}", 'the name in /sys/bus/w1/devices, like "28-0316a2b3c4d5"')]
Pin = Annotated[int, PiPin()]
ExpanderOrPiPin = Annotated[int, AnyPin()]
Reset = Annotated[int | Literal["wired"], ResetPin()]
Address = Annotated[int, I2cAddress()]
Bus = Annotated[int, BusNumber()]
