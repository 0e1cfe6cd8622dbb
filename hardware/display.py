"""A slot's four digits, through the `tm1637` driver, and the thread that alone writes them.

The driver is write-only: it never reads the acknowledge bit, so a module that lost its contents or its plug looks
well to it. Therefore the worker asks each module once a second whether it is there (`probe`), rewrites all four
digits of one that was away, and of every module now and then. Between those, only digits that changed are sent: a
refresh of all four is 213 writes and about 10 ms, a changed last digit less than half of that.
"""

import importlib.util
import re
import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from hardware.errors import DisplayTextError
from hardware.gpio import serve_rpi_gpio
from hardware.workers import Clock, Fault, Health, Worker
from sessions.ports import Post, Trouble
from sessions.units import MonoNs, seconds_ns

if TYPE_CHECKING:
    from gpiozero.pins import Pin

DIGITS = 4
CHECK_NS = seconds_ns(1)
"""How often each module is asked whether it is there: 30 writes and 1 ms."""
CHECKS_A_REWRITE = 10
"""A module that browned out and came back between two checks shows the right time again after this many."""

_TEXT = re.compile(r"[0-9A-Za-z *-]{0,4}|[0-9 ][0-9]:[0-9]{2}")
_COLON = 0x80
_DATA_COMMAND = 0x40
_RISE_S = 0.001
"""Some modules carry 10 nF on DIO; with their 10 kohm pull-up an unacknowledged line needs 0.3 ms to read high."""


def check_text(text: str) -> None:
    """Raise `DisplayTextError` unless four digits can show `text`: up to four characters, or `12:59`."""
    if not _TEXT.fullmatch(text):
        raise DisplayTextError(f"{text!r} does not fit four digits; up to four of 0-9 A-Z space * - do, or 12:59")


