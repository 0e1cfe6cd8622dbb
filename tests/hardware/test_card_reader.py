"""The 125 kHz reader's driver over real terminals: taps, reconnects, and lines full of rubbish."""

import os
import pty
import random
import tty
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from hardware.bench.reader import BenchRdm6300
from hardware.card_reader import REMEMBERED, TapFilter
from hardware.card_reader_rdm6300 import Rdm6300Reader
from hardware.errors import BenchNameError, BenchRefused, CardNumberError
from hardware.rfid_frames import frame_bytes
from sessions.ports import CardSeen, DeviceReport, Trouble
from sessions.units import MonoNs
from tests.hardware.wait import Inbox, wait_for

CARD, OTHER = "0A00C8F1B2", "0100ABCDEF"
UID, OTHER_UID = "em4100:00C8F1B2", "em4100:00ABCDEF"
MS = 1_000_000


def uids(inbox: Inbox) -> list[str]:
    return [seen.uid for seen in inbox.of(CardSeen)]


def troubles(inbox: Inbox) -> list[Trouble | None]:
    return [report.trouble for report in inbox.of(DeviceReport) if report.device == "reader"]


def taps(frames: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Which of these (milliseconds, UID) frames are taps."""
    taps = TapFilter()
    return [frame for frame in frames if taps.is_tap(frame[1], MonoNs(frame[0] * MS))]


def test_a_card_left_lying_taps_once():
    assert taps([(at, UID) for at in range(0, 60_000, 220)]) == [(0, UID)]


def test_a_second_without_the_card_makes_the_next_frame_a_tap():
    assert taps([(0, UID), (999, UID), (1998, UID), (2998, UID)]) == [(0, UID), (2998, UID)]


def test_another_card_taps_at_once_and_two_cards_in_turn_are_two_taps():
    frames = [(at, UID if at % 440 == 0 else OTHER_UID) for at in range(0, 20_000, 220)]
    assert taps(frames) == [(0, UID), (220, OTHER_UID)]


def test_the_filter_remembers_a_bounded_number_of_cards():
    filtered = TapFilter()
    for number in range(10_000):
        assert filtered.is_tap(f"em4100:{number:08X}", MonoNs(number))
    assert len(filtered._seen) <= REMEMBERED


class Line:
    """A terminal that a stranger writes to; `path` is a link that can be led elsewhere, as udev does."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fds: list[int] = []

    def put_in(self) -> None:
        master, slave = pty.openpty()
        tty.setraw(slave)
        os.set_blocking(master, False)
        self._fds += [master, slave]
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(slave))

    def pull_out(self) -> None:
        # The name first: terminals are numbered anew, and a name that stays would lead to the next test's.
        self.path.unlink(missing_ok=True)
        while self._fds:
            os.close(self._fds.pop())

    def write(self, data: bytes) -> None:
        try:
            os.write(self._fds[-2], data)
        except BlockingIOError:
            os.sched_yield()


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    line = Line(tmp_path / "reader")
    line.put_in()
    yield line
    line.pull_out()


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def reader(line: Line, inbox: Inbox) -> Iterator[Rdm6300Reader]:
    reader = Rdm6300Reader(str(line.path), inbox)
    reader.start()
    wait_for(lambda: reader.connected, "the port to be opened")
    yield reader
    reader.stop()
    assert not reader.alive


def test_a_frame_on_the_line_is_a_tap_with_an_identity_of_its_own(line, inbox, reader):
    line.write(frame_bytes(CARD) * 3 + frame_bytes(OTHER) * 2)
    wait_for(lambda: reader.good_frames == 5, "five frames")
    assert uids(inbox) == [UID, OTHER_UID]
    assert len({seen.tap_id for seen in inbox.of(CardSeen)}) == 2
    assert all(seen.tap_id.startswith("reader:") for seen in inbox.of(CardSeen))
    assert troubles(inbox) == [None]


def read_one_card(line: Line, inbox: Inbox) -> None:
    reader = Rdm6300Reader(str(line.path), inbox)
    reader.start()
    wait_for(lambda: reader.connected, "the port to be opened")
    line.write(frame_bytes(CARD))
    wait_for(lambda: reader.good_frames, "a frame")
    reader.stop()


def test_identities_differ_between_runs(line, inbox):
    for _ in range(2):
        read_one_card(line, inbox)
    assert len({seen.tap_id for seen in inbox.of(CardSeen)}) == 2


def test_malformed_frames_are_counted_and_the_next_card_is_read(line, inbox, reader):
    line.write(b"\xff\x00" + frame_bytes(CARD)[:5] + b"\x020A00C8F1B200\x03" + b"\x02ZZ\x03" + b"\x02" + b"0" * 40)
    line.write(frame_bytes(OTHER))
    wait_for(lambda: reader.good_frames == 1, "the whole frame")
    assert uids(inbox) == [OTHER_UID]
    assert reader.bad_frames == 4


