"""Reading the store beside the journal. Every question is answered as of one commit, and nothing here can write."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sessions.entities import Card, Claim, Fault, Session, TransferRow, Visit
from sessions.events import CommandAnswered, Fact, SessionCollected, SessionStarted
from sessions.journaling import Mark, Sample, SelfTest
from sessions.ledger import CASH_BOX, SOLD, card_account
from sessions.ports import Json
from sessions.store import outbox
from sessions.store.codec import (
    FACT_COLUMNS,
    MARK_COLUMNS,
    TABLES,
    TRANSFER_COLUMNS,
    E,
    fact_from_values,
    mark_from_values,
    row_from_values,
    transfer_from_values,
)
from sessions.store.readers import Readers
from sessions.units import (
    NS_PER_MS,
    CardKey,
    Milliamps,
    MinorUnits,
    MonoNs,
    Now,
    Seq,
    SessionId,
    SlotName,
    Unit,
    UtcMs,
    VisitId,
)

LONGEST_DECISION = 200
"""Among how many facts from its first one a command's answer is looked for. The longest decisions are some ten a slot.
"""
MOST_FACTS = 2**63 - 1
"""The highest number that SQLite gives."""


@dataclass(frozen=True, slots=True)
class Page:
    """Sessions, the newest first. ``next`` asks for those before them; None when there are none."""

    sessions: tuple[Session, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class CardAccount:
    """A card, what staff said of it and what it has. ``card`` is described by defaults while nobody has signed in with
    it."""

    card: Card
    balances: Mapping[Unit, int]


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over everything this store has seen. ``sold`` is by unit: what sessions used up."""

    facts: int
    sessions: int
    open_sessions: int
    cards: int
    energy_mWh: int
    sold: Mapping[Unit, int]


