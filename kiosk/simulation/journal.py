"""The store of a simulated kiosk: what is durable when, and what a power cut leaves."""

from collections import deque
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from typing import Any

from kiosk.simulation.virtual import VirtualOwner
from sessions.conductor import Conductor
from sessions.events import Fact, VerdictGiven
from sessions.fold import apply
from sessions.journaling import Batch, Mark, Sample
from sessions.state import State
from sessions.units import Seq, SessionId

COMMIT_MS = 4
"""From posting to durable, on a good card."""
TOLD_MS = 1
"""From durable to acknowledged: a cut in between leaves more than was promised, never less."""

_MS = 1_000_000
SAMPLES_KEPT = 20_000
"""Points of current that a simulation remembers: a few hours of sessions, for looking at one of them."""


@dataclass(slots=True)
class SimJournal:
    """Keeps what it is given and acknowledges it a commit later, as the real journal does."""

    owner: VirtualOwner
    facts: list[Fact] = field(default_factory=list)
    """Everything posted since `base`, which is everything there is unless `forget` was called."""
    marks: dict[SessionId, Mark] = field(default_factory=dict)
    acknowledge: Conductor | None = None
    commit_ms: int = COMMIT_MS
    base: State = field(default_factory=State)
    """The state after the first `_in_base` of `facts`, none of which can be lost any more."""
    keeps_samples: bool = True
    """Whether somebody may want to look at currents; over simulated weeks nobody does."""
    samples: deque[Sample] = field(default_factory=lambda: deque(maxlen=SAMPLES_KEPT))
    _in_base: int = 0
    _stalled: bool = False
    _kept: Seq = Seq(0)
    _under_way: deque[tuple[int, Seq]] = field(default_factory=deque)
    """What is being written, each with the instant at which it will have reached the disk."""

    def post(self, batch: Batch) -> None:
        self.facts.extend(batch.facts)
        self._write(batch.facts[-1].seq)

    def mark(self, mark: Mark) -> None:
        self.marks[mark.session] = mark

    def sample(self, samples: Iterable[Sample]) -> None:
        if self.keeps_samples:
            self.samples.extend(samples)

    @property
    def stalled(self) -> bool:
        """Whether nothing reaches the disk."""
        return self._stalled

    @stalled.setter
    def stalled(self, on: bool) -> None:
        self._stalled = on
        if not on and self.facts:
            self._write(self.facts[-1].seq)

    def _write(self, seq: Seq) -> None:
        if self._stalled:
            return
        # One after the other: nothing is durable before what was posted earlier.
        earlier = self._under_way[-1][0] if self._under_way else 0
        due = max(earlier, self.owner.mono + self.commit_ms * _MS)
        self._under_way.append((due, seq))
        self.owner.after((due - self.owner.mono) // _MS + TOLD_MS, lambda: self._tell(seq))

    def _tell(self, seq: Seq) -> None:
        if self.acknowledge is not None:
            self.acknowledge.acknowledged(seq)

    @property
    def written(self) -> Seq:
        """What has reached the disk."""
        while self._under_way and self._under_way[0][0] <= self.owner.mono:
            self._kept = max(self._kept, self._under_way.popleft()[1])
        return self._kept

    def survivors(self) -> list[Fact]:
        """What a power cut now leaves of `facts`."""
        written = self.written
        return [fact for fact in self.facts if fact.seq <= written]

    def reopened(self, owner: VirtualOwner, kept: list[Fact]) -> "SimJournal":
        """The store as a restarted kiosk finds it, with the facts that survived."""
        seq = kept[-1].seq if kept else self.base.seq
        return SimJournal(
            owner, kept, self.marks, keeps_samples=self.keeps_samples, base=self.base, _in_base=self._in_base, _kept=seq
        )

    def fold(self) -> State:
        """What all facts say; only to be read. What is written is folded once and for all."""
        written = self.written
        while self._in_base < len(self.facts) and self.facts[self._in_base].seq <= written:
            apply(self.base, self.facts[self._in_base])
            self._in_base += 1
        unsure = self.facts[self._in_base :]
        if not unsure:
            return self.base
        state = copy_of(self.base)
        for fact in unsure:
            apply(state, fact)
        return state

    def verdicts_about(self, sessions: Container[SessionId]) -> Iterator[Fact]:
        """The verdicts about some sessions, as far as they are remembered."""
        return (f for f in self.facts if isinstance(f.body, VerdictGiven) and f.body.session in sessions)

    def forget(self) -> None:
        """Lets go of the facts that `fold` needs no more."""
        self.facts, self._in_base = self.facts[self._in_base :], 0


def copy_of(state: State) -> State:
    """A state that can be folded on without the first one changing; entities are never edited, so they are shared."""
    copies: dict[str, Any] = {
        part.name: dict(value) for part in fields(state) if isinstance(value := getattr(state, part.name), dict)
    }
    return replace(state, ledger=state.ledger.copy(), **copies)
