"""Looks at the pinmap as it is saved: a good one is taken over, of a bad one the operator is told at once.

Editors save in many ways: in place, in two writes, by renaming another file over it. So the file is looked at by its
contents, and believed when two looks in a row saw the same. What is wrong stands in the log and in `GET /health` until
the file is mended.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Protocol

from kiosk.good_pinmap import GoodPinmap
from kiosk.health import Condition, Part

LOOK_S: Final = 0.5
"""How often the file is looked at: two looks are soon enough for somebody who has just pressed save."""
AGAIN_LOOKS: Final = 4
"""After how many looks a file that waits for a slot is tried again."""

MOST_SAID: Final = 3
"""Sentences that a screen has room for; the rest is in the log and in `GET /health`."""

_log = logging.getLogger(__name__)


class Outcome(Protocol):
    """What became of a file."""

    # What is told of one taken over is news, of any other it is trouble.

    @property
    def taken(self) -> bool: ...

    @property
    def told(self) -> Sequence[str]: ...

    @property
    def again(self) -> bool: ...


class PinmapWatch:
    """The thread that watches one file. `take` is handed its contents and may take its time."""

    name = "pinmap"

    def __init__(
        self,
        path: Path,
        take: Callable[[bytes], Outcome],
        look_s: float = LOOK_S,
        *,
        copy: GoodPinmap | None = None,
        notice: str | None = None,
        report: Callable[[str | None], object] = lambda detail: None,
    ) -> None:
        """``copy`` is kept up to date with what is in use. ``notice`` says why the kiosk did not start with this file.
        ``report`` is told in a few words what is wrong with the file, and None when nothing is any more."""
        self.told: tuple[str, ...] = ()
        """What is wrong with the file as it is now; empty when it is the one in use."""
        self._copy = copy
        self._notice = notice
        self._report = report
        self._reported: str | None = None
        self._path = path
        self._take = take
        self._look_s = look_s
        self._judged: list[bytes | None] = []
        self._seen: bytes | None = None
        self._wait_looks: int | None = None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def alive(self) -> bool:
        """Whether it watches."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Begins to watch."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stops watching and waits for the thread."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def part(self) -> Part:
        """What it says to `GET /health`."""
        return Part(Condition.DEGRADED, " ".join(self.told)) if self.told else Part(Condition.OK)

    def look(self) -> None:
        """Looks once; the thread's own step, for tests too."""
        data = self._read()
        settled, self._seen = data == self._seen, data
        if not settled:
            return
        if self._judged != [data]:
            self._judged = [data]
            self._judge(data)
        elif self._wait_looks is not None:
            self._wait_looks -= 1
            if self._wait_looks <= 0:
                self._judge(data)

    def _judge(self, data: bytes | None) -> None:
        self._wait_looks = None
        if data is None:
            self._tell((f"{self._path} has gone; the kiosk goes on with the wiring it has.",))
            self._say(_short(self.told))
            return
        outcome = self._take(data)
        if outcome.taken:
            self._notice = None
            if self._copy is not None:
                self._copy.good(data)
            mended = (f"{self._path} is good again: the kiosk has this wiring.",) if self.told else ()
            self._tell(())
            self._say(None)
            for sentence in outcome.told or mended:
                _log.warning("%s", sentence)
            return
        self._tell((*([self._notice] if self._notice else ()), *outcome.told))
        if outcome.again:
            self._wait_looks = AGAIN_LOOKS
            return
        if self._copy is not None:
            self._copy.refused(data)
        self._say(_short(self.told))

    def _say(self, detail: str | None) -> None:
        if detail != self._reported:
            if self._reported is not None and detail is not None:
                self._report(None)
            self._reported = detail
            self._report(detail)

    def _tell(self, told: tuple[str, ...]) -> None:
        if told != self.told:
            self.told = told
            for sentence in told:
                _log.error("%s", sentence)

    def _read(self) -> bytes | None:
        try:
            return self._path.read_bytes()
        except OSError:
            return None

    def _run(self) -> None:
        while not self._stopping.wait(self._look_s):
            self.look()


def _short(told: Sequence[str]) -> str:
    more = len(told) - MOST_SAID
    rest = f" And {more} more: kiosk pinmap check names all." if more > 0 else ""
    return " ".join(told[:MOST_SAID]) + rest
