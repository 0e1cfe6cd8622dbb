"""What the pinmap has, for commands that also work while no kiosk runs."""

from kiosk.cli.context import Context
from kiosk.good_pinmap import GoodPinmap
from kiosk.pinmap_rules import slot_rules, water_rules
from kiosk.places import find_pinmap
from sessions.rules import SlotRules, WaterRules


def equipment(call: Context) -> tuple[tuple[SlotRules, ...], WaterRules | None]:
    """Slots and water; none where no pinmap is found. Of a file that was broken since, what the kiosk goes on with, its
    last good copy. Raises `hardware.errors.PinmapError` where there is none.
    """
    file = find_pinmap(call.data_dir, call.config_file)
    if file is None:
        return (), None
    # The drivers' package is loaded only by commands that must know what there is.
    from hardware.errors import PinmapError
    from hardware.pinmap import load_pinmap

    try:
        pinmap = load_pinmap(file)
    except PinmapError:
        kept = GoodPinmap(call.data_dir, file)
        if kept.read() is None:
            raise
        pinmap = load_pinmap(kept.path)
    return slot_rules(pinmap.slots), water_rules(pinmap.water, call.settings.water)
