import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from sessions import commands as c
from sessions.entities import Session
from sessions.errors import StoreDamaged, StoreError
from sessions.events import Fact, SessionCollected, SessionStarted
from sessions.journaling import Heartbeat, Mark
from sessions.store.database import open_reader, open_writer, store_path
from sessions.store.queries import CardAccount, Queries
from sessions.store.writer import Writer
from sessions.units import CardKey, MonoNs, Now, Seq, SessionId, SlotName, Unit, UtcMs
from tests.sessions.store.conftest import Watched
from tests.sessions.store.story import CARDS, SLOTS, STAFF, Story


@pytest.fixture
def story() -> Story:
    story = Story(7)
    for number in range(6):
        session = story.charge(CARDS[number % 2], SLOTS[2], 120)
        story.ask(c.SaveCard(CARDS[2], STAFF, f"Anna {number}"), f"save-{number}")
        story.ask(c.StopSession(session, STAFF))
        story.mono += 60_000_000_000
        story.ask(c.CheckDeadlines())
    story.charge(CARDS[0], SLOTS[0])
    return story


@pytest.fixture
def queries(path: Path, story: Story) -> Iterator[Queries]:
    with closing(open_writer(path)) as connection:
        Writer(connection).store(story.batches)
    asked = Queries(path)
    yield asked
    asked.close()


def all_facts(story: Story) -> list[Fact]:
    return [fact for batch in story.batches for fact in batch.facts]


def all_sessions(story: Story) -> dict[SessionId, Session]:
    rows = [row for batch in story.batches for row in batch.rows if isinstance(row, Session)]
    return {row.session_id: row for row in rows}


def test_facts_are_read_on_from_any_of_them(queries: Queries, story: Story) -> None:
    facts = all_facts(story)
    assert queries.facts() == tuple(facts)
    assert queries.facts(Seq(5), 3) == tuple(facts[5:8])
    assert queries.facts(story.state.seq) == ()


def test_an_identity_finds_its_fact_and_a_command_its_answer(queries: Queries, story: Story) -> None:
    tap = next(fact for fact in all_facts(story) if fact.source == "reader")
    assert tap.source_id is not None
    assert queries.fact_by_source("reader", tap.source_id) == tap
    assert queries.fact_by_source("coin", tap.source_id) is None
    assert queries.answer_of("save-3") == {"card": CARDS[2]}
    assert queries.answer_of(tap.source_id) is None


def test_sessions_come_newest_first_page_by_page(queries: Queries, story: Story) -> None:
    newest_first = list(all_sessions(story).values())[::-1]
    found: list[Session] = []
    before, pages = None, 0
    while pages == 0 or before is not None:
        page = queries.sessions(3, before)
        found += page.sessions
        before, pages = page.next, pages + 1
    assert found == newest_first
    assert pages == 3
    assert queries.sessions(7).next is None


def test_sessions_of_a_slot_card_or_state(queries: Queries, story: Story) -> None:
    sessions = list(all_sessions(story).values())[::-1]
    assert list(queries.sessions(card=CARDS[1]).sessions) == [s for s in sessions if s.card == CARDS[1]]
    assert list(queries.sessions(slot=SLOTS[0]).sessions) == [s for s in sessions if s.slot == SLOTS[0]]
    assert list(queries.sessions(state="ended").sessions) == [s for s in sessions if s.state == "ended"]
    first = queries.sessions(1, card=CARDS[1], state="ended")
    assert first.next is not None
    assert queries.sessions(9, first.next, card=CARDS[1]).sessions == tuple(
        s for s in sessions if s.card == CARDS[1] and s != first.sessions[0]
    )


def test_a_session_and_all_that_was_said_of_it(queries: Queries, story: Story) -> None:
    for session_id, session in all_sessions(story).items():
        assert queries.session(session_id) == session
        told = queries.session_facts(session_id)
        assert told == tuple(f for f in all_facts(story) if getattr(f.body, "session", None) == session_id)
        assert isinstance(told[0].body, SessionStarted)
        assert isinstance(told[-1].body, SessionCollected) == (session.state == "ended")
    assert queries.session(SessionId("nobody")) is None
    assert queries.session_facts(SessionId("nobody")) == ()


def test_transfers_newest_first_of_an_account(queries: Queries, story: Story) -> None:
    transfers = [transfer for fact in all_facts(story) for transfer in fact.transfers][::-1]
    assert [row.transfer for row in queries.transfers()] == transfers
    account = f"card:{CARDS[1]}"
    mine = [t for t in transfers if account in (t.debit, t.credit)]
    assert [row.transfer for row in queries.transfers(account)] == mine
    second = queries.transfers(account)[1]
    older = queries.transfers(account, 2, second.seq)
    assert all(row.seq < second.seq for row in older)
    assert len(older) == 2


def test_a_card_s_transfers_are_found_without_reading_all(queries: Queries, path: Path) -> None:
    asked: list[str] = []
    with queries._readers.connection() as reader:
        reader.set_trace_callback(asked.append)
    queries.transfers_after(0, 5, f"card:{CARDS[1]}")
    with closing(open_reader(path)) as reader:
        plan = [row[-1] for row in reader.execute(f"EXPLAIN QUERY PLAN {asked[-1]}")]
    assert any("transfers_credit" in step for step in plan), plan
    assert any("transfers_debit" in step for step in plan), plan
    assert not any(step.startswith("SCAN") and "transfers" in step for step in plan), plan


