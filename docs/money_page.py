"""Writes `docs/money.md`: the accounts as the code knows them, and one day's money as the real engine moves it.

``.venv/bin/python -m docs.generate`` makes it with the other pages; a test holds the committed page against what this
gives.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from kiosk.simulation.kiosk import SimKiosk
from sessions import commands as c
from sessions import ledger
from sessions.amounts import amount
from sessions.events import Fact, Transfer
from sessions.rules import Rules, SlotRules
from sessions.tariff import GroupRules, Tariff
from sessions.units import CardKey, Seconds, SessionId, SlotName, Unit

PAGE = Path(__file__).with_name("money.md")
ANA, BEN, SPARE = "em4100:0000000A", "em4100:0000000B", "em4100:0000000C"
STAFF = c.Actor("staff:eve", staff=True)
ONE = SlotName("slot1")

_HEAD = """# Money

Made by running the engine (`docs/generate.py`); change the code, not this page.

Everything of value is an integer (seconds, millilitres, minor currency units) and is in exactly one account. A transfer
debits one account and credits another of the same unit, so the accounts of a unit always sum to zero. No card and no
hold is ever below zero. A transfer's id applies once, for ever.
"""

_RULES = """
## What follows from that

* **Nothing is worth anything before it is durable.** A credit is not shown, a relay not switched on, a door not opened
  before the journal has acknowledged the fact behind it.
* **A session is billed up to the last proven draw**, rounded down to whole seconds; the rest of its hold goes back when
  its power goes off for good, once. Free seconds are used first.
* **The outage and the time since the last mark are the operator's loss**: after a restart a session goes on from its
  mark.
* **A coin belongs to whoever was signed in at its first pulse**; with nobody there it waits 60 s for the next card and
  is then booked as unclaimed.
* **Corrections are transfers too**, with a name and a reason: refunds, pay-outs, lost cards.
* **Every coin is in the box until somebody counts it.** `kiosk ledger collect` books what was counted as collected, and
  what it differs by from the books on an account of its own, so the box begins anew each time. Coins that fall while
  somebody counts belong to the next counting if `--emptied-at` says when the box was taken out. `kiosk ledger
  collections` lists every counting.
* **Blocking a card ends its claim, not its session**: that time is paid. Staff may stop it.
* `kiosk ledger verify` adds up every transfer of the store without asking the rules; `kiosk store verify` folds every
  fact anew and compares.
"""


def page() -> str:
    """The whole page."""
    kiosk = _kiosk()
    steps = _day(kiosk)
    parts = [
        _HEAD,
        "## Accounts\n",
        f"```text\n{_drawing()}\n```\n",
        "## One day\n",
        _table(kiosk, steps),
        _books(kiosk),
        _RULES,
    ]
    return "\n".join(part.strip("\n") + "\n" for part in parts)


def _drawing() -> str:
    """The picture of the accounts in the ledger's own docstring."""
    text = (ledger.__doc__ or "").split("::\n", 1)[1]
    lines = [line[4:] for line in text.split("\n") if not line or line.startswith("    ")]
    return "\n".join(lines).strip("\n")


def _kiosk() -> SimKiosk:
    slots = (SlotRules(ONE, "USB-C", has_lock=True, has_door=True),)
    return SimKiosk(Rules(slots, tariff=Tariff(groups={"student": GroupRules(free_s_per_day=Seconds(120))})), seed=1)


def _day(kiosk: SimKiosk) -> list[tuple[str, int]]:
    """What happens, each with the number of the last fact before it."""
    steps: list[tuple[str, int]] = []

    def step(says: str, *acts: Callable[[], object]) -> None:
        steps.append((says, kiosk.engine.state.seq))
        for act in acts:
            act()
        kiosk.run(1)

    card = kiosk.key
    step("Ana taps her card and drops ₱5", lambda: kiosk.tap(ANA), lambda: kiosk.coin(500))
    step("She starts 5 minutes", lambda: _start(kiosk, 300))
    _put_in(kiosk)
    session = kiosk.session_on(ONE) or SessionId("")
    step("She stops after about a minute and a half", lambda: kiosk.run(90), lambda: _stop(kiosk, session))
    _fetch(kiosk, session)
    step("Somebody drops ₱1 and walks away; Ben taps half a minute later", lambda: _found_coin(kiosk))
    step(
        "Another ₱1 is left behind, and nobody comes",
        lambda: _leave(kiosk),
        lambda: kiosk.coin(100),
        lambda: kiosk.run(70),
    )
    step("Staff put Ben into the group of students (2 free minutes a day)", lambda: _join(kiosk))
    step("Ben starts 3 minutes: 2 free ones, 1 of his own", lambda: kiosk.tap(BEN), lambda: _start(kiosk, 180))
    step("He never plugs in; all of it goes back where it came from", lambda: kiosk.run(70))
    step(
        "Ana complains; staff give 30 s of her session back",
        lambda: _do(kiosk, c.RefundSession(session, 30, STAFF, "cable")),
    )
    step("Ana lost her card", lambda: _do(kiosk, c.ReplaceCard(card(ANA), card(SPARE), STAFF, "lost")))
    step(
        "She leaves for good and is paid out",
        lambda: _do(kiosk, c.PayOut(card(SPARE), Unit.SECONDS, 60, 100, STAFF, "leaves")),
    )
    step(
        "Eve empties the box and counts ₱5, where the books have ₱6",
        lambda: _do(kiosk, c.CollectCash(500, "Eve", STAFF, "every Friday")),
    )
    return steps


