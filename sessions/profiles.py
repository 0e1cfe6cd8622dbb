"""What a pinmap's profiles and subscriptions are made of, as plain values, and the one list of triggers.

`sessions.subscriptions` decides what starts and ends, `sessions.triggers` when a trigger is active; an output driver
does what a `Profile` says.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from sessions.units import MonoNs


class ProfileKind(StrEnum):
    """How long what a trigger started goes on."""

    ONE_SHOT = "one_shot"
    """It runs once, to its own end."""
    ACTIVE_MONITORING = "active_monitoring"
    """It runs until the trigger goes inactive."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What a trigger starts: an output that is switched in a rhythm.

    On for ``on_s``, off for ``off_s``, ``count`` times; steadily on without ``on_s``. It ends after ``seconds`` at the
    latest, where that is given. ``off_delay_s`` is how long the output still runs on after its end was asked for.
    """

    name: str
    kind: ProfileKind
    output: str
    seconds: float | None = None
    on_s: float | None = None
    off_s: float = 0.0
    count: int | None = None
    off_delay_s: float = 0.0


SOLD = {"charging": "*.device", "water": "cup.present"}
"""The built-in profiles, whose sessions are sold, and their triggers. A pinmap's profile cannot have these names."""


class Progress(StrEnum):
    """What an output says of a profile's session."""

    RUNS = "runs"
    """The output is driven."""
    OVER = "over"
    """It has run to its end, or stopped because it was told to."""
    FAILED = "failed"
    """The output could not be driven, and what was asked for makes no sense later."""


@dataclass(frozen=True, slots=True)
class ProfileReport:
    """How a profile's session goes; ``detail`` is a sentence where there is something to say."""

    session: str
    progress: Progress
    detail: str
    mono: MonoNs


class ProfileOutputs(Protocol):
    """Who switches outputs as profiles say. Calls return at once; what becomes of them is posted as `ProfileReport`."""

    def begin(self, session: str, profile: Profile) -> None:
        """Begins a session of a profile. The same output may be wanted by several: it is on while any wants it on."""
        ...

    def end(self, session: str) -> None:
        """Ends one, at once or after the profile's delay; one that is over already is none to end."""
        ...


@dataclass(frozen=True, slots=True)
class Trigger:
    """Something with an active and an inactive edge, as ``subscriptions`` name it.

    ``name`` begins with ``*`` where each slot has one of its own. ``needs`` is the part without which there is none.
    ``momentary``: it happens, and is active for a moment only.
    """

    name: str
    meaning: str
    needs: str = ""
    momentary: bool = False


TRIGGERS = (
    Trigger("kiosk.charging", "any phone is being charged"),
    Trigger("kiosk.visit", "somebody is signed in at the touchscreen"),
    Trigger("kiosk.fault", "anything is broken"),
    Trigger("kiosk.paused", "all power is off because of a danger"),
    Trigger("kiosk.door_forced", "any door stands open that nobody unlocked"),
    Trigger("card.tapped", "a card was held to the reader", momentary=True),
    Trigger("*.device", "something is plugged into the slot"),
    Trigger("*.charging", "the slot's phone draws current, and its time runs"),
    Trigger("*.fault", "something of the slot is broken"),
    Trigger("*.overstay", "a phone was not collected for longer than `overstay_s`"),
    Trigger("*.door", "the slot's door is open", "door"),
    Trigger("*.door_forced", "the slot's door stands open and nobody unlocked it", "door"),
    Trigger("coin.accepted", "a coin was taken", "coin", momentary=True),
    Trigger("coin.fault", "the coin acceptor is broken", "coin"),
    Trigger("cup.present", "a cup stands under the spout", "water"),
    Trigger("water.dispensing", "water is being dispensed", "water"),
    Trigger("water.fault", "something of the water dispenser is broken", "water"),
    Trigger("safety.warm", "a thermometer is at its warning or above", "temperature"),
    Trigger("safety.temperature", "the cabinet is too hot", "temperature"),
    Trigger("safety.smoke", "smoke was seen, and nobody has looked after it yet", "smoke"),
    Trigger("safety.stop", "the stop button was pressed, and nobody has looked after it yet", "stop"),
    Trigger("safety.supply", "the supply's voltage is too low"),
)
"""Every trigger there is: the only list. `sessions.triggers` says when each is active, the checker who may name it."""
