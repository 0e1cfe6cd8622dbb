import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from sessions import commands as c
from sessions.errors import StoreDamaged, StoreError, StoreTimeout
from sessions.journaling import Batch, Heartbeat, Mark, Outgoing, Sample, SelfTest
from sessions.store import database
from sessions.store import journal as journal_module
from sessions.store.database import open_reader
from sessions.store.load import load, snapshot_seq, state_to_json
from sessions.store.queries import Queries
from sessions.store.verify import verify_store
from sessions.units import Milliamps, MonoNs, Now, Seq, SessionId, SlotName, UtcMs, VisitId
from tests.sessions.store.conftest import Watched
from tests.sessions.store.story import CARDS, SLOTS, STAFF, Story

LIVE = SessionId("s-live")


def mark(used_ms: int, session: SessionId = LIVE, boot: str = "b", mono: int = 0) -> Mark:
    return Mark(session, SlotName("slot1"), used_ms, used_ms // 100, Now(UtcMs(5), boot, MonoNs(mono)))


def close_and_count(journal: Watched, table: str) -> int:
    journal.close()
    with closing(sqlite3.connect(journal.path)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_what_is_acknowledged_can_be_read_and_nothing_else_is_acknowledged(journal: Watched) -> None:
    story = Story()
    story.charge()
    readable: list[tuple[Seq, int]] = []

    def look(seq: Seq) -> None:
        with closing(open_reader(journal.path)) as reader:
            readable.append((seq, reader.execute("SELECT max(seq) FROM facts").fetchone()[0]))

    journal.at_ack = look
    for batch in story.batches:
        journal.post(batch)
    assert journal.wait(lambda: journal.acks[-1:] == [story.state.seq])
    assert readable == [(seq, seq) for seq in journal.acks]
    assert journal.durable_seq == story.state.seq
    assert set(journal.acks) <= {batch.facts[-1].seq for batch in story.batches}, "a decision was split"


def test_what_waits_becomes_one_transaction(journal: Watched) -> None:
    story = Story()
    story.go_on(60)
    entered, go_on = threading.Event(), threading.Event()

    def hold(seq: Seq) -> None:
        entered.set()
        go_on.wait(20)

    journal.at_ack = hold
    journal.post(story.batches[0])
    assert entered.wait(20)
    for batch in story.batches[1:]:
        journal.post(batch)
    assert journal.depth == len(story.batches) - 1
    go_on.set()
    journal.flush(20)
    assert journal.wait(lambda: journal.acks == [story.batches[0].facts[-1].seq, story.state.seq])
    assert (journal.commits, journal.depth) == (2, 0)


def test_an_identity_that_is_stored_twice_kills_the_journal_and_stores_nothing_of_its_group(journal: Watched) -> None:
    story = Story()
    story.charge()
    again = story.batches[0].facts[0]._replace(seq=Seq(story.state.seq + 1))
    for batch in story.batches:
        journal.post(batch)
    journal.flush(20)
    journal.post(Batch((again,), ()))
    assert journal.wait(lambda: bool(journal.deaths))
    assert journal.failed is journal.deaths[0]
    assert "UNIQUE" in str(journal.failed)
    with pytest.raises(StoreError, match="has died"):
        journal.post(story.batches[0])
    with pytest.raises(StoreError, match="has died"):
        journal.flush(1)
    journal.close()
    assert load(journal.path).seq == story.state.seq
    assert verify_store(journal.path) == []


@pytest.mark.parametrize("seq", [1, 3])
def test_a_fact_out_of_order_kills_the_journal(seq: int, journal: Watched) -> None:
    story = Story()
    story.charge()
    first = story.batches[0].facts[0]
    journal.post(Batch((first,), ()))
    journal.post(Batch((first._replace(seq=Seq(seq), source_id=None),), ()))
    assert journal.wait(lambda: bool(journal.deaths))
    assert "leave no gap" in str(journal.failed)


def test_a_file_that_is_overwritten_kills_the_journal_as_damage(journal: Watched) -> None:
    story = Story()
    story.go_on(40)
    for batch in story.batches[:-5]:
        journal.post(batch)
    journal.flush(20)
    with closing(sqlite3.connect(journal.path)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    journal.path.write_bytes(b"\xff" * journal.path.stat().st_size)
    journal._db.execute("PRAGMA cache_size = 1")
    for batch in story.batches[-5:]:
        if journal.failed is None:
            journal.post(batch)
    assert journal.wait(lambda: bool(journal.deaths))
    assert isinstance(journal.failed, StoreDamaged)


def test_a_mark_never_falls_and_goes_when_its_session_is_settled(journal: Watched) -> None:
    story = Story()
    session = story.charge()
    for batch in story.batches:
        journal.post(batch)
    reader = Queries(journal.path)
    for used, expected in ((5_000, 5_000), (9_000, 9_000), (7_000, 9_000)):
        journal.mark(mark(used, session))
        journal.flush(20)
        assert reader.marks()[session].used_ms == expected
    assert reader.marks()[session] == mark(9_000, session)
    story.ask(c.StopSession(session, STAFF))
    journal.post(story.batches[-1])
    journal.flush(20)
    assert reader.marks() == {}
    reader.close()


def test_the_marks_of_one_beat_share_a_transaction(journal: Watched) -> None:
    for number in range(8):
        journal.mark(mark(1, SessionId(f"s{number}")))
    journal.flush(20)
    assert journal.commits == 1


def test_heartbeats_are_overwritten_and_those_of_an_ended_visit_go(journal: Watched) -> None:
    story = Story()
    visit = VisitId(str(story.ask(c.Tap(CARDS[0], "tap-1"))["visit"]))
    for name in (visit, "kiosk"):
        for mono in (1, 2):
            journal.heartbeat(Heartbeat(name, Now(UtcMs(1), "b", MonoNs(mono))))
    journal.flush(20)
    with closing(open_reader(journal.path)) as reader:
        beats = reader.execute("SELECT name, mono_ns FROM heartbeats ORDER BY name").fetchall()
        assert beats == [("kiosk", 2), (visit, 2)]
        story.ask(c.SignOut(visit))
        for batch in story.batches:
            journal.post(batch)
        journal.flush(20)
        assert reader.execute("SELECT name FROM heartbeats").fetchall() == [("kiosk",)]


def test_self_tests_are_kept(journal: Watched) -> None:
    run = SelfTest(UtcMs(7), False, ({"device": "slot1.sensor", "check": "answers", "result": "fail"},))
    journal.selftest(run)
    journal.flush(20)
    reader = Queries(journal.path)
    assert reader.selftests() == (run,)
    reader.close()


def test_samples_ride_along_and_are_bounded(journal: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sessions.store.writer.SAMPLE_ROWS", 3)
    at = [MonoNs(1_000_000_000 + n * 100_000_000) for n in range(300)]
    for beat in range(5):
        journal.sample(
            Sample(LIVE, SlotName("slot1"), "b", mono, None if n == 7 else Milliamps(n / 2))
            for n, mono in enumerate(at[beat * 60 : beat * 60 + 60])
        )
        journal.mark(mark(beat))
        journal.flush(20)
    journal.close()
    reader = Queries(journal.path)
    kept = reader.samples(LIVE)
    assert [sample.mono for sample in kept] == at[120:]
    assert kept[7].mA is None
    assert kept[9].mA == 4.5
    reader.close()


def test_closing_stores_what_waits_and_leaves_a_snapshot_of_everything(journal: Watched) -> None:
    story = Story(4)
    story.go_on(80)
    for batch in story.batches:
        journal.post(batch)
    journal.sample([Sample(LIVE, SlotName("slot1"), "b", MonoNs(1), Milliamps(3.0))])
    assert close_and_count(journal, "samples") == 1
    journal.close()
    with closing(open_reader(journal.path)) as reader:
        assert snapshot_seq(reader) == story.state.seq
    assert state_to_json(load(journal.path)) == state_to_json(story.state)
    with pytest.raises(StoreError, match="closed"):
        journal.post(story.batches[0])


def test_a_journal_goes_on_where_the_last_one_ended(path: Path) -> None:
    story = Story(9)
    for _ in range(3):
        watched = Watched(path)
        for batch in story.go_on(30):
            watched.post(batch)
        watched.close()
        assert watched.deaths == []
    assert load(path).seq == story.state.seq
    assert verify_store(path) == []


def test_snapshots_and_checkpoints_are_made_along_the_way(journal: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_module, "SNAPSHOT_FACTS", 20)
    monkeypatch.setattr(journal_module, "CHECKPOINT_COMMITS", 10)
    story = Story(2)
    story.go_on(200)
    wal = journal.path.with_name("kiosk.db-wal")
    largest = 0
    for batch in story.batches:
        journal.post(batch)
        journal.flush(20)
        largest = max(largest, wal.stat().st_size)
    with closing(open_reader(journal.path)) as reader:
        assert story.state.seq - snapshot_seq(reader) < 60
        assert reader.execute("SELECT count(*) FROM snapshots").fetchone() == (1,)
    assert largest < 400_000
    assert verify_store(journal.path) == []


def test_flush_says_when_it_takes_too_long(journal: Watched) -> None:
    with closing(sqlite3.connect(journal.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        journal.mark(mark(1))
        with pytest.raises(StoreTimeout, match="1 writes still wait"):
            journal.flush(0.05)
        other.execute("COMMIT")
    journal.flush(20)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections that wait hardly at all for another's lock."""
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.01)


@pytest.mark.usefixtures("impatient")
def test_a_store_that_another_program_locks_is_trouble_that_passes(path: Path) -> None:
    journal = Watched(path)
    story = Story()
    story.charge()
    with closing(sqlite3.connect(journal.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for batch in story.batches:
            journal.post(batch)
        assert journal.wait(lambda: len(journal.troubles) == 1)
        assert "keeps the store locked" in str(journal.trouble)
        assert journal.acks == []
        other.execute("COMMIT")
    assert journal.wait(lambda: journal.troubles[1:] == [None])
    assert journal.wait(lambda: journal.acks[-1:] == [story.state.seq])
    journal.close()
    assert verify_store(path) == []


@pytest.mark.usefixtures("impatient")
def test_lasting_trouble_does_not_fill_memory_with_marks_and_heartbeats(path: Path) -> None:
    journal = Watched(path)
    story = Story()
    live = [story.charge(card, slot) for card, slot in zip(CARDS, SLOTS, strict=False)]
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for batch in story.batches:
            journal.post(batch)
        assert journal.wait(lambda: len(journal.troubles) == 1)
        for used in range(1_000, 400_000, 1_000):
            for session in live:
                journal.mark(mark(used, session))
            journal.heartbeat(Heartbeat("kiosk", Now(UtcMs(used), "b", MonoNs(used))))
        # What an attempt holds in its hands stays as it is; the newest of each waits behind it.
        assert journal.depth <= len(story.batches) + 2 * (len(live) + 1)
        other.execute("COMMIT")
    journal.flush(20)
    with closing(Queries(path)) as queries:
        assert {session: kept.used_ms for session, kept in queries.marks().items()} == dict.fromkeys(live, 399_000)
    journal.close()
    assert verify_store(path) == []


@pytest.mark.usefixtures("impatient")
def test_closing_a_journal_that_cannot_store_says_what_is_lost(path: Path) -> None:
    watched = Watched(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        watched.mark(mark(1))
        with pytest.raises(StoreTimeout, match="1 writes could not be stored"):
            watched.close(0.2)
    assert not watched._thread.is_alive()


def test_the_outbox_keeps_the_newest_value_of_a_path(journal: Watched) -> None:
    story = Story()
    session = story.charge()
    seq = story.batches[0].facts[0].seq
    first, *rest = story.batches
    path = f"sessions/{session}"
    journal.post(first._replace(outbox=(Outgoing(path, {"used": 1}), Outgoing(f"facts/{seq}", fact=seq))))
    for batch in rest:
        journal.post(batch)
    journal.mark(mark(4_000, session))
    journal.flush(20)
    reader = Queries(journal.path)
    old = {entry.path: entry for entry in reader.pending()}
    assert list(old) == [path, f"facts/{seq}", f"usage/{session}"]
    assert old[f"facts/{seq}"].value["kind"] == first.facts[0].body.kind
    assert old[f"usage/{session}"].value == {"used_ms": 4_000, "energy_mWh": 40, "utc_ms": 5}

    story.ask(c.OpenDoor(session, STAFF, "forgotten glasses"))
    journal.post(story.batches[-1]._replace(outbox=(Outgoing(path, {"used": 2}),)))
    journal.mark(mark(8_000, session))
    journal.sent(entry.id for entry in old.values())
    journal.mark(mark(0, SessionId("other")))
    journal.flush(20)
    left = reader.pending()
    assert [(entry.path, entry.value.get("used", entry.value.get("used_ms"))) for entry in left] == [
        (path, 2),
        (f"usage/{session}", 8_000),
        ("usage/other", 0),
    ]
    assert min(entry.id for entry in left) > max(entry.id for entry in old.values())
    journal.sent(entry.id for entry in left)
    journal.heartbeat(Heartbeat("kiosk", Now(UtcMs(1), "b", MonoNs(1))))
    journal.flush(20)
    assert reader.pending() == ()
    assert reader.marks()[session].used_ms == 8_000
    reader.close()


def test_what_goes_out_is_a_value_or_a_fact() -> None:
    for arguments in ({}, {"value": {}, "fact": Seq(1)}):
        with pytest.raises(ValueError, match="either a value or a fact"):
            Outgoing("a/b", **arguments)  # type: ignore[arg-type]
