"""The technicians' words for what the kiosk knows by codes. What devices say of their faults stays English, as in the
log, the console and the guides, where technicians look it up.
"""

from kiosk.i18n import _
from kiosk.screens.technician.notes import Asked
from sessions.machine import Mode, SlotState
from sessions.views import KioskView, SlotView


def mode(of: Mode) -> str:
    """How the kiosk is as a whole."""
    return {
        Mode.IDLE: _("Ready, nobody charges"),
        Mode.SERVING: _("Ready, in use"),
        Mode.PAUSED: _("Paused: all power is off"),
        Mode.MAINTENANCE: _("Maintenance"),
        Mode.OUT_OF_SERVICE: _("Not selling"),
    }[of]


def state(of: SlotState) -> str:
    """How a slot is."""
    return {
        SlotState.AVAILABLE: _("Free"),
        SlotState.RESERVED: _("Reserved"),
        SlotState.PREPARING: _("No phone yet"),
        SlotState.CHARGING: _("Charges"),
        SlotState.SUSPENDED_EV: _("Draws nothing"),
        SlotState.SUSPENDED_EVSE: _("Paused"),
        SlotState.FINISHING: _("To be fetched"),
        SlotState.FAULTED: _("Out of order"),
        SlotState.UNAVAILABLE: _("Out of use"),
    }[of]


REASONS = ("Cable is broken", "Door or lock is broken", "Must be cleaned", "Out of use for now")
"""Why a slot is taken out of use, as the fact says it."""


def reason(said: str) -> str:
    """A reason that was given here, in the reader's language; any other as it was said."""
    known = (_("Cable is broken"), _("Door or lock is broken"), _("Must be cleaned"), _("Out of use for now"))
    return known[REASONS.index(said)] if said in REASONS else said


def verdict(said: str) -> str:
    """What the detector makes of a current."""
    return {
        "plugged": _("Phone"),
        "full": _("Full"),
        "paused": _("Pause"),
        "idle_load": _("No phone"),
        "unplugged_prompt": _("Unplugged?"),
        "not_drawing": _("Nothing"),
        "unplugged": _("Unplugged"),
        "stale": _("Silent"),
        "stuck": _("Stuck"),
        "overcurrent": _("Too much"),
        "": _("Over"),
    }.get(said, said)


def part(name: str) -> str:
    """A part of the kiosk's health."""
    return {
        "journal": _("Storing"),
        "store": _("Store"),
        "slots": _("Slots"),
        "devices": _("Devices"),
        "cloud": _("Fleet"),
        "displays": _("Displays"),
        "locks": _("Locks"),
        "outputs": _("Outputs"),
        "safety": _("Safety"),
        "reader": _("Card reader"),
        "coin": _("Coins"),
        "water": _("Water"),
        "console": _("Console"),
        "command-socket": _("Command line"),
        "pinmap": _("Wiring file"),
    }.get(name, name)


def trouble(said: str) -> str:
    """What is wrong with a USB stick (`kiosk.errors.StickTrouble`)."""
    return {
        "none": _("There is no USB stick. Plug one in, then try again."),
        "strange": _("The USB stick is not formatted as FAT or exFAT. Format it so, or take another."),
        "broken": _("The USB stick cannot be read. Take another one."),
        "read_only": _("The USB stick is write-protected. Move its switch, or take another."),
        "full": _("The USB stick is full. Make room on it, or take another."),
        "pulled": _("The USB stick was pulled out too early. Plug it in again, then try again."),
    }.get(said, _("The USB stick could not be written. Take another one."))


def question(asked: Asked, view: KioskView) -> str:
    """What a self-test asks a person; one that is not known here in its own English words."""
    place, _dot, device = asked.device.rpartition(".")
    slot = next((slot for slot in view.slots if slot.name == place), None)
    if slot is not None:
        return _of_slot(asked, device, slot)
    match device, asked.check:
        case "cup", "sees":
            return _("Put an empty cup under the spout. A little water will flow into it.")
        case "pump", "flows":
            return _("Did water flow into the cup, and has it stopped?")
        case _, "test card":
            return _("Lay the test card on the reader and leave it there for a moment.")
        case _, "coin":
            return _("Drop a coin. It stays in the box, and is booked as any other.")
        case _, "works":
            return _("Does “{name}” go on and off now?").format(name=asked.device)
    return asked.text


def _of_slot(asked: Asked, device: str, slot: SlotView) -> str:
    match device, asked.check, asked.kind:
        case "display", "segments", _:
            words = _("Do you see 8888 and the colon on slot {number}'s display, every stroke of it?")
        case "lock", "opens", "look":
            words = _("Did the door of slot {number} open?")
        case "lock", "opens", "do":
            words = _("Pull the door of slot {number} open now.")
        case "door", _, _:
            words = _("Push the door of slot {number} shut.")
        case _:
            return asked.text
    return words.format(number=slot.number)


def refusal(code: str, said: str) -> str:
    """Why the kiosk refused; what is not known here in its own English words."""
    return {
        "slot_taken": _("This slot is in use. Try again when it is free."),
        "pin_locked": _("Too many wrong PINs. Wait a little."),
    }.get(code, said)
