"""What money and membership buy.

Three questions are answered here, all from plain figures and an instant:

* What is a coin worth? The rate table: of the rates that are valid at that instant and meant for that card's group,
  the one that is most about it (its group before everybody's, the one that began last before older ones) converts
  minor units into seconds, or into millilitres for whoever came for water.
* How much is free? A group may have free minutes every local day. They are used before the card's own time, are never
  put on the card, and what a session does not use of them is there again until the day is over.
* How much is too much? A group may have a longest session and a most per day, whoever pays.

Days are local calendar days of ``zone``. A clock that steps backwards does not begin a day again: use is counted for
the latest day that was ever seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from sessions.units import Millilitres, MinorUnits, Seconds, Unit, UtcMs


@dataclass(frozen=True, slots=True)
class Rate:
    """``seconds`` of charging or ``ml`` of water for every ``minor`` minor units, while valid, for cards of ``group``
    (all if empty). A rate without ``ml`` says nothing of water."""

    minor: MinorUnits
    seconds: Seconds
    group: str = ""
    ml: Millilitres | None = None
    valid_from: UtcMs | None = None
    valid_until: UtcMs | None = None
    """The first instant at which it is not valid any more."""

    def applies(self, group: str, utc: UtcMs) -> bool:
        """Whether this rate is meant for the group at that instant."""
        return (
            self.group in ("", group)
            and (self.valid_from is None or self.valid_from <= utc)
            and (self.valid_until is None or utc < self.valid_until)
        )


@dataclass(frozen=True, slots=True)
class Allowance:
    """Of one unit: how much is free a day, the most for a session and in a day. None is no limit."""

    free_per_day: int = 0
    longest: int | None = None
    per_day: int | None = None


@dataclass(frozen=True, slots=True)
class GroupRules:
    """What the cards of a group may: free seconds a day, the longest session, the most in a day; the same of water in
    millilitres. None is no limit."""

    free_s_per_day: Seconds = Seconds(0)
    longest_s: Seconds | None = None
    per_day_s: Seconds | None = None
    max_sessions: int | None = None
    water: Allowance = field(default_factory=Allowance)

    def allowance(self, unit: Unit) -> Allowance:
        """What it may have of one unit."""
        if unit is Unit.MILLILITRES:
            return self.water
        return Allowance(self.free_s_per_day, self.longest_s, self.per_day_s)


@dataclass(frozen=True, slots=True)
class Tariff:
    """The site's prices. ``coin_seconds`` of charging, or ``coin_ml`` of water, for every ``coin_minor`` minor units
    where no rate says otherwise (1 peso = 100 -> 60 s or 100 ml)."""

    coin_minor: MinorUnits = MinorUnits(100)
    coin_seconds: Seconds = Seconds(60)
    coin_ml: Millilitres = Millilitres(100)
    charge_when_full: bool = True
    max_sessions: int = 4
    rates: tuple[Rate, ...] = ()
    groups: Mapping[str, GroupRules] = field(default_factory=dict)
    most_on_card_s: Seconds | None = None
    """Staff cannot bring a card above this; a coin always counts, since it cannot be given back."""
    zone: tzinfo = UTC
    currency: str = "PHP"
    """ISO 4217: how amounts are written."""

    def seconds_for(self, value: MinorUnits, group: str = "", utc: UtcMs = UtcMs(0)) -> Seconds:
        """The time that a coin buys, rounded down to whole seconds."""
        rate = self.rate_for(group, utc)
        return Seconds(value * rate.seconds // rate.minor)

    def worth(self, value: MinorUnits, unit: Unit, group: str = "", utc: UtcMs = UtcMs(0)) -> int:
        """What a coin buys of a unit, rounded down."""
        if unit is not Unit.MILLILITRES:
            return self.seconds_for(value, group, utc)
        rate = self.rate_for(group, utc, water=True)
        return value * (rate.ml or 0) // rate.minor

    def rate_for(self, group: str, utc: UtcMs, *, water: bool = False) -> Rate:
        """The rate that holds for a group at an instant."""
        valid = [rate for rate in self.rates if rate.applies(group, utc) and (rate.ml is not None or not water)]
        if not valid:
            return Rate(self.coin_minor, self.coin_seconds, ml=self.coin_ml)
        return max(valid, key=lambda rate: (rate.group != "", rate.valid_from or 0))

    def group(self, name: str) -> GroupRules:
        """The rules of a group; one that the operator has not described has no limits and nothing free."""
        return self.groups.get(name) or GroupRules()

    def day(self, utc: UtcMs) -> int:
        """The local calendar day, as a number that rises by one a day."""
        return datetime.fromtimestamp(utc / 1000, self.zone).date().toordinal()
