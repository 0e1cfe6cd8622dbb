"""Commands as JSON, for the road between processes.

Only what a person at a terminal may ask for can be said here; what hardware tells (taps, coins, readings) cannot.
"""

from collections.abc import Mapping
from dataclasses import asdict, fields
from functools import cache
from typing import get_type_hints

from pydantic import TypeAdapter, ValidationError

from kiosk.storable import require_storable
from sessions import commands as c
from sessions.cards import card_named
from sessions.errors import BadRequest
from sessions.ports import Json
from sessions.units import CardKey

SAYABLE: Mapping[str, type[c.Command]] = {
    "start": c.StartCharging,
    "stop": c.StopSession,
    "extend": c.ExtendSession,
    "unlock": c.OpenDoor,
    "add_credit": c.AddCredit,
    "save_card": c.SaveCard,
    "refund": c.RefundSession,
    "pay_out": c.PayOut,
    "collect_cash": c.CollectCash,
    "replace_card": c.ReplaceCard,
    "issue_access_key": c.IssueAccessKey,
    "disable_slot": c.DisableSlot,
    "enable_slot": c.EnableSlot,
    "acknowledge_danger": c.AcknowledgeDanger,
    "set_maintenance": c.SetMaintenance,
    "start_water": c.StartWater,
    "record_cleaning": c.RecordCleaning,
    "set_pin": c.SetPin,
    "forgive_pin_tries": c.ForgivePinTries,
}
_NAMES = {kind: name for name, kind in SAYABLE.items()}


def encode_command(command: c.Command) -> Json:
    """The command as ``{"command", "args"}``. Raises `KeyError` for one that cannot be said here."""
    args = {name: value for name, value in asdict(command).items() if value is not None}
    return {"command": _NAMES[type(command)], "args": args}


def decode_command(name: object, args: object) -> c.Command:
    """The command of that name with these arguments. Raises `BadRequest`, which says what is wrong with them."""
    if not isinstance(name, str) or name not in SAYABLE:
        raise BadRequest(f"There is no such command. There are: {', '.join(SAYABLE)}.")
    if not isinstance(args, dict):
        raise BadRequest(f"The arguments of '{name}' are a JSON object.")
    if unknown := args.keys() - {field.name for field in fields(SAYABLE[name])}:
        raise BadRequest(f"'{name}' takes no {', '.join(sorted(map(repr, unknown)))}.")
    try:
        command = _adapter(name).validate_python(args)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise BadRequest(f"'{name}': {where}: {first['msg']}.") from error
    require_storable(command)
    for field in _cards(name):
        if (said := getattr(command, field)) is not None:
            card_named(said)
    return command


@cache
def _cards(name: str) -> tuple[str, ...]:
    """Which arguments name a card."""
    hints = get_type_hints(SAYABLE[name])
    return tuple(field for field, hint in hints.items() if hint in (CardKey, CardKey | None))


@cache
def _adapter(name: str) -> TypeAdapter[c.Command]:
    return TypeAdapter(SAYABLE[name])
