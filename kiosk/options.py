"""What the command line asks the composition root for."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiosk.settings_model import Settings

SMALLEST_WINDOW, LARGEST_WINDOW = (800, 480), (1920, 1200)
"""In pixels; the screens are drawn for a 7-inch display and scale up from there."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How to run the kiosk. ``card_reader`` and ``coin_board`` are serial ports, used also in a simulation."""

    data_dir: Path
    settings: "Settings"
    pinmap: Path
    simulate: bool = False
    headless: bool = False
    window: tuple[int, int] | None = None
    """The window's size in pixels; None is the whole screen."""
    card_reader: str | None = None
    coin_board: str | None = None
    console_port: int | None = None
    """Instead of the one in the settings; 0 takes any that is free."""
