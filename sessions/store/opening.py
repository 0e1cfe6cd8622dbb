"""How a kiosk comes to its store at a start: checked as far as a start may take, rescued if it is damaged.

Read in full are header, snapshot, every fact after it and every mark: all that the start itself builds on, each with
its checksum. The write-ahead log must not hide acknowledged transactions, and the store must be as new as it was ever
seen.
That takes a fraction of a second whatever the store's age. What is older is read in full when there is a suspicion (a
journal that died of damage leaves one), by ``kiosk store verify``, and fact by fact when it enters the good copy.
"""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sessions.errors import StoreDamaged, StoreError
from sessions.events import StoreRestored
from sessions.state import State
from sessions.store import witness
from sessions.store.copies import check_all
from sessions.store.database import prepare
from sessions.store.failures import RESCUE, is_damage
from sessions.store.header import check_header
from sessions.store.load import load
from sessions.store.queries import Queries
from sessions.store.rescue import Rescue, rescue
from sessions.store.wal import check_log
from sessions.units import Now, Seq


@dataclass(frozen=True, slots=True)
class Opened:
    """The live state, and what had to be done for it."""

    state: State
    rescue: Rescue | None = None


def open_store(path: Path, now: Now) -> Opened:
    """Makes the store at ``path`` ready and gives its state. Call it before any thread starts, holding the data
    directory's lock.

    Raises what `prepare` does but `StoreDamaged`: a damaged store is set aside and made anew from what is left.
    """
    try:
        state = _checked(path)
    except StoreError as error:
        if not is_damage(error):
            raise
        done = rescue(path, str(error).replace(RESCUE, "").strip(), now)
        return Opened(load(path), done)
    return Opened(state)


def _checked(path: Path) -> State:
    check_log(path)
    prepare(path)
    check_header(path)
    state = load(path)
    with closing(Queries(path)) as queries:
        queries.marks()
        last = queries.facts(Seq(state.seq - 1), 1)
    if last and isinstance(last[0].body, StoreRestored):
        # It was made anew just now: whatever was seen or suspected was the store before it.
        witness.forget(path)
        return state
    seen = witness.last_seen(path)
    if state.seq < seen:
        raise StoreDamaged(
            f"{path} ends with fact {state.seq}, but fact {seen} was stored: its write-ahead log is lost."
        )
    if witness.suspicion(path) is not None:
        check_all(path)
        witness.forget(path)
    return state
