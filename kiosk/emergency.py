"""How the process ends when it must end at once: relays off first, then a sentence, then no more.

Python's own clean-up does not run when Xlib ends the process because the display is gone, nor at ``os._exit``; so the
outputs are switched off here, by whoever notices. Then the kiosk's last words, why it ends, have a moment to be
stored. Ending twice, from two threads at once, is harmless.
"""

import ctypes
import ctypes.util
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

EXIT_FAULT = 70
"""``EX_SOFTWARE`` of sysexits.h: an internal fault; systemd restarts us."""
EXIT_NO_DISPLAY = 69
"""``EX_UNAVAILABLE``: the display went away."""
LONGEST_S = 10.0
"""So long one thread leaves the end to another."""

_log = logging.getLogger(__name__)


class Emergency:
    """Knows how to switch everything off. ``off`` gives a sentence for each output that could not be switched."""

    def __init__(self, off: Callable[[], Iterable[str]]) -> None:
        self._off = off
        self.last_words: Callable[[str], None] = lambda reason: None
        """Stores why the kiosk ends. It takes a few seconds at most."""
        self._once = threading.Lock()
        self._ending: threading.Thread | None = None
        self._keep: list[Any] = []

    def end(self, reason: str, code: int = EXIT_FAULT) -> None:
        """Switches everything off and ends the process, whatever other threads are doing. Does not return."""
        first = self._once.acquire(blocking=False)
        failures = list(self._off())
        if first:
            self._ending = threading.current_thread()
            for sentence in (f"kiosk: {reason} All power was switched off. The kiosk ends.", *failures):
                sys.stderr.write(f"{sentence}\n")
                _log.critical("%s", sentence)
            sys.stderr.flush()
            self.last_words(reason)
        elif self._ending is not threading.current_thread():
            # Another thread ends it already; it must not be cut short.
            time.sleep(LONGEST_S)
        os._exit(code)

    def watch_display(self) -> None:
        """Ends the process properly when the X server goes away. Call it after Tk has opened its display.

        Xlib calls its IO error handler and then exits the process itself (XSetIOErrorHandler(3)), so this is the only
        moment.
        """
        library = ctypes.util.find_library("X11")
        if library is None:
            return
        signature = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)
        handler = signature(lambda display: self._display_is_gone())
        self._keep.append(handler)
        x11 = ctypes.CDLL(library)
        x11.XSetIOErrorHandler.argtypes = [signature]
        x11.XSetIOErrorHandler.restype = ctypes.c_void_p
        x11.XSetIOErrorHandler(handler)

    def _display_is_gone(self) -> int:
        self.end("The display is gone.", EXIT_NO_DISPLAY)
        return 0
