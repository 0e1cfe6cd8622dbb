"""What the owner hands to the journal, and what the journal promises.

Posting never blocks. A batch is one decision: it becomes durable whole or not at all, in the order of posting. The
journal acknowledges the highest sequence number that is durable; only then does anything of value follow.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from sessions.entities import Row
from sessions.events import Fact
from sessions.ports import Json
from sessions.units import Milliamps, MonoNs, Now, Seq, SessionId, SlotName, UtcMs


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Something for the cloud: at ``path`` shall stand ``value``, or the fact of that number. The newest for a path
    wins."""

    path: str
    value: Json | None = None
    fact: Seq | None = None

    def __post_init__(self) -> None:
        if (self.value is None) == (self.fact is None):
            raise ValueError(f"what goes to '{self.path}' is either a value or a fact, not both and not neither")


class Batch(NamedTuple):
    """One decision's facts, the rows they changed as `fold.apply` gave them, and what the cloud shall learn of it."""

    facts: tuple[Fact, ...]
    rows: tuple[Row, ...]
    outbox: tuple[Outgoing, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a live session's usage is proven: absolute, overwritten in place, never falling. It is on its way to the
    cloud by being there."""

    session: SessionId
    slot: SlotName
    used_ms: int
    energy_mWh: int
    at: Now


class Sample(NamedTuple):
    """One point of a session's current waveform; None where the sensor did not answer."""

    session: SessionId
    slot: SlotName
    boot_id: str
    mono: MonoNs
    mA: Milliamps | None


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A sign of life of the kiosk itself or of a visit, overwriting the last of that name."""

    name: str
    at: Now


@dataclass(frozen=True, slots=True)
class SelfTest:
    """The outcome of one self-test run; each check as it stands in the answer to ``selftest --json``."""

    at_utc: UtcMs
    passed: bool
    checks: tuple[Json, ...]


class Journal(Protocol):
    """The only writer of the store."""

    def post(self, batch: Batch) -> None: ...

    def mark(self, mark: Mark) -> None: ...

    def sample(self, samples: Iterable[Sample]) -> None: ...
