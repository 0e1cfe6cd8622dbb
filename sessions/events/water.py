"""Facts about the water dispenser: its moves, and that it was cleaned."""

from typing import ClassVar

from sessions.events.fact import Body
from sessions.units import MonoNs, SessionId, SlotName
from sessions.value import value
from sessions.water_states import WaterEvent, WaterState


@value(frozen=True, slots=True)
class WaterMoved(Body):
    """The dispenser changed its state. ``used_ul`` is what was proven to have flowed into the cup by then, in
    millionths of a litre. ``reason`` is why the pour ends, where it does. ``overrun_ul`` is what still flowed after the
    pump was off, where that was measured: the next pour stops so much earlier."""

    kind: ClassVar[str] = "water.moved"
    slot: SlotName
    event: WaterEvent
    before: WaterState
    after: WaterState
    at_mono: MonoNs
    session: SessionId | None = None
    used_ul: int | None = None
    reason: str | None = None
    by: str | None = None
    overrun_ul: int | None = None


@value(frozen=True, slots=True)
class WaterCleaned(Body):
    """A technician has cleaned tank, pump and hose."""

    kind: ClassVar[str] = "water.cleaned"
    slot: SlotName
    by: str
    reason: str
