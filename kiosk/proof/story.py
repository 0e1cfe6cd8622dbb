"""What happened in one session, put together from the store: the material of a proof.

Instants are seconds since the session's start, on the monotonic clock of the boot in which it started; what happened
in a later boot is placed by the wall clock, and said so by ``later_boot``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kiosk.proof.words import EVENTS, HOW, VERDICTS, briefly, by_whom
from sessions import events as e
from sessions.amounts import amount
from sessions.entities import Session
from sessions.errors import UnknownSession
from sessions.journaling import Sample
from sessions.store.queries import Queries
from sessions.units import NS, SessionId, SlotName, Unit
from sessions.water_states import WATER


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the story. ``t_s`` is when it was decided, ``dated_s`` when it happened if that was earlier."""

    t_s: float
    kind: str
    says: str
    dated_s: float | None = None
    later_boot: bool = False
    figures: Mapping[str, Any] | None = None
    """A verdict's evidence."""
    verdict: str | None = None
    """Which verdict it is."""


@dataclass(frozen=True, slots=True)
class Story:
    """One session, its moments in order, the money it moved, and the current as far as it was kept."""

    session: Session
    moments: tuple[Moment, ...]
    transfers: tuple[e.Transfer, ...]
    waveform: tuple[tuple[float, float | None], ...]
    facts: tuple[e.Fact, ...]
    samples: tuple[Sample, ...]

    @property
    def ended(self) -> bool:
        """Whether the story is over."""
        return self.session.settled


def story_of(store: Queries, session_id: SessionId) -> Story:
    """Puts a session's story together. Raises `UnknownSession`."""
    session = store.session(session_id)
    if session is None:
        raise UnknownSession(f"There is no session '{session_id}'. `kiosk sessions list` shows those there are.")
    return tell(session, store.session_facts(session_id), store.samples(session_id))


def tell(session: Session, facts: tuple[e.Fact, ...], samples: tuple[Sample, ...]) -> Story:
    """The story that these facts and samples tell."""
    started = next(fact for fact in facts if isinstance(fact.body, e.SessionStarted))
    moments = tuple(moment for fact in facts if (moment := _moment(fact, started.at.mono, started)) is not None)
    wave = tuple(
        ((sample.mono - started.at.mono) / NS, sample.mA) for sample in samples if sample.boot_id == started.at.boot_id
    )
    transfers = tuple(transfer for fact in facts for transfer in fact.transfers)
    return Story(session, moments, transfers, wave, facts, samples)


def _moment(fact: e.Fact, start: int, started: e.Fact) -> Moment | None:
    body = fact.body
    says = sentence(fact)
    if says is None:
        return None
    later = fact.at.boot_id != started.at.boot_id
    t_s = (fact.at.utc - started.at.utc) / 1000 if later else (fact.at.mono - start) / NS
    at = getattr(body, "dated_mono", None) or getattr(body, "at_mono", None)
    dated_s = None if at is None or later else round((at - start) / NS, 1)
    given = body if isinstance(body, e.VerdictGiven) else None
    if dated_s is not None and abs(dated_s - t_s) < 0.3:
        dated_s = None
    figures, verdict = (given.evidence, given.verdict) if given is not None else (None, None)
    return Moment(round(t_s, 1), body.kind, says, dated_s, later, figures, verdict)


def sentence(fact: e.Fact) -> str | None:
    """What a fact says, in plain words; None for one that has nothing to say about a session."""
    if isinstance(fact.body, e.SessionRefunded):
        given = ", ".join(amount(transfer.amount, transfer.unit) for transfer in fact.transfers)
        return f"{given} given back by {by_whom(fact.body.by)}: {fact.body.reason}"
    says = _SAYS.get(type(fact.body))
    return says(fact.body) if says is not None else None


def _so_much(count: int, slot: SlotName) -> str:
    return amount(count, Unit.MILLILITRES if slot == WATER else Unit.SECONDS)


def _flowed(body: e.WaterMoved) -> str:
    overrun = "" if body.overrun_ul is None else f", of it {body.overrun_ul / 1000:.1f} ml after the pump was off"
    return "" if body.used_ul is None else f", {body.used_ul / 1000:.1f} ml in the cup{overrun}"


def _moved(body: e.SlotMoved | e.WaterMoved) -> str:
    return f"{body.before.value} -> {body.after.value}: {EVENTS[body.event.value]}"


def _settled(body: e.SessionSettled) -> str:
    ended = f"{briefly(body.stop_reason)}: {_so_much(body.used, body.slot)} sold"
    return f"{ended}, {_so_much(body.returned, body.slot)} given back"


_SAYS: Mapping[type[e.Body], Callable[[Any], str]] = {
    e.SessionStarted: lambda b: f"started for {_so_much(b.granted, b.slot)} by {by_whom(b.by)}",
    e.WaterMoved: lambda b: _moved(b) + _flowed(b),
    e.SessionExtended: lambda b: f"{_so_much(b.added, b.slot)} added by {by_whom(b.by)}",
    e.SlotMoved: _moved,
    e.VerdictGiven: lambda b: f"detector: {VERDICTS.get(b.verdict, b.verdict)}",
    e.DoorReleased: lambda b: f"door unlocked by {by_whom(b.by)}" + (f": {b.reason}" if b.reason else ""),
    e.DoorMoved: lambda b: ("door opened" if b.open else "door shut") + (", by force" if b.forced else ""),
    e.SessionSettled: _settled,
    e.SessionCollected: lambda b: f"over: {HOW.get(b.how, b.how)}",
}
