"""Readers that type: events in, card numbers out, over a pipe that carries what the kernel would."""

import errno
import os
import random
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.bench.reader import BenchRdm6300
from hardware.bench.wedge import BenchWedge
from hardware.card_reader_rdm6300 import Rdm6300Reader
from hardware.card_reader_wedge import WedgeReader
from hardware.errors import CardNumberError
from hardware.rfid_frames import Frame
from hardware.wedge_keys import (
    EV_KEY,
    EV_SYN,
    EVENT,
    LONGEST,
    PLAIN,
    PRESSED,
    RELEASED,
    SHIFTED,
    SYN_DROPPED,
    BrokenOff,
    KeyParser,
    Typed,
    WedgeFormat,
)
from sessions.cards import card_key
from sessions.ports import CardSeen, DeviceReport, Trouble
from sessions.units import MonoNs
from tests.hardware.wait import Inbox, wait_for

MS = 1_000_000
UID = "em4100:00C8F1B2"
KEY_OF = {key: code for code, key in PLAIN.items()}
SHIFT_KEY_OF = {key: code for code, key in SHIFTED.items()}
SHIFT, ENTER, KEYPAD_ENTER = 42, 28, 96


def event(code: int, value: int, at_ms: int, kind: int = EV_KEY) -> bytes:
    return EVENT.pack(at_ms // 1000, at_ms % 1000 * 1000, kind, code, value)


def typed(text: str, start_ms: int = 1000, every_ms: int = 10, enter: int | None = ENTER) -> bytes:
    """The events of a text typed at a steady pace and ended with Enter."""
    out = b""
    at = start_ms
    for key in text:
        shift = key not in KEY_OF
        code = SHIFT_KEY_OF[key] if shift else KEY_OF[key]
        out += event(SHIFT, PRESSED, at) * shift + event(code, PRESSED, at) + event(code, RELEASED, at + 1)
        out += event(SHIFT, RELEASED, at + 1) * shift + event(0, 0, at + 1, EV_SYN)
        at += every_ms
    return out if enter is None else out + event(enter, PRESSED, at) + event(enter, RELEASED, at)


def lines(data: bytes) -> list[str]:
    return [each.text for each in KeyParser().feed(data) if isinstance(each, Typed)]


@pytest.mark.parametrize(
    "text", ["0013169074", "0A00C8F1B2", "0a00c8f1b2", ";0013169074?", "em4100:00C8F1B2", "A-z/|~"]
)
def test_what_is_typed_is_read_with_its_shifts(text):
    assert lines(typed(text)) == [text]
    assert lines(typed(text, enter=KEYPAD_ENTER)) == [text]


def test_the_keypad_types_digits_too():
    keypad = {"7": 71, "8": 72, "9": 73, "4": 75, "5": 76, "6": 77, "1": 79, "2": 80, "3": 81, "0": 82}
    data = b"".join(event(keypad[key], PRESSED, 1000 + n) for n, key in enumerate("0013169074"))
    assert lines(data + event(KEYPAD_ENTER, PRESSED, 1020)) == ["0013169074"]


@given(st.lists(st.integers(1, 200), max_size=6))
def test_events_come_out_whole_however_they_are_cut(cuts):
    data, parser, out = typed("0013169074"), KeyParser(), []
    for cut in cuts:
        out += parser.feed(data[:cut])
        data = data[cut:]
    out += parser.feed(data)
    assert [each.text for each in out if isinstance(each, Typed)] == ["0013169074"]


@given(st.binary(max_size=2000))
def test_no_bytes_break_the_parser(data):
    assert all(isinstance(seen, Typed | BrokenOff) for seen in KeyParser().feed(data))


def test_a_half_typed_number_is_dropped_after_200_ms_and_the_next_one_is_whole():
    parser = KeyParser()
    assert parser.feed(typed("00131", enter=None)) == []
    assert parser.look(MonoNs(1240 * MS)) == []
    assert parser.look(MonoNs(1241 * MS)) == [BrokenOff(5, MonoNs(1241 * MS))]
    assert [each.text for each in parser.feed(typed("0013169074", 3000)) if isinstance(each, Typed)] == ["0013169074"]


def test_a_pause_within_a_number_is_seen_by_the_keys_own_times():
    out = KeyParser().feed(typed("00131", enter=None) + typed("69074", 1300))
    assert [type(each) for each in out] == [BrokenOff, Typed]
    assert isinstance(out[1], Typed)
    assert out[1].text == "69074"


def test_keys_that_the_kernel_lost_spoil_their_number_only():
    out = KeyParser().feed(typed("00131", enter=None) + event(SYN_DROPPED, 0, 1050, EV_SYN) + typed("0013169074", 1060))
    assert [each.text for each in out if isinstance(each, Typed)] == ["0013169074"]


def test_a_key_that_is_held_repeats_nothing_and_enter_alone_is_nothing():
    held = typed("001", enter=None) + event(KEY_OF["1"], 2, 1040) * 50
    assert lines(held + typed("3169074", 1050)) == ["0013169074"]
    assert KeyParser().feed(typed("")) == []


def test_memory_stays_bounded_however_much_is_typed():
    parser = KeyParser()
    broken = parser.feed(typed("1" * 10_000, enter=None, every_ms=1))
    assert len(parser._line) < LONGEST
    assert sum(each.count for each in broken if isinstance(each, BrokenOff)) + len(parser._line) == 10_000
    [end] = parser.feed(event(ENTER, PRESSED, 11_001))
    assert isinstance(end, BrokenOff), "its last keys are no number either"
    assert len(parser.feed(typed("0013169074", 11_010))) == 1


@pytest.mark.parametrize(
    ("form", "text", "uid"),
    [
        (WedgeFormat(), "0013169074", UID),
        (WedgeFormat(), "13169074", UID),
        (WedgeFormat("hex"), "0A00C8F1B2", UID),
        (WedgeFormat("hex"), "00c8f1b2", UID),
        (WedgeFormat(prefix=";"), ";0013169074", UID),
        (WedgeFormat("hex", "ID:"), "ID:0A00C8F1B2", UID),
        (WedgeFormat("hex", cards="iso14443"), "04A1B2C3D4E5F6", "iso14443:04A1B2C3D4E5F6"),
        (WedgeFormat("hex", cards="iso14443"), "deadbeef", "iso14443:DEADBEEF"),
        (WedgeFormat(cards="iso14443"), "3735928559", "iso14443:DEADBEEF"),
    ],
)
def test_a_typed_line_is_a_card(form, text, uid):
    assert form.uid(text) == uid


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (WedgeFormat(), ""),
        (WedgeFormat(), "4294967296"),
        (WedgeFormat(), "00013169074"),
        (WedgeFormat(), "0A00C8F1B2"),
        (WedgeFormat(), "٠٠١٣١٦٩٠٧٤"),
        (WedgeFormat(), "-13169074"),
        (WedgeFormat(prefix=";"), "0013169074"),
        (WedgeFormat("hex"), ""),
        (WedgeFormat("hex"), "0A00C8F1B"),
        (WedgeFormat("hex"), "0A00C8F1BG"),
        (WedgeFormat("hex", cards="iso14443"), "0A00C8F1B2"),
    ],
)
def test_a_typed_line_that_is_no_card_is_refused_without_being_repeated(form, text):
    with pytest.raises(CardNumberError) as caught:
        form.uid(text)
    if text:
        assert text not in str(caught.value)


