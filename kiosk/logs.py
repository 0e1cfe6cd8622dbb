"""Logging that never makes a caller wait: records go into a queue, one thread writes them to stderr and to a bounded
file."""

import logging
import logging.handlers
import queue
from pathlib import Path

LOG_FILE = "kiosk.log"
FILE_BYTES = 1_000_000
FILES_KEPT = 3
_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


class QueuedLogging:
    """Logging for the life of the process; ``stop`` writes what still waits."""

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
        self._root.setLevel(level)

    def start(self) -> None:
        """Takes over the root logger."""
        self._root.addHandler(self._handler)
        self._listener.start()

    def stop(self) -> None:
        """Writes what waits and lets go."""
        self._root.removeHandler(self._handler)
        self._listener.stop()
        for handler in self._files:
            handler.close()
