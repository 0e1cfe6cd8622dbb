"""What the command line asks the composition root for."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiosk.settings_model import Settings


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How to run the kiosk. ``card_reader`` is a serial port that is used even when the rest is simulated."""

    data_dir: Path
    settings: "Settings"
    pinmap: Path
    simulate: bool = False
    headless: bool = False
    windowed: bool = False
    card_reader: str | None = None
    console_port: int | None = None
    """Instead of the one in the settings; 0 takes any that is free."""
