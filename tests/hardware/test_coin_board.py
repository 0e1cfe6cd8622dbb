"""Coin boards: their lines, whose coin is which, what they may do, and boards on real terminals that come and go."""

import os
import random
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.bench.coin_board import BenchCoinBoard
from hardware.bench.gpio import BenchFactory
from hardware.bench.wires import header_wire
from hardware.coin_board import WHO_NS, CoinValues, SerialCoinBoard
from hardware.coin_lines import (
    LONGEST,
    Accepting,
    Alive,
    BadLine,
    BoardTrouble,
    Coin,
    Line,
    LineParser,
    Ready,
    board_line,
    checksum,
)
from hardware.coin_specs import SerialCoinSpec
from hardware.errors import BenchRefused
from hardware.gpio import Header
from sessions.ports import CoinPulseStarted, CoinSeen, DeviceReport, Trouble
from sessions.units import MinorUnits
from tests.hardware.wait import Inbox, wait_for

SECOND = 1_000_000_000
VALUES = CoinValues(MinorUnits(100), frozenset({100, 500, 1000}))


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("COIN:5", Coin(5, None)),
        ("COIN:10#123", Coin(10, "123")),
        ("COIN:1#7.42", Coin(1, "7.42")),
        ("READY", Ready(None)),
        ("READY:7", Ready("7")),
        ("ALIVE", Alive()),
        ("ENABLED", Accepting(True)),
        ("INHIBITED", Accepting(False)),
        ("ERR:jam", BoardTrouble("jam")),
    ],
)
def test_a_good_line_is_read_with_and_without_checksum_and_with_either_end(said, line):
    assert LineParser().feed(board_line(said)) == [line]
    assert LineParser().feed(board_line(said, checked=True)) == [line]
    assert LineParser().feed(said.encode() + b"\r\n") == [line]
    assert LineParser().feed(b"\n\r\n" + board_line(said, checked=True).replace(b"\n", b"\r\n")) == [line]


def test_the_checksum_is_the_documented_one():
    assert checksum(b"COIN:5#123") == 0x17
    assert board_line("COIN:5#123", checked=True) == b"COIN:5#123*17\n"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"COIN:5#123*18\n", "bad checksum"),
        (b"COIN:6#123*17\n", "bad checksum"),
        (b"COIN:5#123*1\n", "unknown"),
        (b"COIN:\n", "unknown"),
        (b"COIN:-5\n", "unknown"),
        (b"COIN:5.0\n", "unknown"),
        (b"COIN: 5\n", "unknown"),
        (b"COIN:5#\n", "unknown"),
        (b"COIN:5#a b\n", "unknown"),
        (b"COIN:1234567\n", "unknown"),
        (b"COIN:5COIN:5\n", "unknown"),
        (b"coin:5\n", "unknown"),
        (b"OIN:5\n", "unknown"),
        (b"COIN:\xd9\xa5\n", "unknown"),
        (b"COIN:5\x00\n", "unknown"),
        (b"READY:\n", "unknown"),
        (b"ERR:\n", "unknown"),
        (b"\xff\xfe\n", "unknown"),
        (b"COIN:5" + b" " * 100 + b"\n", "too long"),
    ],
)
def test_a_bad_line_says_why_and_the_next_one_is_read(data, why):
    bad, good = LineParser().feed(data + b"COIN:5\n")
    assert isinstance(bad, BadLine)
    assert bad.why == why
    assert good == Coin(5, None)


def test_a_board_that_has_a_checksum_must_go_on_having_it():
    parser = LineParser()
    assert parser.feed(board_line("READY:1", checked=True) + b"COIN:5\n") == [
        Ready("1"),
        BadLine("without its checksum", 6),
    ]


@given(st.lists(st.sampled_from(["COIN:5#1", "ALIVE", "ERR:x", "READY:3"]), max_size=6), st.data())
def test_lines_come_out_whole_however_they_are_cut(said, data):
    stream = b"".join(board_line(each, checked=True) for each in said)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    whole, parser, parsed = LineParser().feed(stream), LineParser(), list[Line]()
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        parsed += parser.feed(stream[start:end])
    assert parsed == whole
    assert len(whole) == len(said)


@given(st.binary(max_size=2000))
def test_no_bytes_break_the_parser_and_none_are_kept_for_ever(data):
    parser = LineParser()
    parser.feed(data)
    assert len(parser._line) <= LONGEST