def test_a_reader_pulled_out_is_reported_once_and_works_when_put_back(line, inbox, reader):
    line.pull_out()
    wait_for(lambda: Trouble.UNPLUGGED in troubles(inbox), "the report of the loss")
    line.put_in()
    wait_for(lambda: len(troubles(inbox)) == 3, "the report of the return")
    assert troubles(inbox) == [None, Trouble.UNPLUGGED, None]
    line.write(frame_bytes(CARD))
    wait_for(lambda: uids(inbox), "a tap")
    assert reader.alive


def test_a_link_led_to_another_terminal_is_followed(line, inbox, reader):
    line.put_in()
    wait_for(lambda: troubles(inbox) == [None, Trouble.UNPLUGGED, None], "the new terminal to be opened")
    line.write(frame_bytes(CARD))
    wait_for(lambda: uids(inbox), "a tap on the new terminal")


def test_a_reader_that_was_never_there_is_found_when_it_comes(line, inbox):
    line.pull_out()
    reader = Rdm6300Reader(str(line.path), inbox)
    reader.start()
    try:
        wait_for(lambda: troubles(inbox) == [Trouble.NO_ANSWER], "the report")
        line.put_in()
        wait_for(lambda: troubles(inbox) == [Trouble.NO_ANSWER, None], "the reader")
    finally:
        reader.stop()
    (lost, _) = inbox.of(DeviceReport)
    assert str(line.path) in lost.detail


@pytest.mark.parametrize("what", ["a file", "a folder"])
def test_a_path_that_is_no_port_is_reported_and_does_not_end_the_thread(what, tmp_path, inbox):
    path = tmp_path / "port"
    path.write_text("no port") if what == "a file" else path.mkdir()
    reader = Rdm6300Reader(str(path), inbox)
    reader.start()
    try:
        wait_for(lambda: troubles(inbox) == [Trouble.NO_ANSWER], "the report")
        beat = reader.last_beat
        wait_for(lambda: reader.last_beat > beat, "another try")
    finally:
        reader.stop()


def test_a_flood_of_rubbish_is_one_report_and_a_card_still_gets_through(line, inbox, reader):
    rng = random.Random(4)
    wait_for(partial(flooded, line, rng, inbox), "the report of noise")
    line.write(b"\x03")

    def card_came_through() -> bool:
        line.write(frame_bytes(CARD))
        return UID in uids(inbox)

    wait_for(card_came_through, "the card behind the flood")
    assert troubles(inbox) == [None, Trouble.NOISE]
    assert reader.alive


def flooded(line: Line, rng: random.Random, inbox: Inbox) -> bool:
    line.write(rng.randbytes(2000))
    return Trouble.NOISE in troubles(inbox)


@pytest.fixture
def bench_reader(inbox: Inbox) -> Iterator[tuple[BenchRdm6300, Rdm6300Reader]]:
    bench = BenchRdm6300(random.Random(1))
    reader = Rdm6300Reader(bench.port, inbox)
    reader.start()
    wait_for(lambda: reader.connected, "the port to be opened")
    yield bench, reader
    reader.stop()
    bench.close()
    assert not Path(bench.port).parent.exists()


def test_the_bench_reader_taps_as_often_as_it_is_told(bench_reader, inbox):
    bench, reader = bench_reader
    assert bench.tap("0013169074") == UID
    assert bench.tap(CARD) == UID
    assert bench.tap(OTHER) == OTHER_UID
    wait_for(lambda: len(uids(inbox)) == 3, "three taps")
    assert uids(inbox) == [UID, UID, OTHER_UID]
    assert reader.good_frames >= 6
    assert reader.bad_frames == 0


def test_the_bench_reader_refuses_what_is_no_card_for_it(bench_reader):
    bench, _ = bench_reader
    with pytest.raises(CardNumberError):
        bench.tap("nonsense")
    with pytest.raises(BenchNameError):
        bench.tap("iso14443:04A1B2C3")


def test_the_bench_reader_can_be_pulled_out_and_put_back(bench_reader, inbox):
    bench, _ = bench_reader
    bench.unplug()
    bench.unplug()
    with pytest.raises(BenchRefused, match="unplugged"):
        bench.tap(CARD)
    wait_for(lambda: troubles(inbox) == [None, Trouble.UNPLUGGED], "the report of the loss")
    bench.replug()
    bench.replug()
    wait_for(lambda: troubles(inbox) == [None, Trouble.UNPLUGGED, None], "the report of the return")
    bench.tap(CARD)
    wait_for(lambda: uids(inbox) == [UID], "a tap")


@pytest.mark.parametrize("kind", ["garbage", "flood"])
def test_a_disturbed_line_still_carries_a_card_left_lying(kind, bench_reader, inbox):
    bench, reader = bench_reader
    bench.fault(kind, True)
    wait_for(lambda: Trouble.NOISE in troubles(inbox), "the report of noise")
    bench.lay(CARD)
    bench.fault(kind, False)
    wait_for(lambda: UID in uids(inbox), "the tap")
    assert reader.alive


def test_a_dead_antenna_reads_nothing(bench_reader, inbox):
    bench, reader = bench_reader
    bench.fault("silent", True)
    bench.tap(CARD)
    bench.fault("silent", False)
    bench.tap(OTHER)
    wait_for(lambda: uids(inbox) == [OTHER_UID], "the other card alone")
    assert reader.bad_frames == 0
