"""Decides a bundled session anew, with today's rules and detector, and names what comes out differently.

Three things are decided again: what each event meant in the state of that moment (the slot table), where each second
went (the settlement), and what the detector concludes from the samples that were kept. A verdict counts as the same
when it is of the same kind and not more than a second away; where too few samples were kept to conclude anything, that
is said instead of called a difference.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kiosk.proof.bundle import Bundle
from kiosk.proof.story import Story
from sessions import events as e
from sessions.detection import GAP_NS, Detector, Kind, Verdict
from sessions.ledger import SOLD, hold_account
from sessions.machine import SLOT_FIGURES, SLOT_TABLE
from sessions.ports import Reading
from sessions.units import NS, MonoNs, Unit, seconds_ns
from sessions.water_states import WATER_TABLE
from sessions.zero import Zero

TOLERANCE_NS = seconds_ns(1.0)
NEEDED_READINGS = 5
"""Samples within `AROUND_NS` before a verdict without which it cannot be decided again."""
AROUND_NS = seconds_ns(3.0)
_COUNTED = {Unit.SECONDS: "seconds", Unit.MILLILITRES: "millilitres"}
BY_CLOCK = frozenset({Kind.STALE, Kind.UNPLUGGED})
"""Conclusions from silence or waiting: the samples cannot show them."""
LASTING = frozenset({Kind.FULL, Kind.PAUSED})
"""Told once, and again only after a break as long (`sessions.standing.Holding`): to conclude one anew takes every
reading of both, the few that are kept between decisions do not do."""
LEVEL_NS = seconds_ns(2)
"""The level of a draw is the middle of five readings: they must be of the stretch that is judged."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that comes out otherwise today. ``t_s`` is seconds since the session's start."""

    t_s: float
    what: str
    then: str
    now: str


@dataclass(frozen=True, slots=True)
class Replay:
    """The outcome: how much was decided again, what could not be, and what differs."""

    moves: int
    verdicts: int
    undecidable: int
    differences: tuple[Difference, ...]


def replay(bundle: Bundle) -> Replay:
    """Decides a bundle anew."""
    story = bundle.story
    start = next(fact.at.mono for fact in story.facts if isinstance(fact.body, e.SessionStarted))
    recorded = [fact for fact in story.facts if isinstance(fact.body, e.VerdictGiven)]
    verdicts, decidable = _verdicts(bundle, recorded, start)
    differences = [*_moves(story, start), *_money(story, start), *verdicts]
    moves = sum(1 for fact in story.facts if isinstance(fact.body, e.SlotMoved | e.WaterMoved))
    ordered = tuple(sorted(differences, key=lambda difference: difference.t_s))
    return Replay(moves, decidable, len(recorded) - decidable, ordered)


def _moves(story: Story, start: MonoNs) -> Iterator[Difference]:
    for fact in story.facts:
        body = fact.body
        if isinstance(body, e.SlotMoved):
            now = SLOT_TABLE[body.before, body.event]
            if now is not body.after:
                event = f"'{body.event.value}' while '{body.before.value}'"
                yield Difference(_t(fact.at.mono, start), event, body.after.value, str(now.value))
        elif isinstance(body, e.WaterMoved):
            then, after = WATER_TABLE[body.before, body.event], body.after
            if then is not after:
                event = f"'{body.event.value}' while '{body.before.value}'"
                yield Difference(_t(fact.at.mono, start), event, after.value, str(then.value))


