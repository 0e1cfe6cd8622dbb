"""What the owner hands to the journal, and what the journal promises.

Posting never blocks. A batch is one decision: it becomes durable whole or not at all, in the order of posting. The journal
acknowledges the highest sequence number that is durable; only then does anything of value follow.
"""

from dataclasses import dataclass
from typing import Protocol

from sessions.events import Fact
from sessions.fold import Row
from sessions.units import Now, SessionId, SlotName


@dataclass(frozen=True, slots=True)
class Batch:
    """One decision's facts and the rows they changed."""

    facts: tuple[Fact, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a live session's usage is proven: absolute, overwritten in place, never falling."""

    session: SessionId
    slot: SlotName
    used_ms: int
    energy_mWh: int
    at: Now


class Journal(Protocol):
    """The only writer of the store."""

    def post(self, batch: Batch) -> None: ...

    def mark(self, mark: Mark) -> None: ...