class Portless(SerialCoinBoard):
    """Says what it says into a list."""

    said: list[bytes]

    def _send(self, line: bytes) -> None:
        self.said.append(line)


class Told:
    """A driver without a port: what it posts, says and knows as stored, on a clock that is set."""

    def __init__(self, run_id: str = "run") -> None:
        self.inbox = Inbox()
        self.now = 0
        self.stored: set[str] = set()
        self.said: list[bytes] = []
        self.board = Portless(
            "nowhere",
            self.inbox,
            VALUES,
            is_stored=lambda coin: coin in self.stored,
            clock=lambda: self.now,
            run_id=run_id,
        )
        self.board.said = self.said
        self.board.found()

    def hears(self, *lines: str) -> list[CoinSeen]:
        """The coins told since the start, after these lines."""
        self.board.take(b"".join(board_line(line) for line in lines))
        return self.inbox.of(CoinSeen)

    def answers(self) -> list[bytes]:
        self.board.take(b"")
        return [line for line in self.said if line.startswith(b"OK")]

    def troubles(self) -> list[Trouble | None]:
        return [report.trouble for report in self.inbox.of(DeviceReport)]


def test_a_coin_without_a_number_is_a_coin_each_time_it_is_said():
    told = Told()
    coins = told.hears("COIN:5", "COIN:5", "COIN:1")
    assert [coin.value for coin in coins] == [500, 500, 100]
    assert len({coin.train_id for coin in coins}) == 3
    told.board.found()
    assert len({coin.train_id for coin in told.hears("COIN:5")}) == 4
    assert [seen.train_id for seen in told.inbox.of(CoinPulseStarted)] == [
        coin.train_id for coin in told.inbox.of(CoinSeen)
    ]
    other = Told("other run").hears("COIN:5")
    assert other[0].train_id not in {coin.train_id for coin in coins}


def test_a_numbered_coin_is_one_coin_however_often_it_is_said_and_answered_once_it_is_stored():
    told = Told()
    [coin] = told.hears("READY:7", "COIN:5#123", "COIN:5#123")
    assert coin.train_id == "coin:board-7:123"
    assert told.answers() == []
    told.stored.add(coin.train_id)
    assert told.answers() == [b"OK:123\n"]
    assert told.hears("COIN:5#123") == [coin]
    assert told.answers() == [b"OK:123\n"] * 2, "the first answer may have been lost"


def test_a_coin_stored_before_a_restart_is_answered_and_not_told_again():
    before = Told("first run")
    [coin] = before.hears("READY:7", "COIN:5#123")
    after = Told("second run")
    after.stored = {coin.train_id}
    assert after.hears("READY:7", "COIN:5#123") == []
    assert after.answers() == [b"OK:123\n"]


def test_a_coin_not_stored_before_a_restart_is_told_again_under_the_same_identity():
    [first], [second] = (Told(run).hears("READY:7", "COIN:5#123") for run in ("first", "second"))
    assert first.train_id == second.train_id


def test_numbers_that_begin_again_after_a_power_cut_are_other_coins():
    told = Told()
    coins = told.hears("READY:7", "COIN:5#1", "READY:8", "COIN:5#1")
    assert [coin.train_id for coin in coins] == ["coin:board-7:1", "coin:board-8:1"]
    told.stored = {coin.train_id for coin in coins}
    assert told.answers() == [b"OK:1\n"], "the coin of the former boot is nobody's question any more"


def test_a_numbered_coin_waits_until_the_board_has_said_its_boot():
    told = Told()
    assert told.hears("COIN:5#9") == []
    assert told.said.count(b"WHO\n") == 2
    [coin] = told.hears("READY:3", "COIN:5#9")
    assert coin.train_id == "coin:board-3:9"


def test_a_board_that_numbers_without_boots_is_believed_on_its_own_connection():
    told = Told()
    told.now = WHO_NS
    [coin] = told.hears("COIN:5#9", "COIN:5#9")
    assert told.hears("READY:3", "COIN:5#9") == [coin], "the same coin, whatever it learns to say afterwards"
    told.stored.add(coin.train_id)
    assert told.answers() == [b"OK:9\n"]


