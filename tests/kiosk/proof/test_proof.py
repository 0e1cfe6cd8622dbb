"""A session's proof: the page, the bundle, and deciding it anew."""

import gzip
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kiosk.errors import BundleError
from kiosk.proof.bundle import Bundle, read_bundle, write_bundle
from kiosk.proof.page import proof_page
from kiosk.proof.replay import replay
from kiosk.proof.story import Story, tell
from kiosk.proof.words import BRIEFLY, EVENTS, VERDICTS, WHY
from kiosk.simulation.kiosk import SimKiosk
from sessions import commands as c
from sessions.amounts import span
from sessions.detection import Kind
from sessions.entities import Session
from sessions.events import SessionSettled, SlotMoved, VerdictGiven
from sessions.fold import apply
from sessions.machine import SlotEvent, SlotState
from sessions.reasons import StopReason
from sessions.rules import DetectionRules
from sessions.state import State
from sessions.units import SessionId
from sessions.water_states import WaterEvent
from tests.sessions.test_stories import ANNA, ONE, locker, paid_visit, put_in, start


def charged(kiosk: SimKiosk) -> SessionId:
    """A phone has charged for a minute and a half behind a shut door."""
    kiosk.run(30)
    session = start(kiosk, paid_visit(kiosk, ANNA), ONE)
    put_in(kiosk, 1)
    kiosk.run(90)
    return session


def look_inside(kiosk: SimKiosk, session: SessionId) -> None:
    """Its owner has the door released and opens it."""
    kiosk.conductor.execute(c.OpenDoor(session, c.Actor("owner", kiosk.tap(ANNA))))
    kiosk.run(0.5)
    kiosk.slot(1).open_door()
    kiosk.run(1)


def story_of(kiosk: SimKiosk, session: SessionId) -> Story:
    facts = tuple(f for f in kiosk.journal.facts if getattr(f.body, "session", None) == session)
    samples = tuple(s for s in kiosk.journal.samples if s.session == session)
    state, last = State(), None
    for fact in kiosk.journal.facts:
        for row in apply(state, fact):
            if isinstance(row, Session) and row.session_id == session:
                last = row
    assert last is not None
    return tell(last, facts, samples)


@pytest.fixture(scope="module")
def story() -> Story:
    """The phone is unplugged at the open door, and is gone."""
    kiosk = SimKiosk(locker(), seed=5)
    session = charged(kiosk)
    look_inside(kiosk, session)
    kiosk.slot(1).unplug()
    kiosk.run(1)
    kiosk.slot(1).shut_door()
    kiosk.run(200)
    return story_of(kiosk, session)


def bundle_of(story: Story) -> Bundle:
    return Bundle(story, DetectionRules(), 2400.0, "test")


def test_the_samples_lie_close_around_every_verdict(story: Story) -> None:
    for fact in story.facts:
        if isinstance(fact.body, VerdictGiven):
            near = [s for s in story.samples if abs(s.mono - fact.at.mono) <= 5e9]
            assert len(near) >= 40, fact.body.verdict
    assert len(story.samples) < 1000


def test_the_page_tells_who_how_much_when_and_why(story: Story) -> None:
    page = proof_page(story, "Charging Kiosk", ZoneInfo("Asia/Manila"))
    session = story.session
    for said in (
        session.session_id,
        session.card,
        f"Used   {span(session.used_ms // 1000)}, given back {span(session.returned)}",
        " +08:00",
        "card -> held",
        "held -> sold",
        "detector: a phone is plugged in",
        "detector: unplugged? it asks",
        "zero_mA",
        "door opened",
        "charging -> suspended_ev: the draw ended",
        WHY["EVDisconnected"],
    ):
        assert said in page, said
    assert max(map(len, page.splitlines())) <= 100
    assert page.count("█") > 50


def test_every_stop_reason_has_its_sentence() -> None:
    assert set(WHY) == set(BRIEFLY) == {reason.value for reason in StopReason}


def test_every_event_and_every_verdict_has_its_words() -> None:
    assert set(EVENTS) == {event.value for event in (*SlotEvent, *WaterEvent)}
    assert set(VERDICTS) == {kind.value for kind in Kind}


def test_a_bundle_comes_back_as_it_was_and_decides_the_same(story: Story, tmp_path: Path) -> None:
    file = tmp_path / "session.proof"
    write_bundle(file, bundle_of(story))
    with pytest.raises(FileExistsError):
        write_bundle(file, bundle_of(story))
    again = read_bundle(file)
    assert again.story.facts == story.facts
    assert [s.mA for s in again.story.samples] == [s.mA for s in story.samples]
    done = replay(again)
    assert done.differences == ()
    assert done.verdicts >= 2
    assert done.moves >= 4


def test_what_ended_behind_a_shut_door_decides_the_same() -> None:
    kiosk = SimKiosk(locker(), seed=5)
    session = charged(kiosk)
    kiosk.slot(1).unplug()  # The cable comes loose while nobody can reach it.
    kiosk.run(100)
    look_inside(kiosk, session)
    kiosk.slot(1).shut_door()
    kiosk.run(200)
    story = story_of(kiosk, session)
    verdicts = [fact.body.verdict for fact in story.facts if isinstance(fact.body, VerdictGiven)]
    assert verdicts == ["plugged", "not_drawing", "unplugged_prompt"]
    assert replay(bundle_of(story)).differences == ()


