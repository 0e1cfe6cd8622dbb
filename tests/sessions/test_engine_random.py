"""Anything, in any order: random commands, verdicts, doors, faults, clocks and crashes against every invariant.

A failure prints the steps as code and a ``@reproduce_failure`` line; ``--hypothesis-seed`` repeats a whole run.
"""

from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from sessions import commands as c
from sessions import events as e
from sessions import invariants
from sessions.detection import Kind
from sessions.engine import Decision, Engine
from sessions.errors import IllegalTransition, InvariantBroken, LedgerError, SessionsError
from sessions.fold import apply
from sessions.journaling import Mark
from sessions.metering import Meter
from sessions.outputs import OutputSetter
from sessions.ports import Trouble
from sessions.recovery import recover
from sessions.rules import Rules, SlotRules
from sessions.state import State
from sessions.tariff import GroupRules, Tariff
from sessions.units import NS, CardKey, MinorUnits, MonoNs, Now, Seconds, Seq, SessionId, SlotName, Unit, UtcMs, VisitId

SLOTS = tuple(
    SlotRules(SlotName(f"slot{n}"), "USB-C", lock, door)
    for n, (lock, door) in enumerate([(True, True), (True, False), (False, True), (False, False)], 1)
)
TARIFF = Tariff(groups={"member": GroupRules(Seconds(300), Seconds(900), Seconds(1200), 2)}, charge_when_full=False)
RULES = Rules(SLOTS, tariff=TARIFF)
NAMES = st.sampled_from([slot.name for slot in SLOTS])
CARDS = st.sampled_from([CardKey("ck_" + letter * 26) for letter in "abc"])
STAFF = c.Actor("staff:eve", staff=True)
DEVICES = st.sampled_from(
    [f"slot{n}.{part}" for n in (1, 2, 3, 4) for part in ("relay", "sensor", "lock", "door", "port")]
    + ["reader", "coin", "slot9.relay"]
)
SECONDS = st.sampled_from([-1, 0, 1, 59, 60, 300, 301, 10**9])
TROUBLES = st.one_of(st.none(), st.sampled_from([trouble.value for trouble in Trouble]))
WAITS_MS = st.one_of(
    st.integers(0, 300), st.sampled_from([1_000, 5_000, 45_000, 60_000, 120_000, 180_000, 1_800_000, 90_000_000])
)
OURS = (InvariantBroken, LedgerError, IllegalTransition)
"""Refusals that say that the kiosk contradicts itself: no command may ever lead to them."""


@dataclass
class Port:
    """A slot's outputs, remembered."""

    name: SlotName
    has_lock: bool
    has_door: bool
    power: bool = False
    unlocked: bool = False
    pulse_ns: int = 500_000_000

    def set_power(self, on: bool) -> None:
        self.power = on

    def set_unlocked(self, on: bool) -> None:
        self.unlocked = on

    def show(self, text: str) -> None:
        """Nobody looks."""

    def readings(self, after: MonoNs) -> tuple[()]:
        return ()

    def door_open(self) -> bool | None:
        return None


