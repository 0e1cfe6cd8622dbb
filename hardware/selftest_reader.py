"""The self-test of the card reader: it is there, its line is quiet, and it reads the test card well."""

from collections.abc import Iterator

from hardware.card_reader import ReaderCounts
from hardware.payment import AnyReader
from hardware.selftest_check import Check, Watch, failed, measured, passed, skipped
from hardware.selftest_tools import NOBODY, Question, Tools

PORT_S = 3.0
"""A reader's port that is not there is tried every two seconds."""
LISTENED_S = 1.0
STRAY_BYTES = 20
"""A frame has 14 bytes: one spoilt at the edge of the reader's field is no noise."""
CARD_S = 30.0
READING_S = 3.0
LEAST_FRAMES = {"rdm6300": 5, "pn532": 3, "wedge": 1}
"""Of a card that lies there for three seconds. An RDM6300 repeats its frame every 220 ms, some stop after a while; a
PN532 is asked a few times a second; a reader that types does it once."""
BAD_PERCENT = 20.0
"""A card that is laid down spoils a frame or two at the edge of the field."""


class ReaderTest:
    """The questions to the card reader of one kind; it listens from construction on."""

    def __init__(self, kind: str, reader: AnyReader, tools: Tools) -> None:
        self._kind = kind
        self._reader = reader
        self._tools = tools
        self._since = tools.watch.clock()
        self._before = reader.counts

    def run(self) -> Iterator[Check]:
        """Ask everything."""
        watch: Watch = self._tools.watch
        name, port = self._reader.name, self._reader.port
        if not watch.until(lambda: bool(self._reader.connected), PORT_S):
            advice = f"The card reader at {port} is not there. Check its plug, its supply and the port's name."
            yield failed(name, "port", advice, port)
            yield skipped(name, "test card", "The reader is not there.")
            return
        yield passed(name, "port", port)
        watch.until(lambda: False, LISTENED_S - (watch.clock() - self._since) / 1e9)
        yield self._quiet()
        yield from self._card()

    def _quiet(self) -> Check:
        advice = "It sends what is no card. Keep the antenna from metal and mains, and its cable short and from others."
        stray = self._reader.counts.stray_bytes - self._before.stray_bytes
        return measured(self._reader.name, "quiet", stray, "stray bytes", (None, STRAY_BYTES), advice)

    def _card(self) -> Iterator[Check]:
        before = self._reader.counts
        text = f"Lay the test card on the reader and leave it there for {READING_S:g} seconds."
        question = Question(self._reader.name, "test card", text, "do", CARD_S)
        said = self._tools.ask(question, lambda: self._reader.counts.good > before.good)
        if said == "skip":
            reason = NOBODY if self._tools.person is None else "Nobody laid a card on the reader."
            yield skipped(self._reader.name, "test card", reason)
            return
        if said == "yes":
            before = self._reader.counts
            self._tools.watch.until(lambda: False, READING_S)
        yield from self._judged(before, self._reader.counts)

    def _judged(self, before: ReaderCounts, after: ReaderCounts) -> Iterator[Check]:
        good, bad = after.good - before.good, after.bad - before.bad
        # The first sight of the card is what the waiting ended with.
        good += self._kind == "wedge"
        least = LEAST_FRAMES.get(self._kind, 1)
        advice = "No card was read, or too seldom. Lay it flat; keep the antenna from metal, check its plug and 5 V."
        if bad > good:
            advice = "Most of what it gives arrives spoilt. Keep the antenna from metal and mains; check its cable."
        yield measured(self._reader.name, "test card", good, "frames read", (least, None), advice)
        if good + bad:
            share = 100 * bad / (good + bad)
            advice = "Frames arrive spoilt. Keep the antenna from metal and mains, and its cable short and from others."
            yield measured(self._reader.name, "spoilt frames", share, "%", (None, BAD_PERCENT), advice)
