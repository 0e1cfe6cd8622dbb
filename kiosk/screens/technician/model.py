"""What the technicians' screens are made of, as frozen values whose strings are final."""

from dataclasses import dataclass
from enum import Enum

from kiosk.screens.models import Action, Screen, Turn
from kiosk.screens.notices import Tone
from kiosk.screens.technician.plots import Chunk


class Layout(Enum):
    """How lines and keys share a sheet."""

    BESIDE = "beside"
    """Lines to read on one half, keys or a code on the other."""
    KEYS = "keys"
    """Many keys, below one line."""
    LINES = "lines"
    """Lines alone."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing and how it is; one that is not well has a ``tone``."""

    name: str
    value: str
    tone: Tone | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TechnicianModel(Screen):
    """A sheet. ``says`` is large, above the lines; ``columns`` keys stand side by side; ``code`` are the rows of a QR
    code; ``share`` is a bar, from 0 to 1. With ``turn`` the footer has two actions."""

    says: str = ""
    tone: Tone | None = None
    """Of what it says."""
    lines: tuple[Line, ...] = ()
    keys: tuple[Action, ...] = ()
    columns: int = 2
    layout: Layout = Layout.BESIDE
    code: tuple[str, ...] = ()
    share: float | None = None
    turn: Turn | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """A current that decides something; without a text the axis says what it is."""

    mA: float
    text: str
    tone: Tone | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """What the detector said, at a step of time."""

    step: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotModel(Screen):
    """A slot's current and voltage from the chunk ``first`` on, up to ``top_mA``."""

    first: int
    chunks: tuple[Chunk, ...]
    top_mA: int
    levels: tuple[Level, ...]
    flags: tuple[Flag, ...]
    lines: tuple[Line, ...]


StaffModel = TechnicianModel | PlotModel