class AnyOrder(RuleBasedStateMachine):
    """One engine with a slow journal, killed now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.mono, self.utc, self.boots, self.named = 10**12, 1_800_000_000_000, 0, 0
        self.state, self.facts, self.durable = State(), list[e.Fact](), Seq(0)
        self.ends = [Seq(0)]
        self.marks: dict[SessionId, Mark] = {}
        self.doors: dict[SlotName, bool] = {slot.name: False for slot in SLOTS if slot.has_door}
        self.boot(None)

    def now(self) -> Now:
        return Now(UtcMs(self.utc), f"boot{self.boots}", MonoNs(self.mono))

    def boot(self, outage_s: int | None) -> None:
        self.ports = {slot.name: Port(slot.name, slot.has_lock, slot.has_door) for slot in SLOTS}
        self.outputs = OutputSetter(self.ports, RULES.timing.door_open_s, lambda name, on: None)
        self.usage = invariants.UsageWatch({mark.session: mark.used_ms for mark in self.marks.values()})
        self.engine = Engine(self.state, RULES)
        decision = recover(
            self.engine,
            self.now(),
            version="random",
            incarnation=self.state.incarnation or "i1",
            outage_s=outage_s,
            doors={slot.name: self.doors.get(slot.name) for slot in SLOTS},
            marks=self.marks,
        )
        self.outputs.forget_releases(self.state)
        self.took(decision)

    def took(self, decision: Decision) -> None:
        self.facts.extend(decision.facts)
        if decision.facts:
            self.ends.append(decision.facts[-1].seq)
        self.outputs.set(self.state, self.durable, MonoNs(self.mono))

    def do(self, command: c.Command, command_id: str | None = None) -> dict[str, Any] | None:
        """Decides; a refusal must be one that a person can be told, and must change nothing."""
        before = (self.state.seq, self.state.ledger.balances())
        try:
            decision = self.engine.decide(command, self.now(), command_id)
        except OURS:
            raise
        except SessionsError:
            assert (self.state.seq, self.state.ledger.balances()) == before
            return None
        self.took(decision)
        return decision.answer

    def a_visit(self, which: int) -> VisitId:
        """A live visit, or one that has ended."""
        known = [fact.body.visit for fact in self.facts if isinstance(fact.body, e.VisitStarted)]
        return known[-1 - which % len(known)] if known else VisitId("none")

    def a_session(self, which: int) -> SessionId:
        """A live session, or one that is over."""
        known = [fact.body.session for fact in self.facts if isinstance(fact.body, e.SessionStarted)]
        return known[-1 - which % len(known)] if known else SessionId("none")

    def an_actor(self, who: int) -> c.Actor:
        return STAFF if who == 0 else c.Actor("api") if who == 1 else c.Actor("owner", self.a_visit(who - 2))

    def a_name(self, what: str) -> str:
        self.named += 1
        return f"{what}:{self.named}"

    @rule(wait_ms=WAITS_MS)
    def time_passes(self, wait_ms: int) -> None:
        self.mono += wait_ms * 1_000_000
        self.utc += wait_ms
        self.outputs.set(self.state, self.durable, MonoNs(self.mono))

    @rule(step_ms=st.integers(-(10**11), 10**11))
    def the_wall_clock_steps(self, step_ms: int) -> None:
        self.utc += step_ms

    @rule(slot=st.one_of(st.none(), NAMES))
    def deadlines_are_looked_at(self, slot: SlotName | None) -> None:
        self.do(c.CheckDeadlines(slot))

    @rule(card=CARDS)
    def somebody_taps(self, card: CardKey) -> None:
        self.do(c.Tap(card, self.a_name("tap")))

    @rule(card=CARDS)
    def another_device_signs_in(self, card: CardKey) -> None:
        self.do(c.IssueAccessKey(card, f"digest {card}", STAFF))
        self.do(c.StartVisit(VisitId(self.a_name("phone")), f"digest {card}"))

    @rule(which=st.integers(0, 2))
    def somebody_signs_out(self, which: int) -> None:
        self.do(c.SignOut(self.a_visit(which)))

    @rule(slot=NAMES, which=st.integers(0, 2), release=st.booleans())
    def a_slot_is_claimed(self, slot: SlotName, which: int, release: bool) -> None:
        visit = self.a_visit(which)
        self.do(c.ReleaseClaim(slot, visit) if release else c.ClaimSlot(slot, visit))

    @rule(value=st.integers(-1, 1000), age_ms=st.integers(0, 120_000), card=st.one_of(st.none(), CARDS))
    def a_coin_falls(self, value: int, age_ms: int, card: CardKey | None) -> None:
        first = MonoNs(self.mono - age_ms * 1_000_000)
        self.do(c.CoinIn(self.a_name("coin"), MinorUnits(value), first, card))

    @rule(slot=NAMES, seconds=SECONDS, who=st.integers(0, 4), card=st.one_of(st.none(), CARDS))
    def a_start(self, slot: SlotName, seconds: int, who: int, card: CardKey | None) -> None:
        self.do(c.StartCharging(slot, seconds, self.an_actor(who), card))

    @rule(card=CARDS, slot=NAMES, seconds=st.sampled_from([60, 300, 600]))
    def a_phone_charges(self, card: CardKey, slot: SlotName, seconds: int) -> None:
        """The way that chance would seldom find."""
        self.do(c.AddCredit(card, Unit.SECONDS, 600, STAFF))
        started = self.do(c.StartCharging(slot, seconds, STAFF, card))
        if started is not None:
            self.do(c.Detected(started["session_id"], Kind.PLUGGED.value, MonoNs(self.mono)))

    @rule(which=st.integers(0, 3), seconds=SECONDS, who=st.integers(0, 4), what=st.sampled_from("xsedr"))
    def something_with_a_session(self, which: int, seconds: int, who: int, what: str) -> None:
        session, actor = self.a_session(which), self.an_actor(who)
        commands: dict[str, c.Command] = {
            "x": c.ExtendSession(session, seconds, actor),
            "s": c.StopSession(session, actor),
            "e": c.ExtendSession(session, 60, actor),
            "d": c.OpenDoor(session, actor, "asked to"),
            "r": c.RefundSession(session, seconds, actor, "broken cable"),
        }
        self.do(commands[what])

    @rule(which=st.integers(0, 3), kind=st.sampled_from(Kind), age_ms=st.integers(0, 400_000))
    def a_verdict(self, which: int, kind: Kind, age_ms: int) -> None:
        self.do(c.Detected(self.a_session(which), kind.value, MonoNs(self.mono - age_ms * 1_000_000)))

    @rule(age_ms=st.integers(0, 5_000))
    def a_draw_is_proven(self, age_ms: int) -> None:
        for session_id in self.state.sessions:
            meter = self.engine.meters[session_id]
            end = meter.used_up_at(self.state.sessions[session_id].granted * NS)
            if end is not None:
                meter.prove(MonoNs(min(end, self.mono - age_ms * 1_000_000)))

    @rule(slot=NAMES, is_open=st.booleans(), age_ms=st.integers(0, 2_000))
    def a_door_moves(self, slot: SlotName, is_open: bool, age_ms: int) -> None:
        if slot in self.doors:
            self.doors[slot] = is_open
            self.do(c.DoorObserved(slot, is_open, MonoNs(self.mono - age_ms * 1_000_000)))

    @rule(device=DEVICES, trouble=TROUBLES)
    def a_device_reports(self, device: str, trouble: str | None) -> None:
        self.do(c.DeviceTrouble(device, trouble, "it says"))

    @rule(slot=NAMES, on=st.booleans(), reason=st.sampled_from(["", "cable torn"]))
    def staff_switch_a_slot(self, slot: SlotName, on: bool, reason: str) -> None:
        self.do(c.EnableSlot(slot, STAFF, reason) if on else c.DisableSlot(slot, STAFF, reason))

    @rule(on=st.booleans(), selling=st.booleans())
    def the_whole_kiosk_changes(self, on: bool, selling: bool) -> None:
        self.do(c.SetSelling(on, "disk") if selling else c.SetDanger(on, "smoke"))

    @rule(card=CARDS, group=st.sampled_from(["", "member"]), blocked=st.booleans())
    def staff_describe_a_card(self, card: CardKey, group: str, blocked: bool) -> None:
        self.do(c.SaveCard(card, STAFF, group=group, blocked=blocked))

    @rule(card=CARDS, other=CARDS, amount=st.sampled_from([0, 1, 60, 10**8]), pay=st.booleans())
    def staff_move_money(self, card: CardKey, other: CardKey, amount: int, pay: bool) -> None:
        if pay:
            self.do(c.PayOut(card, Unit.SECONDS, amount, amount, STAFF, "moves away", amount > 1))
        else:
            self.do(c.ReplaceCard(card, other, STAFF, "lost"))

    @rule(counted=st.sampled_from([-1, 0, 100, 10**6]), behind=st.sampled_from([None, -1, 0, 100]), late=st.booleans())
    def the_box_is_emptied(self, counted: int, behind: int | None, late: bool) -> None:
        box = self.state.ledger.balance(Unit.MINOR, "cash:box")
        emptied = None if behind is None else UtcMs(self.utc - (60_000 if late else -1))
        self.do(c.CollectCash(counted, "Eve", STAFF, "weekly", emptied, None if behind is None else box - behind))

    @rule(card=CARDS, slot=NAMES)
    def a_key_is_stolen(self, card: CardKey, slot: SlotName) -> None:
        """A device claims, and its card gets another key."""
        visit = VisitId(self.a_name("phone"))
        self.do(c.IssueAccessKey(card, f"stolen {card}", STAFF))
        self.do(c.StartVisit(visit, f"stolen {card}"))
        self.do(c.ClaimSlot(slot, visit))
        self.do(c.IssueAccessKey(card, f"digest {card}", STAFF))
        assert visit not in self.state.visits

    @rule(slot=NAMES, card=CARDS, seconds=st.sampled_from([60, 300]), other=st.sampled_from([60, 300]))
    def the_same_request_comes_twice(self, slot: SlotName, card: CardKey, seconds: int, other: int) -> None:
        name = self.a_name("request")
        first = self.do(c.StartCharging(slot, seconds, STAFF, card), name)
        if first is not None:
            seq = self.state.seq
            assert self.do(c.StartCharging(slot, other, STAFF, card), name) == first
            assert self.state.seq == seq, "a repeated request decided something"

    @rule(behind=st.integers(0, 3))
    def the_journal_acknowledges(self, behind: int) -> None:
        self.durable = max(self.durable, self.ends[max(0, len(self.ends) - 1 - behind)])
        self.outputs.set(self.state, self.durable, MonoNs(self.mono))

    @rule()
    def marks_are_flushed(self) -> None:
        for session_id, session in self.state.sessions.items():
            if not session.settled:
                meter = self.engine.meters[session_id]
                self.marks[session_id] = Mark(session_id, session.slot, meter.proven_ms(), 0, self.now())

    @rule(
        outage_s=st.one_of(st.none(), st.integers(0, 4_000)),
        new_boot=st.booleans(),
        moved=st.booleans(),
        lost=st.integers(0, 3),
    )
    def the_power_fails(self, outage_s: int | None, new_boot: bool, moved: bool, lost: int) -> None:
        """What was acknowledged is kept, and of the rest as much as had reached the disk; decisions are never split."""
        kept = max(self.durable, self.ends[max(0, len(self.ends) - 1 - lost)])
        self.ends = [seq for seq in self.ends if seq <= kept]
        self.facts = [fact for fact in self.facts if fact.seq <= kept]
        self.state = State()
        for fact in self.facts:
            apply(self.state, fact)
        self.durable = self.state.seq
        self.marks = {name: mark for name, mark in self.marks.items() if name in self.state.sessions}
        if new_boot:
            self.boots, self.mono = self.boots + 1, 20 * NS
        else:
            self.mono += (outage_s or 0) * NS
        if moved:
            self.doors = {name: not is_open for name, is_open in self.doors.items()}
        self.boot(outage_s)

    @invariant()
    def everything_holds(self) -> None:
        invariants.check_books(self.state)
        invariants.check_one_each(self.state)
        invariants.check_power(self.state, {name: port.power for name, port in self.ports.items()}, self.durable)
        invariants.check_transfers_once(self.facts)
        invariants.check_fold(self.state, self.facts)
        for session_id, session in self.state.sessions.items():
            meter = self.engine.meters.get(session_id, Meter())
            self.usage.check(session_id, meter.proven_ms(), session.granted)


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(
    max_examples=60, stateful_step_count=50, deadline=None, print_blob=True, suppress_health_check=list(HealthCheck)
)
