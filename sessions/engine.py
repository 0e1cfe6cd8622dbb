"""From a command to a decision: facts, the rows they change, and an answer. Routes only; the rules are in the modules
it routes to.

A decision is complete in memory when `Engine.decide` returns, and every later decision builds on it; it is worth
something to a customer only when the journal has made its facts durable. Refusals (any `SessionsError`) change
nothing.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple

from sessions import (
    access,
    cards,
    cash,
    charging,
    claims,
    coins,
    faults,
    modes,
    money,
    overdue,
    safety,
    technician,
    testing,
    verdicts,
    visits,
    water,
)
from sessions import commands as c
from sessions import events as e
from sessions.draft import Draft
from sessions.entities import Row
from sessions.errors import InvariantBroken, SessionsError
from sessions.metering import Meter
from sessions.ports import Json
from sessions.rules import Rules
from sessions.state import State
from sessions.units import MonoNs, Now, SessionId, SlotName, Unit, VisitId

REMEMBERED = 4096
"""How many answers and source identities are kept at hand; older ones are asked of the store before a command comes
here."""


class Decision(NamedTuple):
    """What was decided. ``facts`` is empty when nothing changed."""

    facts: tuple[e.Fact, ...]
    rows: tuple[Row, ...]
    answer: Json


_Rule = Callable[[Draft, Any], Json]

ROUTES: dict[type[Any], _Rule] = {
    c.Tap: visits.tap,
    c.SignOut: visits.sign_out,
    c.RememberReading: cards.remember_reading,
    c.IssueAccessKey: access.issue_access_key,
    c.StartVisit: access.start_visit,
    c.Heartbeat: access.heartbeat,
    c.AskVisit: access.ask_visit,
    c.EndVisit: access.end_this_visit,
    c.EndSilentVisits: access.end_silent_visits,
    c.ChooseService: coins.choose_service,
    c.ClaimSlot: claims.claim_slot,
    c.ReleaseClaim: claims.release_claim,
    c.StartCharging: charging.start,
    c.StopSession: charging.stop,
    c.ExtendSession: charging.extend,
    c.OpenDoor: charging.open_door,
    c.DoorObserved: charging.door_observed,
    c.Detected: verdicts.detected,
    c.AddCredit: cards.add_credit,
    c.SaveCard: cards.save_card,
    c.RefundSession: money.refund_session,
    c.PayOut: cash.pay_out,
    c.CollectCash: cash.collect,
    c.ReplaceCard: money.replace_card,
    c.CoinIn: coins.coin_in,
    c.DeviceTrouble: faults.device_trouble,
    c.DisableSlot: faults.disable_slot,
    c.EnableSlot: faults.enable_slot,
    c.BeginSlotTest: testing.begin,
    c.EndSlotTest: testing.end,
    c.SetPin: technician.set_pin,
    c.ForgivePinTries: technician.forgive,
    c.TryPin: technician.try_pin,
    c.EnterByPin: technician.enter_by_pin,
    c.LeaveTechnician: technician.leave,
    c.ActByHand: technician.act_by_hand,
    c.SetDanger: safety.set_danger,
    c.AcknowledgeDanger: safety.acknowledge,
    c.SetSelling: modes.set_selling,
    c.SetMaintenance: modes.set_maintenance,
    c.FollowHours: modes.follow_hours,
    c.StartWater: water.start,
    c.CupMoved: water.cup_moved,
    c.WaterPoured: water.poured,
    c.WaterDrained: water.drained,
    c.RecordCleaning: water.record_cleaning,
    c.CheckDeadlines: overdue.check_deadlines,
}
"""Every command and the rule that decides it."""

UNRECORDED = (c.Heartbeat, c.AskVisit, c.ChooseService)
"""What changes nothing that lasts: asked again it is answered anew, and no fact says that it was."""


class Engine:
    """Owns the live state of one kiosk. Used from one thread only; it blocks on nothing."""

    def __init__(self, state: State, rules: Rules) -> None:
        self.state = state
        self.rules = rules
        self.meters: dict[SessionId, Meter] = {}
        self.activity: dict[VisitId, MonoNs] = {}
        self.choices: dict[VisitId, Unit] = {}
        self._answers: OrderedDict[tuple[str, str], Json] = OrderedDict()

    def decide(self, command: c.Command, now: Now, command_id: str | None = None) -> Decision:
        """Decides a command.

        The same ``command_id``, or the same source identity of a tap or coin, gives the first answer again and changes
        nothing. Raises `SessionsError` for what is refused.
        """
        if isinstance(command, UNRECORDED):
            command_id = None
        source, source_id = _identity(command, command_id)
        identities = [(name, id_) for name, id_ in ((source, source_id), ("command", command_id)) if id_ is not None]
        earlier = next((self._answers[known] for known in identities if known in self._answers), None)
        if earlier is not None:
            return Decision((), (), earlier)
        draft = self.draft(now, source, source_id)
        try:
            answer = ROUTES[type(command)](draft, command)
            if draft.facts:
                self.follow_up(draft)
        except SessionsError as refusal:
            if draft.facts:
                raise InvariantBroken(f"{type(command).__name__} was refused half way: {refusal}") from refusal
            raise
        if command_id is not None:
            draft.add(e.CommandAnswered(command_id, answer))
        self._remember(identities, answer)
        return Decision(tuple(draft.facts), tuple(draft.rows), answer)

    def draft(self, now: Now, source: str = "kiosk", source_id: str | None = None) -> Draft:
        """An empty decision upon the present state."""
        return Draft(self.state, self.rules, now, self.meters, self.activity, self.choices, source, source_id)

    def touch(self, visit: VisitId, now: Now) -> None:
        """Notes a sign of life of a visit."""
        if visit in self.state.visits or visit in self.state.technicians:
            self.activity[visit] = now.mono

    def follow_up(self, draft: Draft) -> None:
        """Lets slots and mode follow what the facts so far demand, until nothing more follows."""
        modes.follow_causes(draft)
        seen = 0
        while seen < len(draft.facts):
            new, seen = draft.facts[seen:], len(draft.facts)
            for name in self._touched(new):
                faults.reconcile(draft, name)
            water.reconcile(draft)

    def _touched(self, facts: list[e.Fact]) -> list[SlotName]:
        names: dict[SlotName, None] = {}
        for fact in facts:
            if isinstance(fact.body, e.ModeChanged):
                return [slot.name for slot in self.rules.slots]
            name = getattr(fact.body, "slot", None)
            if name is not None and self.rules.has_slot(name):
                names[name] = None
        return [*names]

    def _remember(self, identities: list[tuple[str, str]], answer: Json) -> None:
        for identity in identities:
            self._answers[identity] = answer
        while len(self._answers) > REMEMBERED:
            self._answers.popitem(last=False)


def _identity(command: c.Command, command_id: str | None) -> tuple[str, str | None]:
    if isinstance(command, c.Tap):
        return "reader", command.tap_id
    if isinstance(command, c.CoinIn):
        return "coin", command.coin
    return ("command", command_id) if command_id is not None else ("kiosk", None)