def _money(story: Story, start: MonoNs) -> Iterator[Difference]:
    granted = sum(
        fact.body.granted if isinstance(fact.body, e.SessionStarted) else fact.body.added
        for fact in story.facts
        if isinstance(fact.body, e.SessionStarted | e.SessionExtended)
    )
    hold = hold_account(story.session.session_id)
    for fact in story.facts:
        body = fact.body
        if not isinstance(body, e.SessionSettled):
            continue
        sold = sum(t.amount for t in fact.transfers if t.credit == SOLD)
        out = sum(t.amount for t in fact.transfers if t.debit == hold)
        proven = [p for f in story.facts if f.seq <= fact.seq and (p := _proven(f.body)) is not None]
        used = min(granted, (proven[-1] if proven else 0) // 1000)
        said = ((sold, body.used, "sold"), (out, granted, "moved out of the hold"), (body.used, used, "used"))
        for then, now, what in said:
            if then != now:
                yield Difference(_t(fact.at.mono, start), f"{_COUNTED[story.session.unit]} {what}", str(then), str(now))


def _proven(body: e.Body) -> int | None:
    """How much a move says is proven, in thousandths of the unit."""
    if isinstance(body, e.SlotMoved):
        return body.used_ms or 0
    return body.used_ul if isinstance(body, e.WaterMoved) else None


def _verdicts(bundle: Bundle, recorded: list[e.Fact], start: MonoNs) -> tuple[list[Difference], int]:
    """The verdicts that differ, and how many of those recorded could be decided again: none after a restart, before
    which the detector knew things that no sample shows."""
    boot = bundle.story.facts[0].at.boot_id
    times = [sample.mono for sample in bundle.story.samples if sample.boot_id == boot]
    concluded = [verdict for verdict in _decide_again(bundle) if verdict.kind not in BY_CLOCK]
    differences, decidable = [], 0
    for fact in recorded:
        body = fact.body
        assert isinstance(body, e.VerdictGiven)
        if fact.at.boot_id != boot:
            continue
        match = next((v for v in concluded if _same(v, fact, body)), None)
        if match is not None:
            concluded.remove(match)
        if not _decidable(Kind(body.verdict), fact.at.mono, body.dated_mono, times):
            continue
        if match is None and any(_told_from_few(verdict, fact, body, times) for verdict in concluded):
            continue
        decidable += 1
        if match is None:
            differences.append(Difference(_t(fact.at.mono, start), "verdict", body.verdict, "none"))
        elif abs(match.dated - body.dated_mono) > TOLERANCE_NS:
            dates = (f"dated {_t(body.dated_mono, start):.1f} s", f"dated {_t(match.dated, start):.1f} s")
            differences.append(Difference(_t(fact.at.mono, start), f"verdict {body.verdict}", *dates))
    for extra in concluded:
        if _decidable(extra.kind, extra.at, extra.dated, times):
            differences.append(Difference(_t(extra.at, start), "verdict", "none", extra.kind.value))
    return differences, decidable


def _same(verdict: Verdict, fact: e.Fact, body: e.VerdictGiven) -> bool:
    return verdict.kind.value == body.verdict and abs(verdict.at - fact.at.mono) <= TOLERANCE_NS


def _told_from_few(verdict: Verdict, fact: e.Fact, body: e.VerdictGiven, times: Sequence[MonoNs]) -> bool:
    """Whether the same was concluded earlier from samples too few to show it, and so was not told once more here."""
    earlier = verdict.kind.value == body.verdict and verdict.at < fact.at.mono
    return earlier and verdict.kind in LASTING and not _decidable(verdict.kind, verdict.at, verdict.dated, times)


def _decide_again(bundle: Bundle) -> Iterator[Verdict]:
    """Feeds the kept samples to today's detector, its power switched and its door moved as the facts say."""
    story = bundle.story
    boot = story.facts[0].at.boot_id
    facts = deque(fact for fact in story.facts if fact.at.boot_id == boot)
    detector = Detector(bundle.detection, _zero(story), bundle.max_mA)
    door: bool | None = None
    for sample in story.samples:
        if sample.boot_id != boot:
            continue
        while facts and facts[0].at.mono <= sample.mono:
            fact = facts.popleft()
            _switch_power(detector, fact)
            door = _move_door(detector, fact, door)
        detector.see_door(door, sample.mono)
        yield from detector.feed(Reading(sample.mono, sample.mA))


def _switch_power(detector: Detector, fact: e.Fact) -> None:
    if isinstance(fact.body, e.SlotMoved):
        before, after = SLOT_FIGURES[fact.body.before].power, SLOT_FIGURES[fact.body.after].power
        if after and not before:
            detector.arm(fact.at.mono)
        elif before and not after:
            detector.disarm()


def _move_door(detector: Detector, fact: e.Fact, door: bool | None) -> bool | None:
    """Where the door is after a fact: None while no switch is known that would tell."""
    body = fact.body
    if isinstance(body, e.DoorReleased) and body.switch and door is None:
        return False
    if not isinstance(body, e.DoorMoved):
        return door
    # Few samples are kept between decisions: the detector must know of a door that was open between two of them.
    detector.see_door(True, body.at_mono)
    return body.open


def _zero(story: Story) -> Zero:
    """The slot's zero as the first verdict knew it; it was learned while the slot was empty and hardly moves."""
    evidence = next((f.body.evidence for f in story.facts if isinstance(f.body, e.VerdictGiven)), {})
    if "zero_mA" not in evidence or "sigma_mA" not in evidence:
        return Zero()
    return Zero(float(evidence["zero_mA"]), float(evidence["sigma_mA"]))


def _decidable(kind: Kind, at: MonoNs, dated: MonoNs, times: Sequence[MonoNs]) -> bool:
    """Whether samples were kept at enough ``times`` to conclude this."""
    if kind in BY_CLOCK or sum(1 for mono in times if 0 <= at - mono <= AROUND_NS) < NEEDED_READINGS:
        return False
    if kind not in LASTING:
        return True
    begin = max(times[0], dated - (at - dated) - LEVEL_NS)
    window = [begin, *(mono for mono in times if begin <= mono <= at)]
    return all(later - earlier <= GAP_NS for earlier, later in pairwise(window))


def _t(mono: int, start: int) -> float:
    return round((mono - start) / NS, 1)
