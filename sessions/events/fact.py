"""What every fact is made of: the row itself, its body, and the transfers it carries."""

from typing import ClassVar, NamedTuple

from sessions.units import Now, Seq, TransferId, Unit
from sessions.value import value


@value(frozen=True, slots=True)
class Transfer:
    """``amount`` of ``unit`` moves from account ``debit`` to account ``credit``. An id applies once."""

    id: TransferId
    unit: Unit
    debit: str
    credit: str
    amount: int


@value(frozen=True, slots=True)
class Body:
    """Base of all fact bodies."""

    kind: ClassVar[str] = ""


class Fact(NamedTuple):
    """One immutable row. ``source`` and ``source_id`` name the identity under which it came in: the same identity is
    one fact."""

    seq: Seq
    at: Now
    body: Body
    transfers: tuple[Transfer, ...] = ()
    source: str = "kiosk"
    source_id: str | None = None