class Queries:
    """Answers questions from any thread. Every question raises `StoreError` (or what refines it) when the file cannot
    be read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._readers = Readers(path)
        self._ask = self._readers.ask

    def close(self) -> None:
        """Closes the connections; one in use closes when its question is answered."""
        self._readers.close()

    def facts(self, after: Seq = Seq(0), limit: int = 1000) -> tuple[Fact, ...]:
        """Facts after that one, in order."""
        query = f"SELECT {FACT_COLUMNS} FROM facts WHERE seq > ? ORDER BY seq LIMIT ?"
        return tuple(map(fact_from_values, self._ask(query, (after, limit))))

    def fact_by_source(self, source: str, source_id: str) -> Fact | None:
        """The fact that came in under an identity, or None: then it has not been decided."""
        query = f"SELECT {FACT_COLUMNS} FROM facts WHERE source = ? AND source_id = ?"
        return next(map(fact_from_values, self._ask(query, (source, source_id))), None)

    def answer_of(self, command_id: str) -> Json | None:
        """The answer a command got, or None when it was not decided here."""
        first = self.fact_by_source("command", command_id)
        if first is None:
            return None
        decision = self.facts(Seq(first.seq - 1), LONGEST_DECISION)
        answers = (fact.body for fact in decision if isinstance(fact.body, CommandAnswered))
        return next((body.answer for body in answers if body.command == command_id), None)

    def sessions(
        self,
        limit: int = 50,
        before: int | None = None,
        *,
        slot: SlotName | None = None,
        card: CardKey | None = None,
        state: str | None = None,
    ) -> Page:
        """Sessions, the newest first, those of a slot, card or state only where asked. ``before`` is an earlier page's
        ``next``."""
        asked = {"n < ?": before, "slot = ?": slot, "card = ?": card, "state = ?": state}
        terms = [term for term, value in asked.items() if value is not None]
        where = f"WHERE {' AND '.join(terms)}" if terms else ""
        query = f"SELECT n, {TABLES[Session].columns} FROM sessions {where} ORDER BY n DESC LIMIT ?"
        values = [value for value in asked.values() if value is not None]
        rows = self._ask(query, (*values, limit + 1))
        page = tuple(row_from_values(Session, row[1:]) for row in rows[:limit])
        return Page(page, rows[limit - 1][0] if len(rows) > limit else None)

    def session(self, session_id: SessionId) -> Session | None:
        """The session of that id, or None."""
        return self._one(Session, session_id)

    def session_facts(self, session_id: SessionId) -> tuple[Fact, ...]:
        """Everything that was said of a session, in order."""
        # The kinds stand in the text, or SQLite could not know that its index of them serves.
        kinds = f"('{SessionStarted.kind}', '{SessionCollected.kind}')"
        found = dict(self._ask(f"SELECT kind, seq FROM facts WHERE session = ? AND kind IN {kinds}", (session_id,)))
        if SessionStarted.kind not in found:
            return ()
        first, last = found[SessionStarted.kind], found.get(SessionCollected.kind, MOST_FACTS)
        # It may be refunded long after; the transfers of all refunds, which are few, are a range of the index over ids.
        refunds = "SELECT seq FROM transfers WHERE id BETWEEN 'refund:' AND 'refund;'"
        query = f"SELECT {FACT_COLUMNS} FROM facts WHERE (seq BETWEEN ? AND ? OR seq IN ({refunds})) "
        query += "AND +session = ? ORDER BY seq"
        return tuple(map(fact_from_values, self._ask(query, (first, last, session_id))))

    def transfers(
        self, account: str | None = None, limit: int = 100, before: Seq | None = None
    ) -> tuple[TransferRow, ...]:
        """Transfers, the newest first, those from or to an account only where asked, of facts before that one."""
        query = f"SELECT {TRANSFER_COLUMNS} FROM transfers WHERE {_of(account)} "
        query += "AND (:before IS NULL OR seq < :before) ORDER BY n DESC LIMIT :limit"
        asked = {"account": account, "before": before, "limit": limit}
        return tuple(map(transfer_from_values, self._ask(query, asked)))

    def transfers_after(
        self, n: int = 0, limit: int = 100, account: str | None = None
    ) -> tuple[tuple[int, TransferRow], ...]:
        """Transfers in the order of their booking, each with its number: those after that number, and those from or to
        an account only where asked."""
        query = f"SELECT n, {TRANSFER_COLUMNS} FROM transfers WHERE n > :n AND {_of(account)} ORDER BY n LIMIT :limit"
        rows = self._ask(query, {"n": n, "account": account, "limit": limit})
        return tuple((row[0], transfer_from_values(row[1:])) for row in rows)

    def visit(self, visit: VisitId) -> Visit | None:
        """The visit of that id, whether it lives or has ended, or None."""
        return self._one(Visit, visit)

    def coins(self) -> int:
        """How many coins were ever taken."""
        # Their cash transfers are a range of the index over ids, which is counted without reading a row.
        ((count,),) = self._ask(
            "SELECT count(*) FROM transfers WHERE id BETWEEN 'coin:' AND 'coin;' AND id GLOB '*:cash'"
        )
        return int(count)

    def cash(self) -> dict[str, int]:
        """What each account of cash has, in minor units."""
        query = "SELECT account, balance FROM accounts WHERE unit = ? AND account BETWEEN 'cash:' AND 'cash;'"
        return dict(self._ask(query, (Unit.MINOR.value,)))

    def box_at(self, utc: UtcMs) -> MinorUnits:
        """What the books had in the coin box at that moment."""
        query = "SELECT coalesce(sum(CASE credit WHEN :box THEN amount ELSE -amount END), 0) FROM transfers "
        query += "WHERE at_utc <= :utc AND :box IN (debit, credit)"
        ((minor,),) = self._ask(query, {"box": CASH_BOX, "utc": utc})
        return MinorUnits(minor)

    def collections(self, limit: int = 50, before: Seq | None = None) -> tuple[Fact, ...]:
        """The countings of the coin box, the newest first, those before that fact only where asked."""
        # Each moves something, and its transfers are a range of the index over ids.
        counted = "SELECT seq FROM transfers WHERE id BETWEEN 'collect:' AND 'collect;'"
        query = f"SELECT {FACT_COLUMNS} FROM facts WHERE seq IN ({counted}) AND (:before IS NULL OR seq < :before) "
        query += "ORDER BY seq DESC LIMIT :limit"
        return tuple(map(fact_from_values, self._ask(query, {"before": before, "limit": limit})))

    def card(self, card: CardKey) -> CardAccount | None:
        """What is known of a card, or None when it was never seen and has nothing."""
        known = self._one(Card, card)
        query = "SELECT unit, balance FROM accounts WHERE account = ?"
        balances = {Unit(unit): balance for unit, balance in self._ask(query, (card_account(card),))}
        return CardAccount(known or Card(card), balances) if known or balances else None

    def cards(self, after: str = "", limit: int = -1) -> tuple[CardAccount, ...]:
        """Cards, by key: those after that one, and at most so many (a negative limit: all)."""
        units = list(Unit)
        have = (f"(SELECT balance FROM accounts WHERE account = 'card:' || card AND unit = '{u.value}')" for u in units)
        query = f"SELECT {', '.join(have)}, {TABLES[Card].columns} FROM cards WHERE card > ? ORDER BY card LIMIT ?"
        return tuple(
            CardAccount(
                row_from_values(Card, row[len(units) :]),
                {unit: balance for unit, balance in zip(units, row[: len(units)], strict=True) if balance is not None},
            )
            for row in self._ask(query, (after, limit))
        )

    def balances(self) -> dict[tuple[Unit, str], int]:
        """All accounts that are not empty."""
        return {(Unit(u), account): b for u, account, b in self._ask("SELECT unit, account, balance FROM accounts")}

    def marks(self) -> dict[SessionId, Mark]:
        """How far the use of each live session is proven."""
        marks = map(mark_from_values, self._ask(f"SELECT {MARK_COLUMNS}, crc FROM marks"))
        return {mark.session: mark for mark in marks}

    def samples(self, session_id: SessionId) -> tuple[Sample, ...]:
        """What is kept of a session's current waveform, in order."""
        query = "SELECT session, slot, boot_id, start_mono, points FROM samples WHERE session = ? ORDER BY id"
        return tuple(
            Sample(session, slot, boot_id, MonoNs(start + ms * NS_PER_MS), None if mA is None else Milliamps(mA))
            for session, slot, boot_id, start, points in self._ask(query, (session_id,))
            for ms, mA in json.loads(points)
        )

    def faults(self, open_only: bool = True, limit: int = 100) -> tuple[Fault, ...]:
        """Faults, the newest first."""
        # A device that got worse before it was mended is wrong once, in the newer way.
        newest = "raised_seq IN (SELECT max(raised_seq) FROM faults GROUP BY device)"
        where = f"WHERE cleared_utc IS NULL AND {newest} " if open_only else ""
        query = f"SELECT {TABLES[Fault].columns} FROM faults {where}ORDER BY raised_seq DESC LIMIT ?"
        return tuple(row_from_values(Fault, values) for values in self._ask(query, (limit,)))

    def claims_history(self, slot: SlotName, limit: int = 50) -> tuple[Claim, ...]:
        """The claims on a slot, the newest first."""
        query = f"SELECT {TABLES[Claim].columns} FROM claims WHERE slot = ? ORDER BY seq DESC LIMIT ?"
        return tuple(row_from_values(Claim, values) for values in self._ask(query, (slot, limit)))

    def selftests(self, limit: int = 20) -> tuple[SelfTest, ...]:
        """Self-test runs, the newest first."""
        rows = self._ask("SELECT at_utc, passed, checks FROM selftests ORDER BY id DESC LIMIT ?", (limit,))
        return tuple(SelfTest(UtcMs(at), bool(passed), tuple(json.loads(checks))) for at, passed, checks in rows)

    def pending(self, limit: int = 100) -> tuple[outbox.Pending, ...]:
        """What the cloud has not got yet, the oldest first."""
        with self._readers.connection() as connection:
            return outbox.pending(connection, limit)

    def last_seen(self) -> Now | None:
        """The newest instant at which this kiosk provably lived, of the last boot that left a fact; None in a new
        store."""
        last = self._ask("SELECT utc_ms, boot_id, mono_ns FROM facts ORDER BY seq DESC LIMIT 1")
        if not last:
            return None
        query = "SELECT utc_ms, boot_id, mono_ns FROM marks WHERE boot_id = :boot "
        query += "UNION ALL SELECT utc_ms, boot_id, mono_ns FROM heartbeats WHERE boot_id = :boot"
        signs = [*last, *self._ask(query, {"boot": last[0][1]})]
        return _now(*max(signs, key=lambda sign: sign[2]))

    def totals(self) -> Totals:
        """Sums over everything, for statistics."""
        query = "SELECT (SELECT coalesce(max(seq), 0) FROM facts), count(*), coalesce(sum(NOT settled), 0), "
        query += "(SELECT count(*) FROM cards), coalesce(sum(energy_mWh), 0) FROM sessions"
        ((facts, sessions, open_sessions, cards, energy),) = self._ask(query)
        sold = self._ask("SELECT unit, balance FROM accounts WHERE account = ?", (SOLD,))
        return Totals(facts, sessions, open_sessions, cards, energy, {Unit(unit): balance for unit, balance in sold})

    def _one(self, row: type[E], key: str) -> E | None:
        table = TABLES[row]  # type: ignore[index]
        found = self._ask(f"SELECT {table.columns} FROM {table.name} WHERE {table.key} = ?", (key,))
        return row_from_values(row, found[0]) if found else None


def _of(account: str | None) -> str:
    """The condition that a transfer is from or to ``:account``, or of any when that is None."""
    if account is None:
        return ":account IS NULL"
    if not account.startswith("card:"):
        return ":account IN (debit, credit)"
    # The indexes are of cards' accounts, which SQLite takes only where the question says so in the same words.
    sides = (f"SELECT n FROM transfers WHERE {s} = :account AND {s} GLOB 'card:*'" for s in ("credit", "debit"))
    return f"n IN ({' UNION '.join(sides)})"


def _now(utc: int, boot_id: str, mono: int) -> Now:
    return Now(UtcMs(utc), boot_id, MonoNs(mono))