def _do(kiosk: SimKiosk, command: c.Command) -> None:
    kiosk.conductor.execute(command)


def _start(kiosk: SimKiosk, seconds: int) -> None:
    visit = kiosk.engine.state.visit_at("screen")
    assert visit is not None
    _do(kiosk, c.StartCharging(ONE, seconds, c.Actor("owner", visit.visit)))


def _put_in(kiosk: SimKiosk) -> None:
    slot = kiosk.slot(1)
    slot.open_door()
    slot.plug("typical", 30)
    slot.shut_door()
    kiosk.run(2)


def _stop(kiosk: SimKiosk, session: SessionId) -> None:
    _do(kiosk, c.StopSession(session, STAFF))


def _fetch(kiosk: SimKiosk, session: SessionId) -> None:
    _do(kiosk, c.OpenDoor(session, STAFF, "fetched"))
    kiosk.run(0.5)
    kiosk.slot(1).open_door()
    kiosk.slot(1).unplug()
    kiosk.slot(1).shut_door()
    _leave(kiosk)


def _leave(kiosk: SimKiosk) -> None:
    for visit in list(kiosk.engine.state.visits):
        _do(kiosk, c.SignOut(visit))


def _found_coin(kiosk: SimKiosk) -> None:
    kiosk.coin(100)
    kiosk.run(30)
    kiosk.tap(BEN)


def _join(kiosk: SimKiosk) -> None:
    _do(kiosk, c.SaveCard(kiosk.key(BEN), STAFF, group="student"))


def _table(kiosk: SimKiosk, steps: list[tuple[str, int]]) -> str:
    names = {kiosk.key(ANA): "Ana", kiosk.key(BEN): "Ben", kiosk.key(SPARE): "Ana's new card"}
    lines = ["| what happens | from | to | amount |", "|---|---|---|---|"]
    ends = [seq for _, seq in steps[1:]] + [kiosk.engine.state.seq]
    for (says, after), end in zip(steps, ends, strict=True):
        moved = [fact for fact in kiosk.journal.facts if after < fact.seq <= end]
        rows = [row for fact in moved for row in _rows(fact, names)]
        for number, row in enumerate(rows or ["— | — | nothing moves"]):
            lines.append(f"| {says if number == 0 else ''} | {row} |")
    return "\n".join([*lines, ""])


def _rows(fact: Fact, names: Mapping[CardKey, str]) -> list[str]:
    return [f"`{_named(t.debit, names)}` | `{_named(t.credit, names)}` | {_amount(t)}" for t in fact.transfers]


def _amount(transfer: Transfer) -> str:
    """To the second: these figures are added up below."""
    return f"{transfer.amount} s" if transfer.unit is Unit.SECONDS else amount(transfer.amount, transfer.unit, "PHP")


def _named(account: str, names: Mapping[CardKey, str]) -> str:
    for key, name in names.items():
        account = account.replace(key, name)
    return re.sub(r"^(hold|coin):.*", r"\1:…", account)


def _books(kiosk: SimKiosk) -> str:
    books = kiosk.engine.state.ledger
    issued = [ledger.ISSUED_COIN, ledger.ISSUED_STAFF, ledger.ISSUED_FREE]
    found = {
        "on cards": sum(a for (u, n), a in books.balances().items() if u is Unit.SECONDS and n.startswith("card:")),
        "sold": books.balance(Unit.SECONDS, ledger.SOLD),
        "refunded": books.balance(Unit.SECONDS, ledger.REFUNDED),
        "unclaimed": books.balance(Unit.SECONDS, ledger.UNCLAIMED),
    }
    total = -sum(books.balance(Unit.SECONDS, account) for account in issued)
    parts = " + ".join(f"{amount} {name}" for name, amount in found.items())
    return f"\nAt the end {total} s were issued, and {parts} = {sum(found.values())} s are found (invariant I1).\n"
