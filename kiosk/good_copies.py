"""Keeps the store's good copy up to date, every hour while the kiosk runs and once more when it has ended."""

import logging
import threading
from pathlib import Path

from sessions.errors import StoreDamaged, StoreError
from sessions.store.ballast import BALLAST_FILE, Ballast
from sessions.store.copies import keep_copy
from sessions.store.witness import suspect

EVERY_S = 3600.0
"""By what a copy is behind, one damaged page can lose at most. An hour's facts cost it some 100 KB of writing."""

_log = logging.getLogger(__name__)


class GoodCopies:
    """A thread that copies what is new. ``trouble`` is why the last attempt failed, or None."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._ballast = Ballast(store.with_name(BALLAST_FILE))
        self.trouble: str | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="good copies", daemon=True)

    def start(self) -> None:
        """Begins, with a first copy within the hour."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread and copies once more. Call it when the journal has ended."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        self._copy()

    def _run(self) -> None:
        while not self._stopping.wait(EVERY_S):
            # Without the ballast the disk is full, and what is left of it is for the store.
            if self._ballast.kept():
                self._copy()

    def _copy(self) -> None:
        try:
            keep_copy(self._store)
            self.trouble = None
        except StoreDamaged as damage:
            # The kiosk goes on with what it has in memory; its next start looks through all of the store and mends it.
            self._tell(f"{damage} Restart the kiosk: its start makes the store good again.")
            suspect(self._store, str(damage))
        except StoreError as error:
            self._tell(str(error))

    def _tell(self, trouble: str) -> None:
        self.trouble = trouble
        _log.error("The store's good copy is not up to date: %s", trouble)
