"""Where the kiosk's files are when nobody said so."""

import os
from pathlib import Path

INSTALLED_DATA = Path("/var/lib/kiosk")
"""Made by the installer; where it exists every user of the machine means the same kiosk."""
CONFIG_NAME = "kiosk.toml"
PINMAP_NAME = "pinmap.json"
LOG_NAME = "kiosk.log"
SOCKET_NAME = "kiosk.sock"


def default_data_dir() -> Path:
    """``$KIOSK_DATA``, else the installed kiosk's directory, else one of the user's own (XDG state directory)."""
    if said := os.environ.get("KIOSK_DATA"):
        return Path(said)
    if INSTALLED_DATA.is_dir():
        return INSTALLED_DATA
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "charging-kiosk"


def find_config(data_dir: Path) -> Path | None:
    """``$KIOSK_CONFIG``, else ``kiosk.toml`` in the data or the working directory, else None: all defaults."""
    if said := os.environ.get("KIOSK_CONFIG"):
        return Path(said)
    return _first((data_dir / CONFIG_NAME, Path(CONFIG_NAME)))


def find_pinmap(data_dir: Path, config: Path | None = None) -> Path | None:
    """``pinmap.json`` in the data directory, beside the settings, in the working directory, or in this checkout."""
    beside = () if config is None else (config.parent / PINMAP_NAME,)
    checkout = Path(__file__).resolve().parent.parent / PINMAP_NAME
    return _first((data_dir / PINMAP_NAME, *beside, Path(PINMAP_NAME), checkout))


def _first(candidates: tuple[Path, ...]) -> Path | None:
    return next((path for path in candidates if path.is_file()), None)
