"""The PN532 through Adafruit's driver, against a chip on a pseudo-terminal that answers byte for byte."""

import os
import random
import time
from collections.abc import Iterator

import pytest

from hardware.bench.pn532 import ACK, SYNTAX_ERROR, BenchPn532
from hardware.card_reader_pn532 import Pn532Reader
from hardware.errors import BenchNameError
from hardware.rfid_frames import iso14443
from sessions.ports import CardSeen, DeviceReport, Trouble
from tests.hardware.wait import Inbox, wait_for

FOUR, SEVEN = "iso14443:DEADBEEF", "iso14443:04A1B2C3D4E5F6"
WAKE_UP = bytes.fromhex("5555000000000000")
SAM = bytes.fromhex("0000ff05fbd4140114010200")
FIRMWARE = bytes.fromhex("0000ff02fed4022a00")
IN_LIST = bytes.fromhex("0000ff04fcd44a0100e100")


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def bench() -> Iterator[BenchPn532]:
    bench = BenchPn532(random.Random(1))
    yield bench
    bench.close()


@pytest.fixture
def reader(bench: BenchPn532, inbox: Inbox) -> Iterator[Pn532Reader]:
    reader = Pn532Reader(bench.port, inbox, clock=time.monotonic_ns)
    reader.start()
    wait_for(lambda: reader.connected, "the chip to be found")
    yield reader
    reader.stop()
    assert not reader.alive


def uids(inbox: Inbox) -> list[str]:
    return [seen.uid for seen in inbox.of(CardSeen)]


def troubles(inbox: Inbox) -> list[Trouble | None]:
    return [report.trouble for report in inbox.of(DeviceReport) if report.device == "reader"]


def answer(port: str, *frames: bytes) -> bytes:
    """What the chip answers in a moment to bytes written by hand."""
    descriptor = os.open(port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    got = b""

    def more() -> bytes:
        nonlocal got
        try:
            got += os.read(descriptor, 100)
        except BlockingIOError:
            return b""
        return got

    try:
        for frame in frames:
            os.write(descriptor, frame)
            before = got
            deadline = time.monotonic() + 0.3
            while more() == before or time.monotonic() < deadline:
                if time.monotonic() > deadline:
                    break
                time.sleep(0.01)
    finally:
        os.close(descriptor)
    return got


def test_the_chip_sleeps_until_it_is_woken_and_reads_no_card_before_it_is_set_up(bench):
    bench.lay(FOUR)
    assert answer(bench.port, FIRMWARE) == b""
    assert answer(bench.port, WAKE_UP, FIRMWARE) == ACK + bytes.fromhex("0000ff06fad50332010607e800")
    assert answer(bench.port, IN_LIST) == ACK + SYNTAX_ERROR
    assert answer(bench.port, SAM, IN_LIST).endswith(bytes.fromhex("d54b010100040804deadbeef9600"))


@pytest.mark.parametrize("damaged", [FIRMWARE[:-2] + b"\x2b\x00", FIRMWARE[:3] + b"\x03" + FIRMWARE[4:]])
def test_the_chip_answers_no_damaged_frame(damaged, bench):
    assert answer(bench.port, WAKE_UP, damaged) == b""


@pytest.mark.parametrize("uid", [FOUR, SEVEN])
def test_a_card_that_lies_there_is_one_tap_with_its_uid_in_its_own_order(uid, bench, inbox, reader):
    assert bench.lay(uid) == uid
    wait_for(lambda: reader.good_frames >= 12, "the card to be seen for more than a second")
    assert uids(inbox) == [uid]
    bench.lift(uid)
    bench.tap(uid)
    wait_for(lambda: uids(inbox) == [uid, uid], "the second tap")
    assert reader.firmware == "1.6"
    assert (reader.bad_frames, troubles(inbox)) == (0, [None])


def test_two_cards_are_two_taps(bench, inbox, reader):
    bench.lay(FOUR)
    bench.lay(SEVEN)
    wait_for(lambda: reader.good_frames >= 16, "both cards to be seen again and again")
    assert sorted(uids(inbox)) == sorted([FOUR, SEVEN])


def test_a_site_that_writes_uids_the_other_way_round_gets_them_so(bench, inbox):
    reader = Pn532Reader(bench.port, inbox, byte_order="lsb", clock=time.monotonic_ns)
    reader.start()
    try:
        bench.tap(FOUR)
        bench.tap(SEVEN)
        wait_for(lambda: len(uids(inbox)) == 2, "both taps")
    finally:
        reader.stop()
    assert uids(inbox) == ["iso14443:EFBEADDE", "iso14443:F6E5D4C3B2A104"]


def test_a_phone_with_another_uid_each_time_is_no_card(bench, inbox, reader):
    bench.lay("iso14443:08112233")
    wait_for(lambda: reader.random_uids >= 3, "the phone to be seen")
    assert uids(inbox) == []
    assert reader.bad_frames == 0


def test_a_reader_pulled_out_is_reported_once_and_is_woken_and_set_up_when_put_back(bench, inbox, reader):
    bench.unplug()
    wait_for(lambda: Trouble.UNPLUGGED in troubles(inbox), "the report of the loss")
    bench.replug()
    wait_for(lambda: len(troubles(inbox)) == 3, "the report of the return")
    assert troubles(inbox) == [None, Trouble.UNPLUGGED, None]
    bench.tap(SEVEN)
    wait_for(lambda: uids(inbox) == [SEVEN], "a tap")


def test_a_chip_that_answers_no_more_is_reported_though_its_port_is_there(bench, inbox, reader):
    bench.fault("silent", True)
    wait_for(lambda: Trouble.UNPLUGGED in troubles(inbox), "the report of the loss")
    bench.fault("silent", False)
    wait_for(lambda: troubles(inbox) == [None, Trouble.UNPLUGGED, None], "the report of the return")
    bench.tap(FOUR)
    wait_for(lambda: uids(inbox) == [FOUR], "a tap")


def test_a_chip_that_was_never_there_is_found_when_it_comes(inbox, bench):
    bench.fault("silent", True)
    reader = Pn532Reader(bench.port, inbox, clock=time.monotonic_ns)
    reader.start()
    try:
        wait_for(lambda: troubles(inbox) == [Trouble.NO_ANSWER], "the report")
        bench.fault("silent", False)
        wait_for(lambda: troubles(inbox) == [Trouble.NO_ANSWER, None], "the chip")
    finally:
        reader.stop()


@pytest.mark.parametrize("kind", ["garbage", "flood"])
def test_a_disturbed_line_makes_no_card_and_is_survived(kind, bench, inbox, reader):
    bench.fault(kind, True)
    wait_for(lambda: reader.bad_frames >= 10 or not reader.connected, "spoilt answers", timeout_s=20)
    bench.lay(SEVEN)
    bench.fault(kind, False)
    wait_for(lambda: uids(inbox), "the tap behind the disturbance", timeout_s=20)
    assert uids(inbox) == [SEVEN]
    assert reader.alive


def test_the_bench_takes_a_bare_number_for_a_card_of_its_kind_and_refuses_another_kind(bench):
    assert bench.uid("0A00C8F1B2") == "iso14443:00C8F1B2"
    assert bench.uid("iso14443:04:a1:b2:c3:d4:e5:f6") == SEVEN
    with pytest.raises(BenchNameError):
        bench.uid("em4100:00C8F1B2")
    assert iso14443(bytes.fromhex("04a1b2c3d4e5f6")) == SEVEN
