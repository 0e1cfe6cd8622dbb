"""Facts about money that no session moved: coins, the box they fall into, and credit that staff gave or paid out."""

from typing import ClassVar

from sessions.events.fact import Body
from sessions.units import CardKey, MinorUnits, MonoNs, Unit, UtcMs
from sessions.value import value


@value(frozen=True, slots=True)
class CoinAccepted(Body):
    """A coin train worth ``value`` was taken and is worth ``amount`` of ``unit``. ``card`` is None while nobody owns
    it."""

    kind: ClassVar[str] = "coin.accepted"
    coin: str
    value: MinorUnits
    unit: Unit
    amount: int
    first_pulse: MonoNs
    card: CardKey | None = None


@value(frozen=True, slots=True)
class CoinCredited(Body):
    """A held coin went to the card that was tapped in time."""

    kind: ClassVar[str] = "coin.credited"
    coin: str
    card: CardKey
    unit: Unit
    amount: int


@value(frozen=True, slots=True)
class CoinUnclaimed(Body):
    """Nobody tapped in time: the coin was booked as unclaimed."""

    kind: ClassVar[str] = "coin.unclaimed"
    coin: str
    unit: Unit
    amount: int


@value(frozen=True, slots=True)
class CreditAdded(Body):
    """Staff added credit to a card."""

    kind: ClassVar[str] = "credit.added"
    card: CardKey
    unit: Unit
    amount: int
    by: str
    reason: str = ""


@value(frozen=True, slots=True)
class CreditPaidOut(Body):
    """Staff took credit off a card and ``minor`` out of the cash box for it."""

    kind: ClassVar[str] = "credit.paid_out"
    card: CardKey
    unit: Unit
    amount: int
    minor: int
    by: str
    reason: str


@value(frozen=True, slots=True)
class CashCollected(Body):
    """``who`` emptied the coin box and counted ``counted`` where the books had ``expected``, both in minor units.
    ``emptied_utc`` is when, if coins may have come since."""

    kind: ClassVar[str] = "cash.collected"
    who: str
    counted: MinorUnits
    expected: MinorUnits
    by: str
    reason: str
    emptied_utc: UtcMs | None = None
