"""The kiosk's own lines in `config.txt`: one marked block, replaced whenever the pinmap changes and never added twice.

The block stands at the end, under `[all]` and after an empty `dtoverlay=`, because a section before it may be another
model's and a `dtparam` after an overlay would be taken for that overlay's (documentation of the Raspberry Pi,
"config.txt" and "Device Trees, overlays, and parameters").
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hardware.boot_config import BOOT_FOLDERS
from hardware.boot_wanted import wanted_lines
from hardware.errors import BootFilesError
from hardware.specs import Pinmap

BEGIN: Final = "# BEGIN charging-kiosk: made from pinmap.json; `kiosk pinmap boot-lines` makes it anew, edits are lost"
END: Final = "# END charging-kiosk"

_BLOCK: Final = re.compile(r"\n*^# BEGIN charging-kiosk.*?^# END charging-kiosk[^\n]*\n?", re.MULTILINE | re.DOTALL)
_HEADER_CONSOLE: Final = re.compile(r"(?<!\S)console=(?:serial0|ttyAMA0|ttyS0)(?:,\S*)?[^\S\n]*")
_PI5_HEADER_CONSOLE: Final = re.compile(r"(?<!\S)console=ttyAMA0(?:,\S*)?[^\S\n]*")
"""On a Pi 5 serial0 is the socket for debugging, not the header."""


def boot_block(pinmap: Pinmap) -> str:
    """Give the block that this pinmap needs, ending in a line break."""
    lines = wanted_lines(pinmap)
    # The hardware watchdog is no pin's business: systemd feeds it, and it resets a Pi whose kernel hangs.
    return "\n".join([BEGIN, "[all]", "dtoverlay=", "dtparam=watchdog=on", *(line.text for line in lines), END, ""])


def with_block(config: str, pinmap: Pinmap) -> str:
    """Give the text of a `config.txt` with this pinmap's block in place of any earlier one."""
    rest = without_block(config)
    return f"{rest}\n{boot_block(pinmap)}" if rest else boot_block(pinmap)


def without_block(config: str) -> str:
    """Give the text of a `config.txt` without the kiosk's block."""
    rest = _BLOCK.sub("\n", config.replace("\r\n", "\n")).rstrip("\n")
    return f"{rest}\n" if rest else ""


def without_console(cmdline: str, pinmap: Pinmap) -> str:
    """Give a `cmdline.txt` without a console on the header's serial line, if the pinmap needs that line."""
    needs_it = any(line.text.startswith(("enable_uart", "dtparam=uart0")) for line in wanted_lines(pinmap))
    console = _PI5_HEADER_CONSOLE if pinmap.board == "pi5" else _HEADER_CONSOLE
    return console.sub("", cmdline) if needs_it else cmdline


def write_boot_files(root: Path, pinmap: Pinmap | None) -> list[str]:
    """Bring the boot files below `root` in line with a pinmap, or take the block out when it is None.

    Gives a sentence for each file that changed; none when all was so already. What stood there before the first change
    is kept beside each file as `….before-kiosk`. Raises `BootFilesError` when there is no `config.txt` or it cannot be
    written.
    """
    folder = next((root / each for each in BOOT_FOLDERS if (root / each / "config.txt").is_file()), None)
    if folder is None:
        raise BootFilesError(f"There is no config.txt in {root / BOOT_FOLDERS[0]}: is this a Raspberry Pi?")
    return list(_written(folder, pinmap))


def _written(folder: Path, pinmap: Pinmap | None) -> Iterator[str]:
    config, cmdline = folder / "config.txt", folder / "cmdline.txt"
    text = _read(config)
    if _replace(config, text, without_block(text) if pinmap is None else with_block(text, pinmap)):
        yield f"{config} {'has no lines of the kiosk any more' if pinmap is None else 'has the lines of this pinmap'}."
    if pinmap is not None and cmdline.is_file():
        text = _read(cmdline)
        if _replace(cmdline, text, without_console(text, pinmap)):
            yield f"{cmdline} has no console on the serial line any more, which is the card reader's."


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        raise BootFilesError(f"{path} cannot be read ({error.strerror}).") from error


def _replace(path: Path, before: str, after: str) -> bool:
    """Write a boot file so that a power cut leaves the old one or the new one, never half of one."""
    if before == after:
        return False
    kept, new = path.with_name(f"{path.name}.before-kiosk"), path.with_name(f"{path.name}.new")
    try:
        if not kept.exists():
            _write(kept, before)
        _write(new, after)
        new.replace(path)
    except OSError as error:
        raise BootFilesError(f"{path} cannot be written ({error.strerror}); run this as root.") from error
    return True


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", errors="surrogateescape", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
