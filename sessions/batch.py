"""What the owner hands to the journal: plain values, so that the rules need not know that there is a database.

A `Batch` is one decision and is stored whole or not at all. The others are no facts: they are overwritten or bounded, nothing is
folded from them, and losing the last of them costs the operator seconds, never a customer.
"""

from dataclasses import dataclass

from sessions.events import Fact
from sessions.fold import Row
from sessions.ports import Json
from sessions.units import Milliamps, MonoNs, Now, Seq, SessionId, SlotName, UtcMs


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Something for the cloud: at ``path`` shall stand ``value``, or the fact of that number. The newest for a path wins."""

    path: str
    value: Json | None = None
    fact: Seq | None = None

    def __post_init__(self) -> None:
        if (self.value is None) == (self.fact is None):
            raise ValueError(f"what goes to '{self.path}' is either a value or a fact, not both and not neither")


@dataclass(frozen=True, slots=True)
class Batch:
    """One decision: its facts in order, the rows they changed as `fold.apply` gave them, and what the cloud shall learn."""

    facts: tuple[Fact, ...]
    rows: tuple[Row, ...] = ()
    outbox: tuple[Outgoing, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a live session's use is proven, in milliseconds, and its energy. It overwrites the session's earlier mark and is
    on its way to the cloud by being there."""

    session: SessionId
    used_ms: int
    energy_mWh: int
    at: Now


@dataclass(frozen=True, slots=True)
class Sample:
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
