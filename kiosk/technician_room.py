"""What the technicians' screens need from other threads: a PIN held against its hash, a look at the machine, a
self-test, the logs on a stick.

Whatever a technician begins here ends when they leave: a self-test, with everything off. An export goes on, because a
stick with half an archive helps nobody.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from kiosk.card_secret import FILE_NAME, read_secret
from kiosk.errors import CardSecretError, StickError
from kiosk.log_archive import Exported, Progress, Sources, export_logs
from kiosk.options import RunOptions
from kiosk.screens.technician.notes import Asked, Export, Found, Notes, RunNotes
from kiosk.simulation.places import BENCH_STICK
from kiosk.sticks import Sticks
from kiosk.vitals import look
from sessions.errors import BadRequest, SessionsError
from sessions.ports import Json
from sessions.units import MonoNs, SlotName

GOOD_FOR_S = 5.0
"""How old the notes may be: addresses and disk change slowly."""
PROGRESS_STEP = 0.01

_log = logging.getLogger(__name__)


class Tester(Protocol):
    """`kiosk.selftest.SelfTests`."""

    def begin(self, args: Json) -> Json: ...

    def look(self, args: Json) -> Json: ...

    def answer(self, args: Json) -> Json: ...

    def end(self, args: Json) -> Json: ...


@dataclass(frozen=True, slots=True)
class DeskParts:
    """What technicians use at the touchscreen besides the slots: ``outputs`` by name, the self-test, the document of
    ``GET /health``, the console's address (or an empty one), what writes the logs onto a stick while it tells how far
    it is, and what is on by hand until when (asked on the owner's thread)."""

    outputs: tuple[str, ...] = ()
    tester: Tester | None = None
    health: Callable[[], Json] = dict
    console: Callable[[], str] = str
    export: Callable[[Progress], Exported] | None = None
    by_hand: Callable[[], Mapping[str, MonoNs]] = dict


def exporter(options: RunOptions, health: Callable[[], Json]) -> Callable[[Progress], Exported]:
    """What writes the logs of the kiosk that runs so onto a USB stick, or a simulated one's into its bench's folder."""
    sources = Sources(options.data_dir, options.settings, options.pinmap, health)
    sticks = Sticks(options.data_dir / BENCH_STICK if options.simulate else None)
    return lambda progress: export_logs(sources, sticks, progress)


class TechnicianRoom:
    """Two threads of its own. ``post`` reaches the owner's."""

    def __init__(self, data_dir: Path, parts: DeskParts, post: Callable[[Callable[[], None]], None]) -> None:
        self._data_dir, self._parts, self._post = data_dir, parts, post
        self._wanted = False
        self._writing = threading.Lock()
        self._notes = Notes(outputs=parts.outputs)
        self._asked_at = float("-inf")
        self._looking = False
        self._pool = ThreadPoolExecutor(2, "pool")

    def notes(self) -> Notes:
        """What is known of the machine by now; looks again soon."""
        if not self._looking and time.monotonic() - self._asked_at > GOOD_FOR_S:
            self._asked_at, self._looking = time.monotonic(), True
            self._do(self._look)
        return replace(self._notes, by_hand=self._parts.by_hand())

    def prove(self, digest: str, pin: str, done: Callable[[bool], None]) -> None:
        """Holds a PIN against its hash; ``done`` is told on the owner's thread."""
        self._do(self._prove, digest, pin, done)

    def begin_test(self, slot: SlotName | None) -> None:
        """Begins a self-test of a slot or of everything; what it finds is among the notes."""
        if self._parts.tester is not None and not self._notes.test.running:
            self._wanted = True
            self._note(test=RunNotes(slot, running=True))
            self._do(self._run_test, self._parts.tester, slot)

    def answer(self, question: int, said: str) -> None:
        """Answers what the self-test asks; one that is not asked any more is nobody's."""
        if self._parts.tester is None:
            return
        try:
            self._parts.tester.answer({"question": question, "said": said})
        except BadRequest:
            return  # It was seen to be done a moment before.
        self._note_test(asked=None)

    def end_test(self) -> None:
        """Ends the self-test that was begun here, if it still runs."""
        self._wanted = False
        if self._notes.test.running:
            self._note_test(ending=True)

    def forget_test(self) -> None:
        """Takes what the last self-test found off the notes."""
        if not self._notes.test.running:
            self._note(test=RunNotes())

    def export_logs(self) -> None:
        """Writes the logs onto a USB stick; how that goes is among the notes."""
        if self._parts.export is not None and not self._notes.export.running:
            self._note(export=Export(running=True))
            self._do(self._export, self._parts.export)

    def close(self) -> None:
        """Ends the threads."""
        self._wanted = False
        self._pool.shutdown(cancel_futures=True)

    def _do(self, work: Callable[..., None], *args: Any) -> None:
        self._pool.submit(work, *args).add_done_callback(_reported)

    def _prove(self, digest: str, pin: str, done: Callable[[bool], None]) -> None:
        # Loaded where it is needed: the first screen does not wait for it.
        from kiosk.pin import is_pin

        try:
            right = is_pin(read_secret(self._data_dir / FILE_NAME), digest, pin)
        except (CardSecretError, OSError):
            right = False
        self._post(lambda: done(right))

    def _run_test(self, tester: Tester, slot: SlotName | None) -> None:
        try:
            args = {"followed": True, "attended": True}
            number = tester.begin(args if slot is None else {**args, "slot": slot})["id"]
            seen, asked, running = 0, 0, True
            while running:
                if not self._wanted:
                    tester.end({"id": number})
                news = tester.look({"id": number, "after": seen, "question": asked})
                seen, running = news["next"], news["running"]
                asked = self._heard(news)
        except SessionsError as refusal:
            self._note_test(refusal=str(refusal))
        finally:
            self._note_test(running=False, ending=False, asked=None)

    def _heard(self, news: Json) -> int:
        """Notes what is new of a test; gives the number of the question that is asked now, or 0."""
        found = [Found(c["device"], c["check"], c["result"], c["advice"] or "") for c in news["checks"]]
        asked = news["question"]
        question = None
        if asked is not None:
            left_s = -int(-asked["left_s"] // 1)
            question = Asked(asked["number"], asked["device"], asked["check"], asked["text"], asked["kind"], left_s)
        refusal = news["error"] or ""
        self._note_test(found=(*self._notes.test.found, *found), asked=question, refusal=refusal)
        return question.number if question is not None else 0

    def _export(self, export: Callable[[Progress], Exported]) -> None:
        try:
            done = export(self._exported)
            self._note(export=Export(name=done.name, mounted=done.mounted))
        except StickError as error:
            self._note(export=Export(trouble=error.trouble.value))
        finally:
            if self._notes.export.running:  # It failed by a fault of its own.
                self._note(export=Export(trouble="failed"))

    def _exported(self, share: float) -> None:
        if share >= self._notes.export.share + PROGRESS_STEP:
            self._note(export=Export(running=True, share=share))

    def _note(self, **changes: Any) -> None:
        """Several threads write down what they found."""
        with self._writing:
            self._notes = replace(self._notes, **changes)

    def _note_test(self, **changes: Any) -> None:
        with self._writing:
            self._notes = replace(self._notes, test=replace(self._notes.test, **changes))

    def _look(self) -> None:
        try:
            self._note(**look(self._data_dir, self._parts.health(), self._parts.console()))
        finally:
            self._looking = False


def _reported(done: "Future[None]") -> None:
    """The threads' edge: what went wrong in a way that should not happen is in the log."""
    error = None if done.cancelled() else done.exception()
    if error is not None:
        _log.error("The technicians' screens were let down", exc_info=error)
