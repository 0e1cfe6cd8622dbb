"""The TM1637 driver and the chip's bits, both ways; what is sent when; and the thread that sends it."""

import json
import threading
from pathlib import Path

import pytest

from hardware.bench.gpio import BenchFactory
from hardware.bench.tm1637 import TM1637Chip
from hardware.display import CHECKS_A_REWRITE, DisplayWorker, SlotDisplay, check_text
from hardware.errors import DisplayTextError
from hardware.gpio import serve_rpi_gpio
from sessions.ports import DeviceReport, Trouble
from tests.hardware.clock import HandClock
from tests.hardware.wait import Inbox, wait_for

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "tm1637.json").read_text())["display"]
CLK, DIO = 13, (5, 6, 7, 8)


class Wall:
    """Four displays on one clock line, and what went over the first one's wires."""

    def __init__(self) -> None:
        self.factory = BenchFactory()
        self.frames: list[bytes] = []
        self.edges = 0
        clk = self.factory.wire(CLK)
        listeners = (self.frames.append, None, None, None)
        self.chips = [TM1637Chip(clk, self.factory.wire(dio), on) for dio, on in zip(DIO, listeners, strict=True)]
        clk.watch(lambda level: self._count())
        line = threading.Lock()
        self.displays = [
            SlotDisplay(f"slot{n}.display", clk, self.factory.wire(dio), line) for n, dio in enumerate(DIO, 1)
        ]

    def _count(self) -> None:
        self.edges += 1

    def read(self) -> list[str]:
        return [chip.text for chip in self.chips]

    def sent(self) -> list[str]:
        frames, self.frames[:] = [frame.hex(" ") for frame in self.frames], []
        return frames


def troubles(inbox: Inbox) -> list[tuple[str, Trouble]]:
    return [(report.device, report.trouble) for report in inbox.of(DeviceReport) if report.trouble is not None]


@pytest.fixture
def wall():
    wall = Wall()
    yield wall
    wall.displays.clear()
    wall.factory.close()


def test_the_driver_s_bits_are_the_recorded_ones_and_the_chip_reads_them(wall):
    serve_rpi_gpio()
    from tm1637 import TM1637

    driver = TM1637(wall.factory.wire(CLK), wall.factory.wire(DIO[0]))
    chip = wall.chips[0]
    for vector in VECTORS:
        getattr(driver, vector["call"])(*vector["args"], **vector["kwargs"])
        assert wall.sent() == vector["frames"]
        assert chip.ram[:4].hex(" ") == vector["ram"]
        assert (chip.brightness, chip.on, chip.text) == (vector["brightness"], vector["on"], vector["text"])
    assert [other.on for other in wall.chips[1:]] == [False] * 3, "a clock without a START of its own is not ours"


@pytest.mark.parametrize("frames", [vector["frames"] for vector in VECTORS], ids=lambda frames: frames[1])
def test_the_chip_reads_recorded_bits_put_on_bare_wires(wall, frames):
    """The other way: no driver, only levels."""
    clk, dio = wall.factory.wire(CLK), wall.factory.wire(DIO[1])
    for frame in frames:
        for pin, level in ((clk, 1), (dio, 1), (dio, 0), (clk, 0)):
            pin.state = level
        for byte in bytes.fromhex(frame):
            for bit in range(8):
                dio.state = byte >> bit & 1
                clk.state = 1
                clk.state = 0
            dio.input_with_pull("up")
            clk.state = 1
            assert not dio.state, "no ACK"
            clk.state = 0
            assert dio.state, "the line is let go after the ninth clock"
            dio.output_with_state(0)
        for pin, level in ((clk, 1), (dio, 1)):
            pin.state = level
    vector = next(vector for vector in VECTORS if vector["frames"] == frames)
    chip = wall.chips[1]
    assert (chip.ram[:4].hex(" "), chip.on) == (vector["ram"], True)
    assert (chip.text, chip.brightness) == (vector["text"], vector["brightness"])


def test_fixed_addressing_writes_one_digit_over_and_over(wall):
    driver = wall.displays[0]._driver
    driver._start()
    driver._write_byte(0x44)
    driver._stop()
    driver._start()
    for byte in (0xC2, 0x3F, 0x06):
        driver._write_byte(byte)
    driver._stop()
    assert wall.chips[0].ram == bytes([0, 0, 0x06, 0, 0, 0])


@pytest.mark.parametrize(
    ("text", "read"),
    [("12:59", "12:59"), ("99:59", "99:59"), ("00:05", "00:05"), (" 5:00", " 5:00"), ("FULL", "FULL"),
     ("Err1", "Err1"), ("----", "----"), ("", "    "), ("no", "n0  ")],
)  # fmt: skip
def test_what_is_sent_is_what_a_person_reads(wall, text, read):
    wall.displays[2].send(text)
    assert wall.read()[2] == read


