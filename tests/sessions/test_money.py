"""Money after DESIGN 6, told to the real engine: rates, groups, free minutes, caps, refunds, pay-outs, lost cards,
counters."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kiosk.simulation.kiosk import SimKiosk
from sessions import commands as c
from sessions.amounts import span
from sessions.errors import BadRequest, LimitReached, NotAllowed, NotEnoughCredit, UnknownCard, UnknownSession
from sessions.ports import CoinPulseStarted, CoinSeen
from sessions.rules import Rules, SlotRules
from sessions.tariff import GroupRules, Rate, Tariff
from sessions.units import CardKey, MinorUnits, Seconds, SessionId, SlotName, Unit, UtcMs, VisitId
from tests.sessions.test_stories import ANNA, BEN, ONE, TWO, put_in, start

DAY_MS = 86_400_000
STAFF = c.Actor("staff:eve", staff=True)
GROUPS = {
    "student": GroupRules(free_s_per_day=Seconds(600)),
    "guest": GroupRules(longest_s=Seconds(900), per_day_s=Seconds(1200), max_sessions=1),
}


@pytest.fixture
def kiosk() -> SimKiosk:
    slots = tuple(SlotRules(SlotName(f"slot{n}"), "USB-C", True, True) for n in range(1, 5))
    rates = (Rate(MinorUnits(100), Seconds(90), "student"),)
    return SimKiosk(Rules(slots, tariff=Tariff(rates=rates, groups=GROUPS, most_on_card_s=Seconds(5000))), seed=3)


def member(kiosk: SimKiosk, uid: str, group: str) -> VisitId:
    kiosk.conductor.execute(c.SaveCard(kiosk.key(uid), STAFF, name="A member", group=group))
    visit = kiosk.tap(uid)
    assert visit is not None
    return visit


def balance(kiosk: SimKiosk, uid: str) -> int:
    return kiosk.engine.state.ledger.card_balance(kiosk.key(uid))


def a_session_that_sold(kiosk: SimKiosk, uid: str, seconds: int) -> SessionId:
    visit = kiosk.tap(uid) or VisitId("")
    session = start(kiosk, visit, ONE, seconds)
    put_in(kiosk, 1)
    kiosk.run(seconds + 5)
    return session


def test_a_coin_is_worth_what_the_group_pays(kiosk: SimKiosk) -> None:
    member(kiosk, ANNA, "student")
    kiosk.coin(500)
    kiosk.tap(BEN)
    kiosk.coin(500)
    assert (balance(kiosk, ANNA), balance(kiosk, BEN)) == (450, 300)


def test_free_minutes_are_used_first_come_back_unused_and_begin_anew_each_day(kiosk: SimKiosk) -> None:
    visit = member(kiosk, ANNA, "student")
    kiosk.coin(500)
    session = start(kiosk, visit, ONE, 700)
    assert balance(kiosk, ANNA) == 350
    put_in(kiosk, 1)
    kiosk.run(60)
    used = kiosk.conductor.execute(c.StopSession(session, STAFF)).data["used_s"]
    assert balance(kiosk, ANNA) == 450, "what was paid comes back first"
    kiosk.check_history()
    with pytest.raises(NotEnoughCredit, match=f"has {span(600 - used + 450)} left"):
        kiosk.conductor.execute(c.StartCharging(TWO, 2000, c.Actor("owner", kiosk.tap(ANNA))))
    kiosk.owner.utc_ms += DAY_MS
    visit = kiosk.tap(ANNA) or VisitId("")
    start(kiosk, visit, TWO, 1050)
    assert balance(kiosk, ANNA) == 0


def test_a_session_over_midnight_gives_the_new_day_no_more_back_than_it_took_of_it(kiosk: SimKiosk) -> None:
    visit = member(kiosk, ANNA, "student")
    kiosk.coin(100)
    session = start(kiosk, visit, ONE, 600)
    kiosk.owner.utc_ms += DAY_MS
    start(kiosk, visit, TWO, 500)
    kiosk.conductor.execute(c.ExtendSession(session, 1, c.Actor("owner", visit)))
    assert kiosk.conductor.execute(c.StopSession(session, STAFF)).data["returned_s"] == 601
    with pytest.raises(NotEnoughCredit, match=f"has {span(600 - 500 + 90)} left"):
        kiosk.conductor.execute(c.StartCharging(ONE, 191, c.Actor("owner", visit)))
    kiosk.check_history()


def test_a_clock_that_goes_back_gives_no_second_day(kiosk: SimKiosk) -> None:
    visit = member(kiosk, ANNA, "student")
    start(kiosk, visit, ONE, 600)
    kiosk.owner.utc_ms -= 365 * DAY_MS
    with pytest.raises(NotEnoughCredit, match="has 0 s left"):
        start(kiosk, visit, TWO, 1)


@pytest.mark.parametrize(("seconds", "says"), [(901, "at most 15 min"), (900, None)])
def test_a_groups_longest_session(kiosk: SimKiosk, seconds: int, says: str | None) -> None:
    visit = member(kiosk, ANNA, "guest")
    kiosk.coin(2000)
    if says is None:
        assert start(kiosk, visit, ONE, seconds)
    else:
        with pytest.raises(LimitReached, match=says):
            start(kiosk, visit, ONE, seconds)


def test_a_groups_day_and_its_number_of_sessions(kiosk: SimKiosk) -> None:
    visit = member(kiosk, ANNA, "guest")
    kiosk.coin(5000)
    session = start(kiosk, visit, ONE, 900)
    with pytest.raises(LimitReached, match="1 is its limit"):
        start(kiosk, visit, TWO, 100)
    with pytest.raises(LimitReached, match="at most 15 min"):
        kiosk.conductor.execute(c.ExtendSession(session, 1, c.Actor("owner", visit)))
    put_in(kiosk, 1)
    kiosk.run(300)
    used = kiosk.conductor.execute(c.StopSession(session, STAFF)).data["used_s"]
    visit = kiosk.tap(ANNA) or VisitId("")
    with pytest.raises(LimitReached, match=f"{span(1200 - used)} left for today"):
        start(kiosk, visit, TWO, 1200 - used + 1 if used > 300 else 900 + 1)
    kiosk.owner.utc_ms += DAY_MS
    assert start(kiosk, visit, TWO, 900)


def test_staff_cannot_overfill_a_card_but_a_coin_always_counts(kiosk: SimKiosk) -> None:
    kiosk.conductor.execute(c.AddCredit(kiosk.key(ANNA), Unit.SECONDS, 4990, STAFF))
    with pytest.raises(LimitReached, match="at most 1 h 23 min 20 s"):
        kiosk.conductor.execute(c.AddCredit(kiosk.key(ANNA), Unit.SECONDS, 11, STAFF))
    kiosk.tap(ANNA)
    kiosk.coin(500)
    assert balance(kiosk, ANNA) == 5290


def test_a_refund_gives_sold_time_back_once(kiosk: SimKiosk) -> None:
    kiosk.conductor.execute(c.AddCredit(kiosk.key(ANNA), Unit.SECONDS, 300, STAFF))
    session = a_session_that_sold(kiosk, ANNA, 300)
    assert balance(kiosk, ANNA) == 0
    refund = c.RefundSession(session, 200, STAFF, "the cable was broken")
    assert kiosk.conductor.execute(refund, "r1").data["left_s"] == 100
    assert kiosk.conductor.execute(refund, "r1").data["left_s"] == 100
    assert balance(kiosk, ANNA) == 200
    with pytest.raises(NotEnoughCredit, match="1 min 40 s of it"):
        kiosk.conductor.execute(c.RefundSession(session, 101, STAFF, "again"))
    kiosk.check_history()


@pytest.mark.parametrize(
    ("refund", "error", "says"),
    [
        (lambda s: c.RefundSession(s, 10, c.Actor("owner"), "mine"), NotAllowed, "Only staff"),
        (lambda s: c.RefundSession(s, 10, STAFF, " "), BadRequest, "Say why"),
        (lambda s: c.RefundSession(s, 0, STAFF, "why"), BadRequest, "above zero"),
        (lambda s: c.RefundSession(SessionId("none"), 10, STAFF, "why"), UnknownSession, "'none'"),
    ],
)
def test_refunds_that_cannot_be(kiosk: SimKiosk, refund: object, error: type[Exception], says: str) -> None:
    kiosk.conductor.execute(c.AddCredit(kiosk.key(ANNA), Unit.SECONDS, 100, STAFF))
    session = a_session_that_sold(kiosk, ANNA, 100)
    with pytest.raises(error, match=says):
        kiosk.conductor.execute(refund(session))  # type: ignore[operator]


def test_a_running_session_is_not_refunded(kiosk: SimKiosk) -> None:
    kiosk.conductor.execute(c.AddCredit(kiosk.key(ANNA), Unit.SECONDS, 100, STAFF))
    session = start(kiosk, kiosk.tap(ANNA) or VisitId(""), ONE, 100)
    with pytest.raises(BadRequest, match="still runs"):
        kiosk.conductor.execute(c.RefundSession(session, 10, STAFF, "why"))


def test_a_pay_out_needs_credit_and_cash(kiosk: SimKiosk) -> None:
    kiosk.tap(ANNA)
    kiosk.coin(500)
    card = kiosk.key(ANNA)
    for amount, minor, says in ((301, 500, "has 5 min; 5 min 1 s"), (300, 501, "₱5 in the cash box")):
        with pytest.raises(NotEnoughCredit, match=says):
            kiosk.conductor.execute(c.PayOut(card, Unit.SECONDS, amount, minor, STAFF, "leaving"))
    kiosk.conductor.execute(c.PayOut(card, Unit.SECONDS, 300, 500, STAFF, "leaving"))
    ledger = kiosk.engine.state.ledger
    assert (ledger.card_balance(card), ledger.balance(Unit.SECONDS, "refunded")) == (0, 300)
    assert ledger.balance(Unit.MINOR, "cash:box") == 0
    with pytest.raises(UnknownCard):
        kiosk.conductor.execute(c.PayOut(CardKey("ck_none"), Unit.SECONDS, 1, 0, STAFF, "why"))
    kiosk.check_history()


def test_a_lost_card_is_replaced_with_all_it_had_and_its_phone_opens_for_the_new_one(kiosk: SimKiosk) -> None:
    visit = member(kiosk, ANNA, "student")
    kiosk.coin(1000)
    session = start(kiosk, visit, ONE, 800)
    put_in(kiosk, 1)
    kiosk.conductor.execute(c.ReplaceCard(kiosk.key(ANNA), kiosk.key(BEN), STAFF, "lost"))
    assert (balance(kiosk, ANNA), balance(kiosk, BEN)) == (0, 700)
    assert kiosk.engine.state.cards[kiosk.key(BEN)].group == "student"
    ben, anna = kiosk.tap(BEN) or VisitId(""), None
    kiosk.conductor.execute(c.OpenDoor(session, c.Actor("owner", ben)))
    stopped = kiosk.conductor.execute(c.StopSession(session, c.Actor("owner", ben))).data
    assert balance(kiosk, BEN) == 900 - max(0, stopped["used_s"] - 600)
    anna = kiosk.tap(ANNA) or VisitId("")
    with pytest.raises(NotAllowed, match="blocked"):
        start(kiosk, anna, TWO, 1)
    for command, error in (
        (c.ReplaceCard(kiosk.key(BEN), kiosk.key(BEN), STAFF, "lost"), BadRequest),
        (c.ReplaceCard(kiosk.key(BEN), kiosk.key(ANNA), STAFF, "lost"), NotAllowed),
        (c.ReplaceCard(CardKey("ck_none"), kiosk.key(BEN), STAFF, "lost"), UnknownCard),
    ):
        with pytest.raises(error):
            kiosk.conductor.execute(command)
    kiosk.check()
    kiosk.check_history()


def test_a_coin_that_is_counted_while_its_card_is_replaced_is_the_new_cards(kiosk: SimKiosk) -> None:
    kiosk.tap(ANNA)
    kiosk.conductor.observe(CoinPulseStarted("coin:x:1", kiosk.conductor.now().mono))
    kiosk.conductor.execute(c.ReplaceCard(kiosk.key(ANNA), kiosk.key(BEN), STAFF, "lost"))
    now = kiosk.conductor.now().mono
    kiosk.conductor.observe(CoinSeen(MinorUnits(500), "coin:x:1", now, now))
    assert (balance(kiosk, ANNA), balance(kiosk, BEN)) == (0, 300)
    kiosk.check_history()


def test_no_day_begins_again_with_a_new_card(kiosk: SimKiosk) -> None:
    for uid, seconds in ((BEN, 300), (ANNA, 200)):
        start(kiosk, member(kiosk, uid, "student"), ONE if uid == BEN else TWO, seconds)
    kiosk.conductor.execute(c.ReplaceCard(kiosk.key(ANNA), kiosk.key(BEN), STAFF, "lost"))
    with pytest.raises(NotEnoughCredit, match="has 1 min 40 s left"):
        start(kiosk, kiosk.tap(BEN) or VisitId(""), SlotName("slot3"), 101)
    kiosk.check_history()


def test_a_card_of_yesterday_brings_its_successor_no_new_day(kiosk: SimKiosk) -> None:
    start(kiosk, member(kiosk, ANNA, "student"), ONE, 200)
    kiosk.owner.utc_ms += DAY_MS
    start(kiosk, member(kiosk, BEN, "student"), TWO, 600)
    kiosk.conductor.execute(c.ReplaceCard(kiosk.key(ANNA), kiosk.key(BEN), STAFF, "lost"))
    with pytest.raises(NotEnoughCredit, match="has 0 s left"):
        start(kiosk, kiosk.tap(BEN) or VisitId(""), SlotName("slot3"), 1)


@pytest.mark.parametrize("said", [{"blocked": True}, {"expires_utc": UtcMs(1)}], ids=["blocked", "expired"])
def test_a_card_that_is_not_valid_any_more_adds_no_time(kiosk: SimKiosk, said: dict[str, Any]) -> None:
    visit = member(kiosk, ANNA, "student")
    kiosk.coin(1000)
    session = start(kiosk, visit, ONE, 60)
    kiosk.conductor.execute(c.SaveCard(kiosk.key(ANNA), STAFF, **said))
    for actor in (c.Actor("owner", visit), STAFF):
        with pytest.raises(NotAllowed, match=r"blocked|expired"):
            kiosk.conductor.execute(c.ExtendSession(session, 60, actor))
    assert kiosk.conductor.execute(c.StopSession(session, c.Actor("owner", visit))).data["returned_s"] == 60


def test_the_counters_of_a_card_never_fall_and_differ_by_its_balance(kiosk: SimKiosk) -> None:
    kiosk.conductor.execute(c.AddCredit(kiosk.key(ANNA), Unit.SECONDS, 300, STAFF))
    ledger, card = kiosk.engine.state.ledger, kiosk.key(ANNA)
    seen = [ledger.counters(card)]
    session = a_session_that_sold(kiosk, ANNA, 200)
    seen.append(ledger.counters(card))
    kiosk.conductor.execute(c.RefundSession(session, 50, STAFF, "why"))
    seen.append(ledger.counters(card))
    assert seen == [(300, 0), (300, 200), (350, 200)]
    assert seen[-1][0] - seen[-1][1] == ledger.card_balance(card)


def test_a_day_begins_at_local_midnight() -> None:
    tariff = Tariff(zone=ZoneInfo("Asia/Manila"))
    midnight = UtcMs(1_780_243_200_000)
    assert tariff.day(midnight) == tariff.day(UtcMs(midnight - 1)) + 1