def test_cards_and_what_they_have(queries: Queries, story: Story) -> None:
    ledger = story.state.ledger
    expected = CardAccount(story.state.cards[CARDS[0]], {Unit.SECONDS: ledger.card_balance(CARDS[0])})
    assert queries.card(CARDS[0]) == expected
    assert queries.card(CARDS[2]) == CardAccount(story.state.cards[CARDS[2]], {})
    assert queries.card(CardKey("ck_unknown")) is None
    assert [account.card.card for account in queries.cards()] == sorted(story.state.cards)
    assert queries.cards()[0] == expected
    assert queries.balances() == ledger.balances()


def test_faults_that_are_open_and_those_that_were(queries: Queries, path: Path, story: Story) -> None:
    before = len(story.batches)
    for slot, trouble in (("slot1", "stuck"), ("slot1", "welded"), ("slot2", "stuck"), ("slot2", None)):
        story.ask(c.DeviceTrouble(f"{slot}.relay", trouble, "It does not open."))
    with closing(open_writer(path)) as connection:
        Writer(connection).store(story.batches[before:])
    assert [(fault.device, fault.trouble) for fault in queries.faults()] == [("slot1.relay", "welded")]
    assert [fault.device for fault in queries.faults(open_only=False)] == ["slot2.relay", "slot1.relay", "slot1.relay"]


def test_the_claims_on_a_slot(queries: Queries, path: Path, story: Story) -> None:
    before = len(story.batches)
    visit = next(iter(story.state.visits))
    story.ask(c.ClaimSlot(SLOTS[1], visit))
    story.ask(c.ReleaseClaim(SLOTS[1], visit))
    story.ask(c.ClaimSlot(SLOTS[1], visit))
    with closing(open_writer(path)) as connection:
        Writer(connection).store(story.batches[before:])
    claims = queries.claims_history(SLOTS[1])
    assert [(claim.visit, claim.reason) for claim in claims] == [(visit, None), (visit, "released")]


def test_last_seen_is_the_newest_sign_of_life_of_the_last_boot(journal: Watched) -> None:
    queries = Queries(journal.path)
    assert queries.last_seen() is None
    story = Story()
    session = story.charge()
    for batch in story.batches:
        journal.post(batch)
    at = story.batches[-1].facts[-1].at

    def later(seconds: int, boot_id: str = at.boot_id) -> Now:
        return Now(UtcMs(at.utc + 1000 * seconds), boot_id, MonoNs(at.mono + seconds * 1_000_000_000))

    journal.flush(20)
    assert queries.last_seen() == at
    journal.mark(Mark(session, SlotName("slot1"), 1, 0, later(20)))
    journal.heartbeat(Heartbeat("kiosk", later(10)))
    journal.heartbeat(Heartbeat("v-old", later(99, "an earlier boot")))
    journal.flush(20)
    assert queries.last_seen() == later(20)
    journal.heartbeat(Heartbeat("kiosk", later(30)))
    journal.flush(20)
    assert queries.last_seen() == later(30)
    queries.close()


def test_totals_add_up(queries: Queries, story: Story) -> None:
    totals = queries.totals()
    sessions = all_sessions(story).values()
    assert (totals.facts, totals.sessions, totals.open_sessions) == (story.state.seq, 7, 1)
    assert totals.cards == len(story.state.cards)
    assert totals.energy_mWh == sum(s.energy_mWh for s in sessions)
    assert totals.sold[Unit.SECONDS] == sum(s.used_ms for s in sessions if s.settled) // 1000 > 0


def test_many_threads_ask_at_once_while_the_journal_writes(journal: Watched) -> None:
    queries, done = Queries(journal.path), threading.Event()

    def ask() -> int:
        asked = 0
        while not done.is_set() or asked == 0:
            facts = queries.facts(limit=10**6)
            assert [fact.seq for fact in facts] == list(range(1, len(facts) + 1))
            assert sum(queries.balances().values()) == 0
            asked += 1
        return asked

    story = Story(3)
    story.go_on(300)
    with ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(ask) for _ in range(4)]
        for batch in story.batches:
            journal.post(batch)
        journal.flush(20)
        done.set()
        assert all(future.result(20) for future in asking)
    assert len(queries._readers._idle) <= 4
    queries.close()
    assert queries._readers._idle == []


def test_a_store_that_is_not_there_or_not_one_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="There is no store"):
        Queries(store_path(tmp_path)).facts()
    store_path(tmp_path).write_bytes(b"x" * 4096)
    with pytest.raises(StoreDamaged, match="does not read back"):
        Queries(store_path(tmp_path)).facts()


def test_questions_use_the_indexes(path: Path) -> None:
    """A question that reads every fact would be slow after a year."""
    asked: list[str] = []
    queries = Queries(path)
    with queries._readers.connection() as connection:
        connection.set_trace_callback(asked.append)
    queries.fact_by_source("command", "x")
    queries.session(SessionId("s"))
    queries.sessions(card=CARDS[0])
    queries.sessions(before=5)
    queries.card(CARDS[0])
    queries.samples(SessionId("s"))
    queries.session_facts(SessionId("s"))
    with closing(sqlite3.connect(path)) as connection:
        for question in asked:
            plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {question}")]
            assert not any(step.startswith("SCAN") for step in plan), (question, plan)
    queries.close()
    assert len(asked) == 8
