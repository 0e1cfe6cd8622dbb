"""Judges simulated water, by what only a simulation knows: who had a cup there when what flowed."""

from collections.abc import Callable

from kiosk.simulation.spout import Spout
from sessions import events as e
from sessions import invariants
from sessions.errors import InvariantBroken
from sessions.state import State
from sessions.units import NS, Seq, SessionId
from sessions.water_states import WATER

PULSE_ML = 0.2
"""A stretch may begin with a pulse that is nearly full: one of 5,880 a litre."""
REACTION_NS = NS // 2
"""How long the pump may run on beside a cup that was taken away: two looks, a thread's turn, and the way to the pin."""


class WaterJudge:
    """Raises `InvariantBroken` when a pump runs that may not, or somebody pays for water they were not given."""

    def __init__(self, spout: Spout, state: Callable[[], State], durable: Callable[[], Seq]) -> None:
        self._spout = spout
        self._state, self._durable = state, durable
        self._given_ml: dict[SessionId, float] = {}

    def decided(self, fact: e.Fact) -> None:
        """Judges one fact."""
        body = fact.body
        if isinstance(body, e.SessionStarted) and body.service == WATER:
            self._given_ml[body.session] = self._spout.given_ml
        elif isinstance(body, e.SessionSettled) and body.slot == WATER:
            given = self._spout.given_ml - self._given_ml.pop(body.session, 0.0)
            if body.used > given + PULSE_ML:
                raise InvariantBroken(f"truth: {body.session} is billed {body.used} ml, {given:.1f} ml were given")

    def look(self) -> None:
        """Judges the pump as it is now."""
        if not self._spout.driven:
            return
        invariants.check_pump(self._state(), True, self._durable())
        without_ns = self._spout.without_cup_ns
        if without_ns > REACTION_NS:
            raise InvariantBroken(f"truth: the pump has run for {without_ns / NS:.2f} s without a cup")
