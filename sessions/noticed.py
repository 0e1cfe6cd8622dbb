"""What hardware noticed, as commands. The raw number of a card ends here."""

from collections.abc import Callable, Iterable

from sessions import commands as c
from sessions import ports
from sessions.events import SCREEN, CardReplaced, Fact
from sessions.ports import Observation, Trouble
from sessions.state import State
from sessions.units import CardKey


class Noticed:
    """Translates observations, and remembers who was signed in at a coin's first pulse."""

    def __init__(self, card_key: Callable[[str], CardKey]) -> None:
        self._card_key = card_key
        self._coin_owners: dict[str, CardKey | None] = {}

    def decided(self, facts: Iterable[Fact]) -> None:
        """A card that is replaced while its coin is counted leaves that to the new one, like all it had."""
        for body in (fact.body for fact in facts):
            if isinstance(body, CardReplaced):
                for train, owner in self._coin_owners.items():
                    if owner == body.old:
                        self._coin_owners[train] = body.new

    def command(self, seen: Observation, state: State) -> c.Command | None:
        """What there is to decide, or None."""
        if isinstance(seen, ports.CardSeen):
            return c.Tap(self._card_key(seen.uid), seen.tap_id)
        if isinstance(seen, ports.CoinPulseStarted):
            visit = state.visit_at(SCREEN)
            self._coin_owners[seen.train_id] = visit.card if visit else None
            return None
        if isinstance(seen, ports.CoinSeen):
            owner = self._coin_owners.pop(seen.train_id, None)
            return c.CoinIn(seen.train_id, seen.value, seen.first_pulse, owner)
        if isinstance(seen, ports.DoorSeen):
            return c.DoorObserved(seen.slot, seen.open, seen.mono)
        if isinstance(seen, ports.CupSeen | ports.ProfileReport):
            return None
        if isinstance(seen, ports.DangerSeen):
            return c.SetDanger(seen.on, seen.detail, seen.source)
        if _is_silence(seen, state):
            return None
        return c.DeviceTrouble(seen.device, seen.trouble.value if seen.trouble else None, seen.detail)


def _is_silence(seen: ports.DeviceReport, state: State) -> bool:
    """Whether a sensor falls silent or ends its silence: that is judged by `Sensing` and the detectors, as one
    unanswered question is but a gap. Its other troubles begin and end as its driver says."""
    if not seen.device.endswith(".sensor"):
        return False
    known = state.faults.get(seen.device)
    trouble = seen.trouble if seen.trouble is not None or known is None else known.trouble
    return trouble == Trouble.NO_ANSWER
