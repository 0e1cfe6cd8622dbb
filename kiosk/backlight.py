"""The light behind the screen, where the system has one that programs may set (``/sys/class/backlight``).

A Pi's own display has one; a screen on HDMI has none, and nothing is done to it: a dark picture over a bright lamp
would only pretend. Files of the kernel may take their time, so a thread writes them and the newest wish wins.
"""

import logging
import threading
from pathlib import Path

BACKLIGHTS = Path("/sys/class/backlight")

_log = logging.getLogger(__name__)


class Backlight:
    """Sets every backlight under a folder. `set` never waits; with no folder, or an empty one, it does nothing."""

    name = "backlight"

    def __init__(self, folder: Path | None = BACKLIGHTS) -> None:
        self._folder = folder
        self._wish: int | None = None
        self._written: int | None = None
        self._failing = False
        self._ended = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)

    def start(self) -> None:
        """Begins to write what is wished."""
        self._thread.start()

    def set(self, percent: int) -> None:
        """Wishes for a brightness in percent; 0 is off."""
        with self._changed:
            self._wish = percent
            self._changed.notify()

    def stop(self) -> None:
        """Writes the last wish, then ends."""
        with self._changed:
            self._ended = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._ended or self._wish != self._written)
                wish, ended = self._wish, self._ended
            if wish is not None and wish != self._written:
                self._write(wish)
            self._written = wish
            if ended:
                return

    def _write(self, percent: int) -> None:
        try:
            lights = sorted(self._folder.iterdir()) if self._folder is not None and self._folder.is_dir() else []
            for light in lights:
                most = int((light / "max_brightness").read_text(encoding="ascii"))
                # What is to be seen is never rounded down to off.
                steps = max(1, round(most * percent / 100)) if percent > 0 else 0
                (light / "brightness").write_text(f"{steps}\n", encoding="ascii")
        except (OSError, ValueError) as error:
            if not self._failing:
                _log.warning("The screen's backlight cannot be set: %s. Its brightness stays as it is.", error)
            self._failing = True
        else:
            self._failing = False