def test_a_detector_that_decides_otherwise_is_named(story: Story) -> None:
    deaf = replace(bundle_of(story), detection=DetectionRules(plug_mA=2900.0, full_mA=2950.0))
    what = {(d.what, d.then, d.now) for d in replay(deaf).differences}
    assert ("verdict", "plugged", "none") in what


def test_a_move_and_a_settlement_that_never_could_be_are_named(story: Story) -> None:
    wrong = []
    for fact in story.facts:
        body = fact.body
        if isinstance(body, SlotMoved) and body.after is SlotState.SUSPENDED_EV:
            body = replace(body, after=SlotState.AVAILABLE)
        if isinstance(body, SessionSettled):
            body = replace(body, used=body.used + 5)
        wrong.append(fact._replace(body=body))
    tampered = replace(story, facts=tuple(wrong))
    what = {d.what for d in replay(bundle_of(tampered)).differences}
    assert "'draw_ended' while 'charging'" in what
    assert "seconds used" in what


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda data: data[: len(data) // 2], "cannot be read"),
        (lambda data: b"hello", "cannot be read"),
        (lambda data: gzip.compress(b"{}"), "cannot be read"),
        (lambda data: gzip.compress(b'{"format": "other"}'), "no bundle"),
        (lambda data: gzip.compress(gzip.decompress(data).replace(b'"by":"owner"', b'"by":"nobody"')), "was changed"),
    ],
)
def test_a_file_that_is_none_was_cut_or_changed_is_refused(story: Story, tmp_path: Path, spoil, says: str) -> None:
    file = tmp_path / "session.proof"
    write_bundle(file, bundle_of(story))
    file.write_bytes(spoil(file.read_bytes()))
    with pytest.raises(BundleError, match=says):
        read_bundle(file)


@pytest.mark.parametrize(
    ("where", "wrong", "says"),
    [
        (("detection",), None, "detection"),
        (("detection", "end_window_s"), 10**20, "end_window_s"),
        (("detection", "idle_mA"), 500.0, "idle_mA"),
        (("max_mA",), None, "max_mA"),
        (("samples", 2, 2), "x", "samples.2.2"),
        (("samples", 2, 1), 10**400, "samples.2.1"),
        (("session",), None, "session"),
        (("session", "granted"), "x", "granted"),
        (("facts",), [], "facts"),
        (("facts", 0, "seq"), None, "facts.0.seq"),
        (("facts", 0, "body", "by"), None, "by"),
        (("facts", "verdict", "body", "dated_mono"), 10**400, "too large"),
        (("facts", "verdict", "body", "dated_mono"), None, "dated_mono"),
        (("facts", "verdict", "body", "verdict"), "x", "not a valid Kind"),
        (("facts", "verdict", "body", "evidence"), None, "evidence"),
        (("facts", "verdict", "body", "evidence", "sigma_mA"), 1e308, "sigma_mA"),
        (("facts", "session.settled", "transfers", 0, 4), None, "transfers.0.4"),
    ],
)
def test_an_edited_bundle_whose_checksum_was_worked_out_anew_is_refused_with_what_is_wrong_in_it(
    story: Story, tmp_path: Path, where: tuple[str | int, ...], wrong: object, says: str
) -> None:
    file = tmp_path / "session.proof"
    write_bundle(file, bundle_of(story))
    document = json.loads(gzip.decompress(file.read_bytes()))
    place = document["content"]
    for step in where[:-1]:
        of_that_kind = isinstance(place, list) and isinstance(step, str)
        place = next(fact for fact in place if fact["kind"] == step) if of_that_kind else place[step]
    place[where[-1]] = wrong
    text = json.dumps(document["content"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    document["sha256"] = hashlib.sha256(text.encode()).hexdigest()
    file.write_bytes(gzip.compress(json.dumps(document).encode()))
    with pytest.raises(BundleError, match=re.escape(says)):
        read_bundle(file)


def test_a_bundle_nested_without_end_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "session.proof"
    file.write_bytes(gzip.compress(b"[" * 100_000))
    with pytest.raises(BundleError, match="cannot be read"):
        read_bundle(file)


def test_a_bundle_of_a_newer_version_is_told(story: Story, tmp_path: Path) -> None:
    file = tmp_path / "session.proof"
    write_bundle(file, bundle_of(story))
    document = json.loads(gzip.decompress(file.read_bytes()))
    file.write_bytes(gzip.compress(json.dumps({**document, "version": 9}).encode()))
    with pytest.raises(BundleError, match="version 9"):
        read_bundle(file)


def test_what_too_few_samples_show_is_no_difference() -> None:
    """Most of a full phone's pauses are told with only their last ten seconds kept."""
    kiosk = SimKiosk(locker(), seed=5)
    kiosk.run(30)
    session = start(kiosk, paid_visit(kiosk, ANNA), ONE)
    put_in(kiosk, 1, "full")
    kiosk.run(280)
    done = replay(bundle_of(story_of(kiosk, session)))
    assert done.differences == ()
    assert done.undecidable > 0
