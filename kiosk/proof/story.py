"""What happened in one session, put together from the store: the material of a proof.

Instants are seconds since the session's start, on the monotonic clock of the boot in which it started; what happened
in a later boot is placed by the wall clock, and said so by ``later_boot``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sessions import events as e
from sessions.entities import Session
from sessions.errors import UnknownSession
from sessions.journaling import Sample
from sessions.store.queries import Queries
from sessions.units import NS, SessionId, Unit
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


WHY: Mapping[str, str] = {
    "Local": "Its owner ended it at the kiosk.",
    "Remote": "It was ended over the API.",
    "MasterPass": "Staff ended it.",
    "EVDisconnected": "The phone was unplugged and not plugged in again within the grace.",
    "StoppedByEV": "The phone drew nothing any more behind its shut door.",
    "TimeLimitReached": "The time that was bought was used up.",
    "Timeout": "Nothing was plugged in.",
    "DeAuthorized": "The card was not allowed any more.",
    "PowerLoss": "The kiosk lost its power, and the phone did not draw again in time.",
    "EmergencyStop": "An emergency stopped everything.",
    "OvercurrentFault": "The phone or its cable drew more than the port may give.",
    "Other": "What had paused it did not clear in time.",
}
"""Each stop reason as a sentence."""

WHY_WATER: Mapping[str, str] = {
    "Local": "Its owner ended it, or took the cup away.",
    "TimeLimitReached": "What was bought has flowed.",
    "Timeout": "Nobody put a cup under the spout.",
    "PowerLoss": "The kiosk lost its power while it poured.",
    "Other": "Something of the dispenser failed.",
}
"""Those that mean something else for water."""


def why(session: Session) -> str:
    """Why a session ended, as a sentence."""
    reason = session.stop_reason or "Other"
    return (WHY_WATER.get(reason) if session.service == WATER else None) or WHY.get(reason, "")


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
    says = _SAYS.get(type(body))
    if says is None:
        return None
    later = fact.at.boot_id != started.at.boot_id
    t_s = (fact.at.utc - started.at.utc) / 1000 if later else (fact.at.mono - start) / NS
    at = getattr(body, "dated_mono", None) or getattr(body, "at_mono", None)
    dated_s = None if at is None or later else round((at - start) / NS, 1)
    figures = body.evidence if isinstance(body, e.VerdictGiven) else None
    if dated_s is not None and abs(dated_s - t_s) < 0.3:
        dated_s = None
    return Moment(round(t_s, 1), body.kind, says(body), dated_s, later, figures)


def _unit(body: e.SessionStarted | e.SessionSettled) -> str:
    return (Unit.MILLILITRES if body.slot == WATER else Unit.SECONDS).value


def _flowed(body: e.WaterMoved) -> str:
    overrun = "" if body.overrun_ul is None else f", of it {body.overrun_ul / 1000:.1f} ml after the pump was off"
    return "" if body.used_ul is None else f", {body.used_ul / 1000:.1f} ml in the cup{overrun}"


_SAYS: Mapping[type[e.Body], Callable[[Any], str]] = {
    e.SessionStarted: lambda b: f"started for {b.granted} {_unit(b)} by {b.by}",
    e.WaterMoved: lambda b: f"{b.before.value} -> {b.after.value} ({b.event.value})" + _flowed(b),
    e.SessionExtended: lambda b: f"{b.added} s added by {b.by}",
    e.SlotMoved: lambda b: f"{b.before.value} -> {b.after.value} ({b.event.value})",
    e.VerdictGiven: lambda b: f"detector: {b.verdict}",
    e.DoorReleased: lambda b: f"door released by {b.by}" + (f": {b.reason}" if b.reason else ""),
    e.DoorMoved: lambda b: ("door opened" if b.open else "door shut") + (", by force" if b.forced else ""),
    e.SessionSettled: lambda b: (
        f"settled: {b.used} {_unit(b)} sold, {b.returned} {_unit(b)} returned, {b.stop_reason} by {b.by}"
    ),
    e.SessionRefunded: lambda b: f"{b.seconds} given back by {b.by}: {b.reason}",
    e.SessionCollected: lambda b: f"collected ({b.how})",
}