@given(st.integers(0, 0xFFFF_FFFF))
def test_one_card_is_one_card_key_through_every_reader(number):
    frame = Frame(f"0A{number:08X}").uid
    decimal, hexadecimal = WedgeFormat().uid(f"{number:010d}"), WedgeFormat("hex").uid(f"0A{number:08x}")
    assert len({card_key(b"k" * 32, uid) for uid in (frame, decimal, hexadecimal)}) == 1


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def bench() -> Iterator[BenchWedge]:
    bench = BenchWedge(rng=random.Random(1))
    yield bench
    bench.close()


@pytest.fixture
def reader(bench: BenchWedge, inbox: Inbox) -> Iterator[WedgeReader]:
    reader = WedgeReader(bench.port, inbox, clock=time.monotonic_ns)
    reader.start()
    wait_for(lambda: reader.connected, "the device to be opened")
    yield reader
    reader.stop()
    assert not reader.alive


def uids(inbox: Inbox) -> list[str]:
    return [seen.uid for seen in inbox.of(CardSeen)]


def troubles(inbox: Inbox) -> list[Trouble | None]:
    return [report.trouble for report in inbox.of(DeviceReport) if report.device == "reader"]


def test_a_card_held_to_the_reader_is_a_tap_each_time(bench, inbox, reader):
    assert bench.tap("0A00C8F1B2") == UID
    assert bench.tap("0013169074") == UID
    assert bench.tap("0100ABCDEF") == "em4100:00ABCDEF"
    wait_for(lambda: len(uids(inbox)) == 3, "three taps")
    assert uids(inbox) == [UID, UID, "em4100:00ABCDEF"]
    assert (reader.bad_frames, troubles(inbox)) == (0, [None])


