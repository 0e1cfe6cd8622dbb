"""Where somebody is among the screens, as values; `kiosk.screens.navigation` moves them."""

from dataclasses import dataclass
from enum import Enum

from kiosk.screens import intents as i
from kiosk.screens.notices import Notice
from kiosk.screens.reading import AS_WRITTEN, Reading
from sessions.units import MonoNs, SessionId, SlotName, Unit
from sessions.views import VisitView

TILES_A_PAGE, LARGE_TILES_A_PAGE = 8, 6


class Place(Enum):
    """Where somebody went."""

    HOME = "home"
    TIME = "time"
    ADD_TIME = "add_time"
    SESSION = "session"
    PICKER = "picker"
    WATER = "water"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Farewell:
    """What is shown to somebody whose visit has just ended."""

    visit: VisitView
    reason: str
    until: MonoNs


@dataclass(frozen=True, slots=True)
class Poured:
    """How a pour ended: what was sold of it, and what went back to the card, which is told once that is ``durable``."""

    used_ml: int
    returned_ml: int
    reason: str
    durable: bool = True


@dataclass(frozen=True, slots=True)
class Navigation:
    """Where the customer at the touchscreen is. Without a visit only ``farewell``, ``notice`` and ``reading``
    matter.
    """

    place: Place = Place.HOME
    visit: VisitView | None = None
    slot: SlotName | None = None
    session: SessionId | None = None
    chosen_s: int | None = None
    chosen_ml: int | None = None
    poured: Poured | None = None
    """The pour that has just ended, until something else is wanted."""
    coins_buy: Unit = Unit.SECONDS
    """What the kiosk was last told that this visit's coins buy."""
    page: int = 0
    order: tuple[SlotName, ...] = ()
    """The slots as the pages of the board have them, where there are several; kept while somebody is there, so that
    no slot moves away under a finger."""
    waiting: i.Intent | None = None
    """The touch whose command is not answered yet: its button says so and cannot be touched again."""
    help_from: Place = Place.HOME
    notice: Notice | None = None
    farewell: Farewell | None = None
    leaving: str | None = None
    reader_away: bool = False
    reading: Reading = AS_WRITTEN
    usual: Reading = AS_WRITTEN
    """How the kiosk is read by whoever has not chosen."""
    chosen_until: MonoNs | None = None
    """Somebody without a card has chosen how to read, and is expected to tap theirs until then."""
    unsaved: bool = False
    """Whether the card that came is to remember what was chosen."""

    @property
    def tiles_a_page(self) -> int:
        """How many slots the board shows at once."""
        return LARGE_TILES_A_PAGE if self.reading.large else TILES_A_PAGE
