"""Facts folded into the live state. `apply` is the only thing that changes a `State`.

The engine folds each fact the moment it decides it; a restart folds the snapshot's successors; ``kiosk store verify``
folds all of them again. One function for the three is what makes invariant I6 (folding the facts gives the live state)
hold by construction. The families of facts are folded in a module each.
"""

from sessions.entities import Row, TransferRow
from sessions.events import Fact
from sessions.fold import coins, kiosk, people, sessions, slots, technician, water
from sessions.fold.handler import Handlers
from sessions.state import State

_HANDLERS: Handlers = {
    **kiosk.HANDLERS,
    **people.HANDLERS,
    **slots.HANDLERS,
    **sessions.HANDLERS,
    **coins.HANDLERS,
    **water.HANDLERS,
    **technician.HANDLERS,
}
"""Bodies without a handler change only the ledger, through their transfers."""


def apply(state: State, fact: Fact) -> list[Row]:
    """Folds one fact into the state and gives the rows it changed, in the order of their change.

    Raises `LedgerError` (or `NotEnoughCredit`) for a fact whose transfers would break the books; the state is then
    unchanged.
    """
    rows: list[Row] = []
    if fact.transfers:
        rows += [TransferRow(fact.seq, fact.at.utc, new) for new in state.ledger.apply_all(fact.transfers)]
    handler = _HANDLERS.get(type(fact.body))
    if handler is not None:
        rows.extend(handler(state, fact, fact.body))
    state.seq = fact.seq
    state.boot_id = fact.at.boot_id
    return rows
