import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sessions import commands as c
from sessions.errors import StoreDamaged, StoreError
from sessions.journaling import Mark
from sessions.store.books import verify_ledger
from sessions.store.database import PAGE_SIZE, open_writer, store_path
from sessions.store.load import write_snapshot
from sessions.store.queries import Queries
from sessions.store.verify import verify_store
from sessions.store.writer import Writer
from sessions.units import MonoNs, Now, SessionId, Unit, UtcMs, VisitId
from tests.sessions.store.conftest import Watched
from tests.sessions.store.sealing import reseal
from tests.sessions.store.story import CARDS, SLOTS, STAFF, Story


@pytest.fixture
def lived(path: Path) -> Path:
    """A store with a settled and a live session, some trouble, and a snapshot half way."""
    story = Story()
    session = story.charge(CARDS[0], SLOTS[1])
    story.ask(c.SaveCard(CARDS[1], STAFF, "Anna"))
    story.ask(c.DeviceTrouble("slot1.relay", "welded", "The relay does not open."))
    story.ask(c.AddCredit(CARDS[1], Unit.SECONDS, 300, STAFF))
    visit = VisitId(str(story.ask(c.Tap(CARDS[1], "tap-anna"))["visit"]))
    story.ask(c.ClaimSlot(SLOTS[2], visit))
    story.ask(c.StopSession(session, STAFF))
    with closing(open_writer(path)) as connection:
        writer = Writer(connection)
        writer.store(story.batches)
        write_snapshot(connection)
        half = len(story.batches)
        story.ask(c.StartCharging(SLOTS[2], 300, c.Actor("owner", visit)))
        writer.store(story.batches[half:])
    return path


def tamper(path: Path, sql: str, sealed: bool = False) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        assert connection.execute(sql).rowcount > 0, "the tampering found nothing to change"
        if sealed:
            reseal(connection)


def test_a_sound_store_has_no_problems_and_is_not_changed(lived: Path) -> None:
    before = lived.read_bytes()
    assert verify_store(lived) == []
    assert verify_ledger(lived).problems == ()
    assert lived.read_bytes() == before


@pytest.mark.parametrize(
    ("tampering", "complaint"),
    [
        ("UPDATE transfers SET amount = amount + 1 WHERE n = 2", "transfers .*: the store says amount = "),
        ("UPDATE accounts SET balance = balance + 60 WHERE account LIKE 'card:%'", "accounts card:.* balance = "),
        ("UPDATE sessions SET returned = 999 WHERE settled", "sessions .* returned = 999, its facts say"),
        ("UPDATE cards SET blocked = 1 - blocked", "cards .* blocked = "),
        ("UPDATE visits SET reason = 'forged' WHERE ended_utc > 0", "visits .* reason = 'forged', its facts say"),
        ("DELETE FROM sessions WHERE settled", "sessions .*: its facts say that it should be there"),
        ("DELETE FROM claims", "claims .*: its facts say"),
        ("DELETE FROM faults", "faults .*: its facts say"),
        (
            "INSERT INTO transfers SELECT NULL, 'forged', seq, 1, unit, debit, credit, amount FROM transfers LIMIT 1",
            "transfers forged: stands in the store",
        ),
        ("DELETE FROM facts WHERE seq = (SELECT max(seq) FROM facts)", "stands in the store|its facts say"),
        ("DELETE FROM facts WHERE seq = 12", "Fact 12 is missing"),
        ("UPDATE facts SET transfers = replace(transfers, '300', '301')", ""),
        ("UPDATE snapshots SET state = json_set(state, '$.mode', 'paused')", "the snapshot says of 'mode': paused"),
        ("UPDATE snapshots SET state = json_set(state, '$.balances', json('[]'))", "snapshot"),
        ("UPDATE snapshots SET state = '{}'", "the snapshot cannot be used"),
    ],
)
def test_tampering_is_found_and_named(tampering: str, complaint: str, lived: Path) -> None:
    tamper(lived, tampering, sealed=True)
    problems = verify_store(lived)
    assert problems
    assert any(re.search(complaint, problem) for problem in problems), problems


