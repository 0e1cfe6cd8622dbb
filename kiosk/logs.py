"""Logging that never makes a caller wait: records go into a queue, one thread writes them to stderr and to a bounded
file."""

import logging
import logging.handlers
import queue
import threading
from pathlib import Path

LOG_FILE = "kiosk.log"
FILE_BYTES = 1_000_000
FILES_KEPT = 3
_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


class QueuedLogging:
    """Logging for the life of the process, what kills a thread included; ``stop`` writes what still waits."""

    def __init__(self, data_dir: Path, level: int = logging.INFO) -> None:
        records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
        formatter = logging.Formatter(_FORMAT)
        to_file = logging.handlers.RotatingFileHandler(
            data_dir / LOG_FILE, maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8"
        )
        to_file.setFormatter(formatter)
        to_stderr = logging.StreamHandler()
        to_stderr.setFormatter(formatter)
        to_stderr.setLevel(logging.WARNING)
        self._listener = logging.handlers.QueueListener(records, to_file, to_stderr, respect_handler_level=True)
        self._handler = logging.handlers.QueueHandler(records)
        self._root = logging.getLogger()
        self._files = (to_file,)
        self._hook_before = threading.excepthook
        self._root.setLevel(level)

    def start(self) -> None:
        """Takes over the root logger."""
        self._root.addHandler(self._handler)
        self._listener.start()
        threading.excepthook = _thread_died

    def stop(self) -> None:
        """Writes what waits and lets go."""
        threading.excepthook = self._hook_before
        self._root.removeHandler(self._handler)
        self._listener.stop()
        for handler in self._files:
            handler.close()


def _thread_died(death: threading.ExceptHookArgs) -> None:
    """Says why: the supervisor, who starts the thread again, only sees that it is gone."""
    if death.exc_type is SystemExit or death.exc_value is None:
        return
    name = death.thread.name if death.thread else "?"
    trace = (death.exc_type, death.exc_value, death.exc_traceback)
    logging.getLogger(__name__).error("The thread '%s' died", name, exc_info=trace)
