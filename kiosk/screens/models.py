"""What each screen shows, as frozen values: every string is final and in the customer's language.

Screens compare a new model with the last one and redraw what differs. Nothing here knows Tk, so everything a customer
can read is tested without a window.
"""

from dataclasses import dataclass
from enum import Enum

from kiosk.screens.intents import Intent
from kiosk.screens.notices import Tone


class Rank(Enum):
    """How much a button stands out."""

    LIKELY = "likely"
    """The one filled button of a screen: what most people want next."""
    PLAIN = "plain"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Action:
    """A button. ``hold``: it must be held for a second, and says so. ``chosen``: of several it is what holds now."""

    text: str
    intent: Intent
    icon: str = ""
    rank: Rank = Rank.PLAIN
    enabled: bool = True
    hold: bool = False
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Countdown:
    """A ring that empties: ``left`` from 1 to 0, with a word in it or beside it."""

    left: float
    text: str
    tone: Tone = Tone.CALM


@dataclass(frozen=True, slots=True)
class Header:
    """Who and where, what they have, and when the screen signs them out. Touching the ring signs out. ``back`` is what
    an arrow before the title means, or the sign of a way out, where the footer has no room for either."""

    title: str
    balance: str = ""
    sign_out: Countdown | None = None
    back: Intent | None = None


@dataclass(frozen=True, slots=True)
class Banner:
    """A notice as it is shown."""

    text: str
    tone: Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """What all screens share. ``footer`` has at most three actions, the likely one last, on the right."""

    header: Header
    banner: Banner | None = None
    footer: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One of the steps that explain; ``done`` is None where nothing is ticked off."""

    icon: str
    text: str
    done: bool | None = None
    now: bool = False


@dataclass(frozen=True, slots=True)
class Coin:
    """A coin and what it buys."""

    face: str
    buys: str


@dataclass(frozen=True, slots=True)
class Switch:
    """Something a touch turns on and off again."""

    text: str
    icon: str
    intent: Intent
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AttractModel(Screen):
    """Nobody is here. ``languages`` switch at once; the spoken one is marked. ``reads``: whether cards can be
    read. ``hours``: when the kiosk is open, or nothing."""

    tap: str
    hint: str
    reads: bool = True
    free: str
    any_free: bool
    steps: tuple[Step, ...]
    coins: tuple[Coin, ...]
    hours: str = ""
    languages: tuple[Action, ...] = ()
    switches: tuple[Switch, ...] = ()


class TileKind(Enum):
    """What a slot is to the customer."""

    FREE = "free"
    YOURS = "yours"
    PAUSED = "paused"
    """Yours too, but no time runs."""
    NEEDS_YOU = "needs_you"
    IN_USE = "in_use"
    OUT_OF_ORDER = "out_of_order"


@dataclass(frozen=True, slots=True)
class Tile:
    """One slot on the board. ``figure`` is a running time, ``button`` what touching it does, or nothing."""

    number: int
    kind: TileKind
    word: str
    plug: str
    intent: Intent
    detail: str = ""
    figure: str = ""
    button: str = ""
    rank: Rank = Rank.LIKELY
    """How much the button stands out."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Which of several pages is shown, from 0, and what leads to its neighbours."""

    page: int
    pages: int
    back: Intent
    forth: Intent


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeModel(Screen):
    """The board of slots, one page of it. With ``turn`` the footer has two actions."""

    tiles: tuple[Tile, ...]
    turn: Turn | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A time, or an amount of water, to choose."""

    text: str
    intent: Intent
    chosen: bool
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeModel(Screen):
    """Choosing a time for a slot, more time for a session, water, or how to get any at all (no choices then)."""

    choices: tuple[Choice, ...]
    keeps: str
    hint: str
    coins: tuple[Coin, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlugInModel(Screen):
    """The door is open, or ready to be: put the phone in."""

    title: str
    steps: tuple[Step, ...]
    door: Countdown | None
    waiting: str
    wait: Countdown | None
    open_door: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionModel(Screen):
    """A running session. ``trace`` is the current of the last minute in milliamps, None where unknown."""

    time: str
    time_note: str
    left: float
    tone: Tone
    icon: str
    word: str
    lines: tuple[str, ...]
    current: str
    energy: str
    trace: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PourModel(Screen):
    """A pour: how much has flowed of what was chosen, whether a cup stands there, and the wait for it."""

    amount: str
    of: str
    share: float
    tone: Tone
    icon: str
    word: str
    lines: tuple[str, ...]
    cup: bool
    waiting: str
    wait: Countdown | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One phone of the customer's."""

    number: int
    kind: TileKind
    word: str
    detail: str
    figure: str
    intent: Intent


@dataclass(frozen=True, slots=True, kw_only=True)
class PickerModel(Screen):
    """Two or more phones: the one that needs its owner comes first."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageModel(Screen):
    """One thing to say: time over, coin waiting, goodbye, out of service, help."""

    name: str
    icon: str
    tone: Tone
    title: str
    lines: tuple[str, ...]
    ring: Countdown | None = None


AnyModel = AttractModel | HomeModel | TimeModel | PlugInModel | SessionModel | PickerModel | MessageModel | PourModel
