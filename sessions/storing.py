"""What is decided and not stored yet: who waits for it, and which credit must not be shown."""

from collections import deque
from collections.abc import Callable, Sequence

from sessions.events import Fact
from sessions.units import Seq


class Storing:
    """The way of facts from their decision to the disk, as the owner's thread knows it."""

    def __init__(self, durable: Seq) -> None:
        self.durable = durable
        """Up to which fact everything is stored for good."""
        self._waiting: deque[tuple[Seq, Callable[[], None]]] = deque()
        self._credit: deque[tuple[Seq, str, str, int]] = deque()

    def decided(self, facts: Sequence[Fact]) -> None:
        """Facts are on their way."""
        for fact in facts:
            for transfer in fact.transfers:
                if transfer.credit.startswith("card:"):
                    self._credit.append((fact.seq, transfer.credit, transfer.unit.value, transfer.amount))

    def acknowledged(self, seq: Seq) -> list[Callable[[], None]]:
        """Everything up to ``seq`` is durable; gives who has waited for that."""
        self.durable = seq
        while self._credit and self._credit[0][0] <= seq:
            self._credit.popleft()
        ready = [callback for wanted, callback in self._waiting if wanted <= seq]
        self._waiting = deque((wanted, callback) for wanted, callback in self._waiting if wanted > seq)
        return ready

    def when_durable(self, seq: Seq, callback: Callable[[], None]) -> None:
        """Calls back once ``seq`` is durable: at once if it is."""
        if seq <= self.durable:
            callback()
        else:
            self._waiting.append((seq, callback))

    def unsure_credit(self, account: str, unit: str) -> int:
        """What facts that are not durable yet have credited to an account."""
        return sum(amount for _, name, kind, amount in self._credit if name == account and kind == unit)
