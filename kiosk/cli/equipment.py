"""What the pinmap has, for commands that also work while no kiosk runs."""

from kiosk.cli.context import Context
from kiosk.pinmap_rules import slot_rules, water_rules
from kiosk.places import find_pinmap
from sessions.rules import SlotRules, WaterRules


def equipment(call: Context) -> tuple[tuple[SlotRules, ...], WaterRules | None]:
    """Slots and water; none where no pinmap is found. Raises `hardware.errors.PinmapError` for one that is wrong."""
    file = find_pinmap(call.data_dir, call.config_file)
    if file is None:
        return (), None
    # The drivers' package is loaded only by commands that must know what there is.
    from hardware.pinmap import load_pinmap

    pinmap = load_pinmap(file)
    return slot_rules(pinmap.slots), water_rules(pinmap.water, call.settings.water)