class SlotDisplay:
    """One TM1637 module. Displays that share a clock line share `clock_line`; all methods block for milliseconds.

    `device` is its pinmap path in short, such as `slot1.display`.
    """

    def __init__(
        self,
        device: str,
        clk: "Pin",
        dio: "Pin",
        clock_line: threading.Lock,
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        """`pause` waits so many seconds between two bits; a simulation's needs no time."""
        self._pause = pause
        self.device = device
        self._clk = clk
        self._dio = dio
        self._clock_line = clock_line
        self._shown: bytes | None = None
        with clock_line:
            self._driver = _vendor(pause).TM1637(clk, dio)

    def send(self, text: str) -> None:
        """Show `text`, sending only what changed. Raises `DisplayTextError`, and what the pins raise."""
        check_text(text)
        segments = self._segments(text)
        with self._clock_line:
            before, self._shown = self._shown, None
            changed = [n for n in range(DIGITS) if before is None or before[n] != segments[n]]
            if changed:
                first = changed[0]
                self._driver.write(segments[first : changed[-1] + 1], first)
            self._shown = segments

    def close(self) -> None:
        """Let go of both lines; nothing can be sent any more."""
        with self._clock_line:
            self._driver = None  # The driver gives its lines back when it is collected, which is here and now.

    def forget(self) -> None:
        """Send all four digits next time, changed or not."""
        self._shown = None

    def probe(self) -> bool:
        """Whether a module acknowledges on these lines. Changes nothing it shows."""
        with self._clock_line:
            for pin, level in ((self._clk, True), (self._dio, True), (self._dio, False), (self._clk, False)):
                pin.state = level
            for bit in range(8):
                self._dio.state = bool(_DATA_COMMAND >> bit & 1)
                self._clk.state = True
                self._clk.state = False
            try:
                self._dio.input_with_pull("up")
                self._clk.state = True
                self._pause(_RISE_S)
                acknowledged = not self._dio.state
                self._clk.state = False
            finally:
                self._dio.output_with_state(False)
            self._clk.state = True
            self._dio.state = True
            return acknowledged

    def _segments(self, text: str) -> bytes:
        segments = bytearray(self._driver.encode_string(text.replace(":", "").ljust(DIGITS)))
        if ":" in text:
            segments[1] |= _COLON
        return bytes(segments)


def _vendor(pause: Callable[[float], object]) -> Any:
    """The `tm1637` module; one of our own where pauses are not the machine's, since it sleeps by a name of its own."""
    serve_rpi_gpio()
    if pause is time.sleep:
        return importlib.import_module("tm1637")
    spec = importlib.util.find_spec("tm1637")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    vars(module)["sleep"] = pause
    return module


class DisplayWorker(Worker):
    """The thread that writes displays. The newest text of each wins; whoever shows something never waits.

    A display in trouble is reported and tried again at every check; it never holds up another. The displays go dark
    when the worker stops: a frozen countdown would lie.
    """

    def __init__(self, displays: Iterable[SlotDisplay], post: Post, *, clock: Clock = time.monotonic_ns) -> None:
        super().__init__("displays", clock)
        self._news = threading.Condition()
        self._wanted: dict[SlotDisplay, str] = {}
        self._post = post
        self._watched: list[_Watched] = []
        self._working = threading.Lock()
        for display in displays:
            self.add(display)

    def add(self, display: SlotDisplay) -> None:
        """Take in a display."""
        self._watched = [*self._watched, _Watched(display, Health(display.device, self._post), MonoNs(self._clock()))]

    def remove(self, display: SlotDisplay) -> None:
        """Let go of a display: nobody writes it any more when this returns, at most a refresh later.

        It keeps what it shows, because darkening it would take the owner as long as a refresh.
        """
        with self._working:
            self._watched = [watched for watched in self._watched if watched.display is not display]
            with self._news:
                self._wanted.pop(display, None)

    def show(self, display: SlotDisplay, text: str) -> None:
        """Have `text` shown soon. Raises `DisplayTextError` when it does not fit."""
        check_text(text)
        with self._news:
            self._wanted[display] = text
            self._news.notify()

    def work(self) -> MonoNs:
        """Show what is new and check what is due; returns when to come again. The thread's own step, for tests too."""
        now = self._beat()
        with self._news:
            wanted, self._wanted = self._wanted, {}
        for watched in self._watched:
            with self._working:
                if watched in self._watched:
                    watched.work(wanted.get(watched.display), now)
        return MonoNs(min((watched.due for watched in self._watched), default=now + CHECK_NS))

    def _run(self) -> None:
        while not self._stopping.is_set():
            due = self.work()
            with self._news:
                if not self._wanted and not self._stopping.is_set():
                    self._news.wait(max(0, due - self._clock()) / 1e9)
        for watched in self._watched:
            watched.work("", self._beat())

    def _wake(self) -> None:
        with self._news:
            self._news.notify()


class _Watched:
    """One display, the text it should show and when it is to be asked again."""

    def __init__(self, display: SlotDisplay, health: Health, now: MonoNs) -> None:
        self.display = display
        self.due = now
        self._health = health
        self._text = ""
        self._missing = False
        self._checks = 0

    def work(self, text: str | None, now: MonoNs) -> None:
        checking = now >= self.due
        if text is None and not checking:
            return
        if text is not None:
            self._text = text
        fault = None
        try:
            if checking:
                fault = self._check(now)
            self.display.send(self._text)
        except Exception as error:  # noqa: BLE001 - the thread's edge: one display's trouble is reported, others go on
            self._missing = True
            fault = Fault(
                Trouble.NO_ANSWER, f"{self.display.device} cannot be written ({error}). Check its lines in the pinmap."
            )
        if checking or fault is not None:
            self._health.seen(fault, now)

    def _check(self, now: MonoNs) -> Fault | None:
        self.due = MonoNs(now + CHECK_NS)
        self._checks += 1
        answers = self.display.probe()
        if self._missing or self._checks % CHECKS_A_REWRITE == 0:
            self.display.forget()
        self._missing = not answers
        if answers:
            return None
        return Fault(Trouble.NO_ANSWER, f"{self.display.device} does not answer. Check its plug, DIO and CLK.")
