"""The plot of a slot's sensor, with the limits that its detector goes by."""

from dataclasses import dataclass

from kiosk.i18n import _
from kiosk.screens.models import Action
from kiosk.screens.notices import Tone
from kiosk.screens.technician import acts as a
from kiosk.screens.technician import wording
from kiosk.screens.technician.frame import Scene, back, slot_title
from kiosk.screens.technician.model import Flag, Level, Line, PlotModel
from kiosk.screens.technician.plots import CHUNKS, STEP_NS, Chunk, Plots
from sessions.views import SlotView

TOPS_MA = (100, 250, 500, 1000, 1500, 2000, 2500, 3000, 5000)
SMALL_MA = 50
"""The top of the plot that shows small currents: a zero, a full phone, a light in a cable."""
ROOM = 1.1
LEAST_V = 4.75
"""What a port must still have under load (USB 2.0, 7.2.2)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """By which currents a slot is judged now: its zero, below which mean no phone is believed, above which reading one
    is seen, and the most that the port may give."""

    zero_mA: float = 0.0
    gone_mA: float = 1.5
    seen_mA: float = 25.0
    most_mA: float = 2400.0


def plot_sheet(scene: Scene, slot: SlotView, plots: Plots, limits: Limits) -> PlotModel:
    """The last three minutes."""
    chunks = plots.chunks(slot.name)
    newest = chunks[-1].number if chunks else scene.now // STEP_NS
    first = newest - CHUNKS + 1
    shown = tuple(chunk for chunk in chunks if chunk.number >= first)
    top = SMALL_MA if scene.desk.zoomed else _top(shown)
    levels = (
        Level(limits.zero_mA, ""),
        Level(limits.gone_mA, _("no phone")),
        Level(limits.seen_mA, _("phone"), Tone.WARN),
        Level(limits.most_mA, _("most"), Tone.BAD),
    )
    zoom = Action(_("Show all") if scene.desk.zoomed else _("Up to {top} mA").format(top=SMALL_MA), a.Zoom())
    return PlotModel(
        header=scene.header(slot_title(slot)), banner=scene.banner, footer=(back(a.Sheet.SLOT), zoom),
        first=first, chunks=shown, top_mA=top, levels=tuple(level for level in levels if level.mA <= top),
        flags=tuple(Flag(mark.step, wording.verdict(mark.verdict)) for mark in plots.marks(slot.name)),
        lines=_lines(slot, limits),
    )  # fmt: skip


def _top(chunks: tuple[Chunk, ...]) -> int:
    highest = max((mA for chunk in chunks for mA, _V in chunk.points if mA is not None), default=0.0)
    return next((top for top in TOPS_MA if top >= ROOM * highest), TOPS_MA[-1])


def _lines(slot: SlotView, limits: Limits) -> tuple[Line, ...]:
    known = slot.mA is not None
    current = _("unknown") if slot.mA is None else _("{milliamps:.0f} mA").format(milliamps=slot.mA)
    supply = _("unknown") if slot.bus_V is None else _("{volts:.2f} V").format(volts=slot.bus_V)
    said = (slot.session.verdict or "") if slot.session is not None else ""
    return (
        Line(_("Current"), current, Tone.GOOD if known else Tone.WARN),
        Line(_("Voltage"), supply, Tone.CALM if slot.bus_V is not None else Tone.WARN),
        Line(_("Zero"), _tenths(limits.zero_mA)),
        Line(_("No phone"), f"< {_tenths(limits.gone_mA)}"),
        Line(_("Phone"), f"> {_tenths(limits.seen_mA)}"),
        Line(_("Verdict"), wording.verdict(said) if said else "–"),
    )


def _tenths(mA: float) -> str:
    return _("{milliamps:.1f} mA").format(milliamps=mA)
