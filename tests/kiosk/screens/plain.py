"""View models as plain JSON, so that golden files can be read and compared line by line."""

from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from kiosk.screens.intents import Intent


def plain(value: Any) -> Any:
    """The value without classes: fields that are empty left out, intents as they would be written."""
    if isinstance(value, Intent):
        return repr(value)
    if isinstance(value, Enum):
        return value.name
    if is_dataclass(value) and not isinstance(value, type):
        shown = {field.name: plain(getattr(value, field.name)) for field in fields(value)}
        return {name: item for name, item in shown.items() if item not in ("", [], None)}
    if isinstance(value, tuple):
        if len(value) > 8:
            return f"{len(value)} values"
        return [plain(item) for item in value]
    return value