@pytest.mark.parametrize("table", ["facts", "snapshots"])
def test_what_checksums_guard_cannot_change_unseen(table: str, lived: Path) -> None:
    column = {"facts": "utc_ms", "snapshots": "seq"}[table]
    tamper(lived, f"UPDATE {table} SET {column} = {column} + 1 WHERE seq = (SELECT max(seq) FROM {table})")
    assert any("not read back as it was written" in problem for problem in verify_store(lived))


def test_a_mark_that_was_changed_is_found(journal: Watched) -> None:
    at = Now(UtcMs(5), "boot", MonoNs(1))
    journal.mark(Mark(SessionId("s1"), SLOTS[0], 5_000, 10, at))
    journal.close()
    assert verify_store(journal.path) == []
    tamper(journal.path, "UPDATE marks SET used_ms = 50000")
    assert any("mark of session s1 does not read back" in problem for problem in verify_store(journal.path))
    with closing(Queries(journal.path)) as queries, pytest.raises(StoreDamaged):
        queries.marks()


def test_a_damaged_page_is_found(lived: Path) -> None:
    with closing(sqlite3.connect(lived)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'facts_source'").fetchone()
    with lived.open("r+b") as file:
        file.seek((page - 1) * PAGE_SIZE + 256)
        file.write(b"\x55" * 256)
    problems = verify_store(lived)
    assert problems
    assert all("damaged" in problem or "missing" in problem for problem in problems)


def test_no_store_is_a_sentence_and_no_store_is_made(tmp_path: Path) -> None:
    for verify in (verify_store, verify_ledger):
        with pytest.raises(StoreError, match="There is no store"):
            verify(store_path(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_it_works_beside_a_writing_journal(journal: Watched) -> None:
    story = Story(1)
    story.charge()
    for _ in range(10):
        posted = len(story.batches)
        story.go_on(30)
        for batch in story.batches[posted if posted > 10 else 0 :]:
            journal.post(batch)
        assert verify_store(journal.path) == []
        assert verify_ledger(journal.path).problems == ()
    assert journal.deaths == []


def test_the_books_say_where_everything_is(lived: Path) -> None:
    report = verify_ledger(lived)
    seconds = report.placed[Unit.SECONDS]
    assert report.issued[Unit.SECONDS] == sum(seconds.values()) > 0
    assert seconds["held"] == 300
    assert report.issued[Unit.MINOR] == report.placed[Unit.MINOR]["in the cash box"] > 0
    assert report.transfers > 5


@pytest.mark.parametrize(
    ("tampering", "complaint"),
    [
        ("UPDATE transfers SET amount = amount + 500 WHERE credit LIKE 'hold:%'", r"had -\d+ s: less than nothing"),
        ("UPDATE transfers SET credit = 'crad:x' WHERE credit LIKE 'card:%'", "crad:x .* no known kind"),
        ("UPDATE transfers SET unit = 'beans' WHERE n = 1", "counts 'beans', which is no unit"),
        ("DELETE FROM transfers WHERE debit LIKE 'hold:%'", "but its session is settled"),
        ("UPDATE accounts SET balance = 1 WHERE account = 'sold'", "sold is kept as 1 s"),
        ("DELETE FROM accounts WHERE account = 'issued:coin'", "issued:coin is kept as 0 s"),
    ],
)
def test_books_that_do_not_add_up_are_found(tampering: str, complaint: str, path: Path) -> None:
    story = Story()
    session = story.charge()
    for _ in range(5):
        story.ask(c.CheckDeadlines())
    story.ask(c.StopSession(session, STAFF))
    story.charge(slot=SLOTS[1])
    with closing(open_writer(path)) as connection:
        Writer(connection).store(story.batches)
    tamper(path, tampering)
    problems = verify_ledger(path).problems
    assert any(re.search(complaint, problem) for problem in problems), problems