def test_the_same_card_is_the_same_uid_on_the_125_khz_reader(inbox):
    frames = BenchRdm6300()
    reader = Rdm6300Reader(frames.port, inbox)
    reader.start()
    try:
        frames.tap("0013169074")
        wait_for(lambda: uids(inbox) == [UID], "the tap")
    finally:
        reader.stop()
        frames.close()


def test_a_reader_pulled_out_is_reported_once_and_works_when_put_back(bench, inbox, reader):
    bench.unplug()
    wait_for(lambda: Trouble.UNPLUGGED in troubles(inbox), "the report of the loss")
    bench.replug()
    wait_for(lambda: troubles(inbox) == [None, Trouble.UNPLUGGED, None], "the report of the return")
    bench.tap("0013169074")
    wait_for(lambda: uids(inbox) == [UID], "a tap")


def test_a_device_that_the_kernel_takes_away_is_a_lost_reader(bench, inbox, reader, monkeypatch):
    gone = OSError(errno.ENODEV, os.strerror(errno.ENODEV))

    def read(descriptor: int) -> bytes:
        raise gone

    monkeypatch.setattr("hardware.card_reader_wedge._read", read)
    bench.lay("0013169074")
    wait_for(lambda: Trouble.UNPLUGGED in troubles(inbox), "the report of the loss")
    monkeypatch.undo()
    wait_for(lambda: reader.connected, "the device to be opened again")


def test_what_is_no_input_device_cannot_be_grabbed_and_is_told(tmp_path, inbox):
    master, slave = os.openpty()
    reader = WedgeReader(os.ttyname(slave), inbox, clock=time.monotonic_ns)
    reader.start()
    try:
        wait_for(lambda: troubles(inbox) == [Trouble.NO_ANSWER], "the report")
    finally:
        reader.stop()
        os.close(master)
        os.close(slave)


def test_a_number_that_breaks_off_is_dropped_and_counted(bench, inbox, reader):
    now_ms = time.monotonic_ns() // MS
    bench._port.write(typed("00131", now_ms, enter=None))
    wait_for(lambda: reader.bad_frames == 1, "the number to be dropped")
    bench.tap("0013169074")
    wait_for(lambda: uids(inbox) == [UID], "the whole number")
    assert reader.stray_bytes == 5


@pytest.mark.parametrize("kind", ["garbage", "flood"])
def test_keys_of_somebody_else_make_no_card_and_are_survived(kind, bench, inbox, reader):
    bench.fault(kind, True)
    wait_for(lambda: reader.bad_frames >= 2, "keys that are no card")
    bench.fault(kind, False)

    def card_came_through() -> bool:
        bench.tap("0013169074")
        return UID in uids(inbox)

    wait_for(card_came_through, "the card behind them")
    assert reader.alive


def test_a_dead_antenna_reads_nothing(bench, inbox, reader):
    bench.fault("silent", True)
    bench.tap("0013169074")
    bench.fault("silent", False)
    bench.tap("0100ABCDEF")
    wait_for(lambda: uids(inbox) == ["em4100:00ABCDEF"], "the other card alone")


def test_a_prefix_and_hexadecimal_digits_are_typed_as_the_pinmap_says(inbox):
    form = WedgeFormat("hex", "ID:")
    bench = BenchWedge(form)
    reader = WedgeReader(bench.port, inbox, typed=form, clock=time.monotonic_ns)
    reader.start()
    try:
        wait_for(lambda: reader.connected, "the device to be opened")
        bench.tap("0013169074")
        wait_for(lambda: uids(inbox) == [UID], "the tap")
    finally:
        reader.stop()
        bench.close()
