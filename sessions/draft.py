"""A decision in the making.

A rule looks at the state, refuses by raising before it has added anything, and then adds facts one by one; each is
folded at once, so the next line of the rule already sees what the last one changed. An exception after the first fact
is a fault of our own: the engine lets it end the process, and the store is the truth on restart.
"""

from collections.abc import MutableMapping
from dataclasses import dataclass, field

from sessions import events as e
from sessions.entities import Row
from sessions.fold import apply
from sessions.metering import Meter
from sessions.rules import Rules
from sessions.state import State
from sessions.units import MonoNs, Now, Seq, SessionId, Unit, VisitId


@dataclass(slots=True)
class Draft:
    """Facts so far, with the state they were folded into. ``meters`` are the usage accumulators of sessions not yet
    collected, ``activity`` the last sign of life of each visit, ``choices`` what visits said their coins shall buy: the
    things a decision needs that are no facts."""

    state: State
    rules: Rules
    now: Now
    meters: MutableMapping[SessionId, Meter]
    activity: MutableMapping[VisitId, MonoNs]
    choices: MutableMapping[VisitId, Unit]
    source: str = "kiosk"
    source_id: str | None = None
    facts: list[e.Fact] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def add(self, body: e.Body, transfers: tuple[e.Transfer, ...] = ()) -> e.Fact:
        """Adds one fact and folds it. All facts of a decision name its source, the first also the identity of what
        caused it."""
        source_id = None if self.facts else self.source_id
        fact = e.Fact(Seq(self.state.seq + 1), self.now, body, transfers, self.source, source_id)
        self.rows.extend(apply(self.state, fact))
        self.facts.append(fact)
        return fact

    def next_id(self) -> str:
        """An id that no other fact of any kiosk of the fleet gives: the store's incarnation and the coming sequence
        number."""
        return f"{self.state.incarnation}-{self.state.seq + 1}"
