"""Whether anything is sold now, and if not, why: opening hours, maintenance, a store that cannot store.

What stands against selling is a cause each, and the kiosk's mode follows from them (`sessions.modes`). None of these
touches a running session: it keeps its power, may be given more time, and its phone can always be fetched.
"""

from typing import Final

from sessions.draft import Draft
from sessions.errors import NotSelling
from sessions.machine import SELLING
from sessions.state import State

MAINTENANCE: Final = "maintenance"
CANNOT_SELL: Final = "cannot_sell"
CLOSED: Final = "closed"


def only_closed(state: State) -> bool:
    """Whether nothing but the hour stands against selling: then it is certain when that will be over."""
    return state.causes.keys() == {CLOSED}


def require_selling(draft: Draft) -> None:
    """Raises `NotSelling`, which says why, while nothing new may start."""
    if draft.state.mode in SELLING:
        return
    causes, hours = draft.state.causes, draft.rules.hours
    if hours is not None and only_closed(draft.state):
        raise NotSelling(f"The kiosk is closed. It sells from {hours}.")
    if MAINTENANCE in causes:
        raise NotSelling(f"The kiosk is not selling right now: it is being serviced ({causes[MAINTENANCE].reason}).")
    raise NotSelling("The kiosk is not selling right now.")
