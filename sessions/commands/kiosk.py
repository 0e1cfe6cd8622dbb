"""What the kiosk tells itself: what hardware noticed, what became due, what stands against selling."""

from dataclasses import field
from typing import Any

from sessions.units import CardKey, MinorUnits, MonoNs, SessionId, SlotName
from sessions.value import value


@value(frozen=True, slots=True)
class CoinIn:
    """A finished coin train. ``card`` is whoever was signed in at its first pulse, or None."""

    coin: str
    value: MinorUnits
    first_pulse: MonoNs
    card: CardKey | None


@value(frozen=True, slots=True)
class Detected:
    """A detector's verdict about a session, dated to when it physically happened."""

    session: SessionId
    verdict: str
    dated: MonoNs
    evidence: dict[str, Any] = field(default_factory=dict)


@value(frozen=True, slots=True)
class DoorObserved:
    """A door switch said that the door is open or shut, at ``mono``."""

    slot: SlotName
    open: bool
    mono: MonoNs


@value(frozen=True, slots=True)
class DeviceTrouble:
    """A device went wrong (``trouble`` set) or is well again (None)."""

    device: str
    trouble: str | None
    detail: str


@value(frozen=True, slots=True)
class SetDanger:
    """Over temperature, smoke, stop button or low supply: ``on`` pauses everything, off resumes it.

    ``source`` is one of `sessions.safety.DANGERS`; each stands and ends by itself."""

    on: bool
    reason: str
    source: str = ""


@value(frozen=True, slots=True)
class SetSelling:
    """Whether the kiosk can sell at all: off while it cannot store. ``end_sessions``: it will soon be unable to store
    even how they end, so that they end now."""

    on: bool
    reason: str
    end_sessions: bool = False


@value(frozen=True, slots=True)
class FollowHours:
    """Looks whether the kiosk should be open by now. ``clock_is_sure``: whether the wall clock can be believed."""

    clock_is_sure: bool


@value(frozen=True, slots=True)
class CheckDeadlines:
    """Decides what has become due: of one slot (time used up, waiting over), or of the whole kiosk (claims, held coins
    and visits as well)."""

    slot: SlotName | None = None
