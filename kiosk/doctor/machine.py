"""The machine that is examined: its files, devices and programs below one root folder, and what the kiosk needs of it.

Everything is looked up below ``root``, so that a test can be a healthy Pi or a sick one by writing files, and so that a
card from another Pi can be examined where it is mounted.
"""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiosk.settings_model import FirebaseSettings

USER = "kiosk"
INSTALLED = "opt/charging-kiosk/current"
"""Where the installer puts the release in use."""
PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class Needs:
    """What the pinmap asks of the machine. ``errors`` keep the kiosk from starting, or from driving what it should."""

    pinmap: str
    boot_block: str = ""
    errors: Sequence[str] = ()
    warnings: Sequence[str] = ()
    buses: Sequence[int] = ()
    ports: Sequence[str] = ()
    """Device files: serial lines, readers that type."""


@dataclass(frozen=True)
class Machine:
    """One machine. ``data_dir`` is the kiosk's, as seen from inside of it."""

    root: Path
    data_dir: Path
    needs: Needs
    firebase: "FirebaseSettings | None" = None
    settings_trouble: str | None = None
    python: Sequence[str] = field(default_factory=list)
    """The kiosk's Python where it is not an installed one's."""

    def path(self, name: str | Path) -> Path:
        """A file of this machine, named as it is there."""
        return self.root / str(name).lstrip("/")

    def text(self, name: str | Path) -> str | None:
        """What is in a file; None when it is not there or not ours to read."""
        try:
            return self.path(name).read_text(encoding="utf-8", errors="replace").rstrip("\0\n")
        except OSError:
            return None

    @property
    def model(self) -> str | None:
        """The Pi's name for itself; None on another machine."""
        model = self.text("proc/device-tree/model")
        return model if model is not None and "Raspberry Pi" in model else None

    @property
    def installed(self) -> bool:
        """Whether the installer has been here."""
        return self.path(INSTALLED).exists()

    def ask(self, program: str, *words: str) -> str | None:
        """What a program of this machine prints, whatever its exit code; None when it is not there or hangs."""
        file = self.path(program)
        if not os.access(file, os.X_OK):
            return None
        try:
            done = subprocess.run([str(file), *words], capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return None
        return (done.stdout or done.stderr).strip()

    def ask_python(self, code: str) -> str | None:
        """What the kiosk's own Python prints for a line of code."""
        if self.installed:
            return self.ask(f"{INSTALLED}/.venv/bin/python", "-c", code)
        return self.ask(self.python[0], "-c", code) if self.python else None

    def systemd(self, unit: str, name: str) -> str | None:
        """A property of a unit, or of systemd itself when ``unit`` is empty."""
        return self.ask("usr/bin/systemctl", "show", "--property", name, "--value", *([unit] if unit else []))