def test_a_coin_that_the_pinmap_does_not_have_is_reported_and_not_counted():
    told = Told()
    assert told.hears("COIN:2") == []
    assert told.troubles() == [None, Trouble.NOISE]
    assert told.board.bad == 1
    assert len(told.hears("COIN:5")) == 1
    assert told.troubles() == [None, Trouble.NOISE, None]


def test_what_a_board_says_is_wrong_is_told_until_it_is_ready_again():
    told = Told()
    told.hears("ERR:jam", "ERR:jam")
    [_, report] = told.inbox.of(DeviceReport)
    assert (report.trouble, "jam" in report.detail) == (Trouble.JAMMED, True)
    told.hears("READY")
    assert told.troubles() == [None, Trouble.JAMMED, None]


def test_the_permission_is_given_again_every_second_and_refused_from_the_start():
    told = Told()
    told.hears()
    assert told.said == [b"WHO\n", b"INHIBIT\n"]
    told.board.enable(True)
    told.hears()
    assert told.said[-1] == b"ENABLE\n"
    for told.now in range(0, 5 * SECOND, SECOND // 4):
        told.hears()
    assert told.said.count(b"ENABLE\n") == 5
    told.board.enable(False)
    told.hears()
    assert told.said[-1] == b"INHIBIT\n"


def test_a_board_that_was_switched_on_again_is_told_at_once():
    told = Told()
    told.board.enable(True)
    told.hears()
    told.said.clear()
    told.hears("READY:2")
    assert told.said == [b"ENABLE\n"]


def test_a_board_whose_heartbeat_stops_is_reported_and_refused():
    told = Told()
    told.board.enable(True)
    told.hears("ALIVE")
    assert told.board.enabled
    told.now = 16 * SECOND
    told.hears()
    assert told.troubles() == [None, Trouble.NO_ANSWER]
    assert (told.board.enabled, told.board.check.line) == (False, "gone")
    told.hears("ALIVE")
    assert told.troubles() == [None, Trouble.NO_ANSWER, None]
    assert told.board.enabled


def test_a_board_without_a_heartbeat_may_be_silent_for_days():
    told = Told()
    told.hears("COIN:5")
    told.now = 3 * 86_400 * SECOND
    told.hears()
    assert told.troubles() == [None]


# A board on a terminal.

SPEC = SerialCoinSpec.model_validate({"kind": "serial", "port": "/dev/ttyUSB0", "level": "native", "minor_units": 100})
WIRED = SerialCoinSpec.model_validate(
    {**SPEC.model_dump(exclude_none=True), "enable": {"pin": 21, "active": "high", "off_means": "refuses"}}
)


class Rig:
    """A bench's board and the driver at its port; every coin that is told counts as stored."""

    def __init__(self) -> None:
        self.inbox = Inbox()
        factory = BenchFactory()
        wire = header_wire(factory.wire(21))
        wire.rest("low")
        self.bench = BenchCoinBoard(WIRED, random.Random(1), wire)
        self.header = Header(factory)
        self.driver = SerialCoinBoard(
            self.bench.port,
            self.inbox,
            VALUES,
            enable_line=self.header.output(21, "coin.enable"),
            is_stored=lambda coin: coin in [seen.train_id for seen in self.inbox.of(CoinSeen)],
        )
        self.driver.start()
        wait_for(lambda: self.driver.connected, "the port to be opened")

    @property
    def coins(self) -> list[int]:
        return [seen.value for seen in self.inbox.of(CoinSeen)]

    @property
    def troubles(self) -> list[Trouble | None]:
        return [report.trouble for report in self.inbox.of(DeviceReport)]


@pytest.fixture
def rig() -> Iterator[Rig]:
    rig = Rig()
    yield rig
    rig.driver.stop()
    assert not rig.driver.alive
    rig.bench.close()
    rig.header.close()


def test_coins_dropped_are_counted_once_each(rig):
    rig.driver.enable(True)
    for value in (1, 5, 5, 10):
        rig.bench.drop(value)
    assert rig.coins == [100, 500, 500, 1000]
    assert rig.driver.accepting is True
    assert (rig.driver.good, rig.driver.bad) == (4, 0)


def test_a_board_refuses_until_it_is_told_otherwise_and_when_it_is_told_so(rig, monkeypatch):
    monkeypatch.setattr("hardware.bench.coin_board.PATIENCE_S", 0.3)
    with pytest.raises(BenchRefused, match="refuses"):
        rig.bench.drop(5)
    rig.driver.enable(True)
    wait_for(lambda: rig.bench.accepts, "the permission")
    rig.driver.enable(False)
    wait_for(lambda: not rig.bench.accepts, "the refusal")
    wait_for(lambda: rig.driver.accepting is False, "the board's own word")
    with pytest.raises(BenchRefused, match="not taught"):
        rig.bench.drop(2)


def test_a_board_pulled_out_refuses_and_is_told_again_when_it_is_back(rig):
    rig.driver.enable(True)
    rig.bench.drop(5)
    rig.bench.unplug()
    wait_for(lambda: Trouble.UNPLUGGED in rig.troubles, "the report of the loss")
    assert not rig.driver.enabled
    assert not rig.header.factory.pin(21).state, "the wire refuses too"
    rig.bench.replug()
    rig.bench.drop(5)
    assert rig.coins == [500, 500], "number 1 of another boot is another coin"
    wait_for(lambda: rig.troubles == [None, Trouble.UNPLUGGED, None], "the report of the return")


def test_a_driver_that_ends_leaves_a_board_that_refuses(rig):
    rig.driver.enable(True)
    wait_for(lambda: rig.bench.accepts, "the permission")
    rig.driver.stop()
    wait_for(lambda: not rig.bench.accepts, "the refusal", timeout_s=2)


def test_a_kiosk_that_dies_leaves_a_board_that_refuses_a_moment_later(rig, monkeypatch):
    rig.driver.enable(True)
    wait_for(lambda: rig.bench.accepts, "the permission")
    monkeypatch.setattr("hardware.bench.coin_board.LEASE_S", 1)
    monkeypatch.setattr(rig.driver, "_command", lambda now: None)
    wait_for(lambda: not rig.bench.accepts, "the end of the permission")


@pytest.mark.parametrize("kind", ["garbage", "flood"])
def test_a_disturbed_line_makes_no_coin_and_loses_none(kind, rig):
    rig.driver.enable(True)
    wait_for(lambda: rig.bench.accepts, "the permission")
    rig.bench.fault(kind, True)
    wait_for(lambda: rig.driver.bad >= 20, "damaged lines", timeout_s=30)
    wait_for(lambda: Trouble.NOISE in rig.troubles, "the report")
    rig.bench.fault(kind, False)
    rig.bench.drop(5)
    wait_for(lambda: rig.coins == [500], "the coin")


def test_a_silent_board_is_reported_and_refused_and_believed_again_when_it_speaks(rig, monkeypatch):
    monkeypatch.setattr("hardware.coin_board.SILENT_NS", SECOND // 2)
    monkeypatch.setattr("hardware.bench.coin_board.HEARTBEAT_S", 0.1)
    wait_for(lambda: rig.driver._has_heartbeat, "a heartbeat")
    rig.bench.fault("silent", True)
    wait_for(lambda: Trouble.NO_ANSWER in rig.troubles, "the report")
    rig.bench.fault("silent", False)
    wait_for(lambda: rig.troubles[-1] is None and rig.driver.check.line == "ok", "its return")


def test_a_jam_is_told_and_refused_by_the_board_itself(rig):
    rig.driver.enable(True)
    wait_for(lambda: rig.bench.accepts, "the permission")
    rig.bench.fault("jammed", True)
    wait_for(lambda: rig.troubles[-1] is Trouble.JAMMED, "the report")
    assert not rig.bench.accepts
    rig.bench.fault("jammed", False)
    wait_for(lambda: rig.troubles[-1] is None, "its end")
    rig.bench.drop(5)
    assert rig.coins == [500]


def test_a_simple_board_that_only_says_its_coins_works(tmp_path: Path):
    master, slave = os.openpty()
    tty.setraw(slave)
    inbox = Inbox()
    driver = SerialCoinBoard(os.ttyname(slave), inbox, VALUES)
    driver.start()
    try:
        wait_for(lambda: driver.connected, "the port to be opened")
        os.write(master, b"hello, I am an Arduino\r\nCOI")
        os.write(master, b"N:5\r\nCOIN:5\r\n")
        wait_for(lambda: len(inbox.of(CoinSeen)) == 2, "both coins")
        assert driver.bad == 1
    finally:
        driver.stop()
        os.close(master)
        os.close(slave)
