"""What the kiosk tells systemd: that it is ready, that it lives, that it ends (``sd_notify``, systemd's own protocol).

The watchdog's feed is the kiosk's word that it still serves. It is given only while each part without which nobody is
served has shown a sign of life lately: the owner's loop (Tk, or the headless one), every I2C bus's worker, the journal.
One that hangs is not restarted by hand: the feed stops, systemd kills the process, ``kiosk outputs off`` makes the
outputs safe, and the store is the truth for the next start.

How long a part may be silent is a question of what it may be waiting for:

* **the owner** does no I/O; 5 s is a hundred times the longest gap that a screen may have;
* **an I2C worker** shows itself before every device; the kernel gives a transfer up after 1 s, and a device may need
  three, so 10 s is a bus that hangs in the kernel;
* **the journal** shows itself before every commit, and sleeps 5 s at most while the disk ails (`LAST_RETRY_S`). A card
  may take 250 ms over one write, or 500 ms if it is of the larger kind (SD Physical Layer Specification, 4.6.2.2), and
  a commit with its checkpoint is some tens of those when the card tidies itself up: 15 s is slow, not dead. 25 s
  tolerates one such commit, and the sleep.

systemd then waits for the rest of ``WatchdogSec=20``: the power of a kiosk whose owner died is off 25 s later at most,
and 45 s after a journal died without a word, during which nothing can be sold.
"""

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from kiosk.clock import monotonic
from sessions.units import MonoNs, seconds_ns

OWNER_SILENT_S = 5.0
WORKER_SILENT_S = 10.0
JOURNAL_SILENT_S = 25.0
FEEDS_A_PERIOD = 4
"""So many times in each period that systemd allows; it recommends twice (sd_watchdog_enabled(3))."""
PATIENCE_S = 1.0
LOOK_S = 1.0
"""The parts are looked at so often at least, to say at once which is silent."""
FIRST_LOOK_S = 0.05
"""...and while the kiosk is not ready: whoever starts it waits for the word."""

_log = logging.getLogger(__name__)


class Notifier:
    """Speaks to the service manager's socket. Without one (`address` None) it says nothing, to nobody.

    `address` is what systemd puts in ``NOTIFY_SOCKET``: a path, or an abstract name that begins with ``@``.
    """

    def __init__(self, address: str | None) -> None:
        self._address = f"\0{address[1:]}" if address and address.startswith("@") else address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) if address else None
        if self._socket is not None:
            # A manager that is stuck must not hold up for long who reports to it.
            self._socket.settimeout(PATIENCE_S)

    def tell(self, *assignments: str) -> None:
        """Sends ``READY=1``, ``STATUS=…`` and the like, as one message. A manager that does not listen is no error."""
        if self._socket is None or self._address is None:
            return
        try:
            self._socket.sendto("\n".join(assignments).encode(), self._address)
        except OSError as error:
            _log.warning("systemd could not be told %s (%s)", assignments[0], error)

    def close(self) -> None:
        """Lets go of the socket."""
        if self._socket is not None:
            self._socket.close()


@dataclass(frozen=True, slots=True)
class Lifeline:
    """A part whose signs of life feed the watchdog: when it last gave one, and how long it may be silent."""

    name: str
    last_beat: Callable[[], MonoNs]
    silent_s: float


class Beating(Protocol):
    """A thread that shows itself: a bus's worker, the journal."""

    @property
    def last_beat(self) -> MonoNs: ...


class Bus(Beating, Protocol):
    """The worker of one bus."""

    @property
    def name(self) -> str: ...


def lifelines(owner: Beating, buses: Iterable[Bus], journal: Beating) -> list[Lifeline]:
    """What must live for the kiosk to serve anybody."""
    return [
        Lifeline("owner's loop", lambda: owner.last_beat, OWNER_SILENT_S),
        *(Lifeline(f"worker of {bus.name}", partial(_beat_of, bus), WORKER_SILENT_S) for bus in buses),
        Lifeline("journal", lambda: journal.last_beat, JOURNAL_SILENT_S),
    ]


def _beat_of(thread: Beating) -> MonoNs:
    return thread.last_beat


class Watchdog:
    """Says that the kiosk is ready once every part has shown itself, and feeds systemd while all of them do.

    ``feed_s`` is the longest time between two feeds that systemd allows (`watchdog_s`), None when it asks for none.
    ``status`` is the line that ``systemctl status`` shows while all is well.
    """

    def __init__(
        self,
        notifier: Notifier,
        lifelines: Sequence[Lifeline],
        clock: Callable[[], MonoNs],
        feed_s: float | None,
        status: str,
    ) -> None:
        self._notifier = notifier
        self._lifelines = tuple(lifelines)
        self._clock = clock
        self._pause_s = LOOK_S if feed_s is None else min(LOOK_S, feed_s / FEEDS_A_PERIOD)
        self._status = status
        self._since = clock()
        self._silent: str | None = None
        self._ready = False
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begins to look."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the feed and says that the kiosk is stopping."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        self._notifier.tell("STOPPING=1", "STATUS=Stopping")

    def look(self) -> None:
        """One look at every part, and what follows from it. The thread's one step."""
        now = self._clock()
        if not self._ready:
            if all(line.last_beat() > self._since for line in self._lifelines):
                self._ready = True
                self._notifier.tell("READY=1", f"STATUS={self._status}", "WATCHDOG=1")
            return
        silent = next((line for line in self._lifelines if now - line.last_beat() > seconds_ns(line.silent_s)), None)
        if silent is None:
            self._feed()
        elif silent.name != self._silent:
            self._silent = silent.name
            why = f"The {silent.name} has shown no sign of life for {silent.silent_s:g} s, so the watchdog is not fed."
            _log.critical("%s", why)
            self._notifier.tell(f"STATUS={why}")

    def _feed(self) -> None:
        if self._silent is None:
            self._notifier.tell("WATCHDOG=1")
            return
        _log.warning("The %s shows signs of life again", self._silent)
        self._silent = None
        self._notifier.tell(f"STATUS={self._status}", "WATCHDOG=1")

    def _run(self) -> None:
        pause_s = FIRST_LOOK_S
        while not self._stopping.wait(pause_s):
            self.look()
            pause_s = self._pause_s if self._ready else FIRST_LOOK_S


def report(lines: Sequence[Lifeline], status: str, stack: ExitStack) -> None:
    """Tells the service manager that started this process, if one did, that it is ready, lives and (when the stack is
    undone) stops. ``status`` is the line that ``systemctl status`` shows."""
    notifier = Notifier(os.environ.get("NOTIFY_SOCKET"))
    stack.callback(notifier.close)
    watchdog = Watchdog(notifier, lines, monotonic, watchdog_s(os.environ, os.getpid()), status)
    watchdog.start()
    stack.callback(watchdog.stop)


def watchdog_s(environment: Mapping[str, str], pid: int) -> float | None:
    """How often in seconds systemd wants to be fed by process `pid`, from ``WATCHDOG_USEC``; None if it does not.

    ``WATCHDOG_PID`` says whom it means, so that a child which inherits the environment does not answer for its parent.
    """
    microseconds = environment.get("WATCHDOG_USEC", "")
    meant = environment.get("WATCHDOG_PID", str(pid))
    return int(microseconds) / 1e6 if microseconds.isdecimal() and int(microseconds) and meant == str(pid) else None