@pytest.mark.parametrize("text", ["12345", "1:234", "12:5", "a.b", "12:59 ", "12:5x", "é"])
def test_what_does_not_fit_is_refused_in_words(wall, text):
    with pytest.raises(DisplayTextError, match="12:59"):
        check_text(text)
    with pytest.raises(ValueError, match="does not fit"):
        wall.displays[0].send(text)


def test_only_changed_digits_are_sent(wall):
    display = wall.displays[0]
    display.send("05:00")
    wall.sent()
    display.send("05:00")
    assert wall.sent() == []
    display.send("04:59")
    assert wall.sent() == ["40", "c1 e6 6d 6f", "8f"]
    display.send("04:58")
    assert wall.sent() == ["40", "c3 7f", "8f"]
    display.forget()
    display.send("04:58")
    assert wall.sent() == ["40", "c0 3f e6 6d 7f", "8f"]


def test_a_digit_costs_less_than_two_thirds_of_a_refresh(wall):
    display = wall.displays[0]
    display.send("05:00")
    refresh, wall.edges = wall.edges, 0
    display.send("05:01")
    assert wall.edges < refresh * 2 / 3


def test_a_probe_tells_who_is_there_and_changes_nothing(wall):
    for display in wall.displays:
        display.send("12:59")
    wall.chips[1].absent = wall.chips[3].absent = True
    assert [display.probe() for display in wall.displays] == [True, False, True, False]
    wall.chips[1].absent = wall.chips[3].absent = False
    assert wall.read() == ["12:59"] * 4
    wall.displays[0].send("12:58")
    assert wall.read() == ["12:58", *["12:59"] * 3]


class TestWorker:
    @pytest.fixture
    def clock(self):
        return HandClock()

    @pytest.fixture
    def inbox(self):
        return Inbox()

    @pytest.fixture
    def worker(self, wall, inbox, clock):
        return DisplayWorker(wall.displays, inbox, clock=clock)

    def test_the_newest_text_wins(self, wall, worker):
        worker.work()
        wall.sent()
        for text in ("00:03", "00:02", "00:01"):
            worker.show(wall.displays[0], text)
        worker.work()
        assert len(wall.sent()) == 3
        assert wall.read()[0] == "00:01"

    def test_showing_checks_at_once(self, wall, worker):
        with pytest.raises(DisplayTextError):
            worker.show(wall.displays[0], "much too long")

    def test_a_display_pulled_out_is_reported_once_and_shows_the_time_when_it_is_back(self, wall, worker, inbox, clock):
        def seconds(count: int) -> None:
            for _ in range(count):
                clock.advance(1)
                worker.work()

        worker.show(wall.displays[0], "10:00")
        worker.work()
        wall.chips[0].absent = True
        wall.chips[0].reset()
        seconds(5)
        assert troubles(inbox) == [("slot1.display", Trouble.NO_ANSWER)]
        worker.show(wall.displays[1], "00:07")
        worker.work()
        assert wall.read()[1] == "00:07", "the others go on"
        wall.chips[0].absent = False
        seconds(3)
        assert wall.read()[0] == "10:00"
        assert inbox.of(DeviceReport)[-1].trouble is None

    def test_a_display_that_lost_its_contents_unnoticed_is_rewritten_in_time(self, wall, worker, clock):
        worker.show(wall.displays[0], "10:00")
        worker.work()
        wall.chips[0].reset()
        for _ in range(CHECKS_A_REWRITE):
            clock.advance(1)
            worker.work()
        assert wall.read()[0] == "10:00"

    def test_a_line_that_cannot_be_written_is_reported_and_tried_again(self, wall, worker, inbox, clock):
        worker.show(wall.displays[0], "10:00")
        worker.work()
        dio = wall.factory.wire(DIO[0])
        dio.function = "input"
        for _ in range(4):
            clock.advance(1)
            worker.work()
        assert troubles(inbox) == [("slot1.display", Trouble.NO_ANSWER)]
        dio.function = "output"
        for _ in range(3):
            clock.advance(1)
            worker.work()
        assert wall.read()[0] == "10:00"
        assert inbox.of(DeviceReport)[-1].trouble is None

    def test_the_thread_shows_soon_and_leaves_the_displays_dark(self, wall):
        worker = DisplayWorker(wall.displays, Inbox())
        worker.start()
        try:
            for n, display in enumerate(wall.displays):
                worker.show(display, f"00:0{n}")
            wait_for(lambda: wall.read() == ["00:00", "00:01", "00:02", "00:03"], "four texts")
        finally:
            worker.stop()
        assert wall.read() == ["    "] * 4
        worker.stop()
