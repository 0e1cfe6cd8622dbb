"""How a Raspberry Pi boots: `config.txt`, `cmdline.txt` and the model, read from any root folder.

Only what decides about pins and serial lines is kept. A section like `[pi4]` holds until the next one; what stands in
one for another model is no setting of this Pi. A parameter that follows a `dtoverlay` belongs to it unless it is one of
the base's (documentation of the Raspberry Pi, "config.txt" and "Device Trees, overlays, and parameters").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from hardware.errors import BootFilesError

BOOT_FOLDERS: Final = ("boot/firmware", "boot")
"""Where the boot files are: since Bookworm, and before."""

MODEL_FILE: Final = "proc/device-tree/model"

BOARDS: Final[Mapping[str, str]] = {
    "Raspberry Pi 3 Model B Plus": "pi3b+",
    "Raspberry Pi 3 Model B": "pi3b",
    "Raspberry Pi 4 Model B": "pi4b",
    "Raspberry Pi 400": "pi400",
    "Raspberry Pi 5": "pi5",
    "Raspberry Pi Zero 2": "zero2w",
}
"""How `/proc/device-tree/model` begins, and the `board` of a pinmap; longer beginnings stand first."""

_FILTERS: Final[Mapping[str, frozenset[str]]] = {
    "pi3b": frozenset({"pi3"}),
    "pi3b+": frozenset({"pi3", "pi3+"}),
    "pi4b": frozenset({"pi4"}),
    "pi400": frozenset({"pi4", "pi400"}),
    "pi5": frozenset({"pi5"}),
    "zero2w": frozenset({"pi0", "pi02"}),
}
_MODEL_FILTER: Final = re.compile(r"pi\d+\+?w?|cm\d[a-z]?")

BASE_PARAMETERS: Final = frozenset(
    {"spi", "i2s", "i2c", "i2c_arm", "i2c_arm_baudrate", "i2c_baudrate", "i2c1", "uart0", "uart0_console", "audio"}
    | {"strict_gpiod", "watchdog", "act_led_gpio", "pwr_led_gpio", "i2c_vc", "i2c0"}
)
"""Parameters of the board itself that matter here (overlays/README, "<The base DTB>")."""

_OFF: Final = frozenset({"off", "0", "false", "no"})
_MOST_INCLUDES: Final = 8
_MOST_BYTES: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Overlay:
    """A `dtoverlay` with its parameters, and the line that loads it."""

    name: str
    parameters: Mapping[str, str]
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Setting:
    """The value in effect of a plain setting or of a base parameter, and the line it comes from."""

    value: str
    file: str
    line: int

    @property
    def is_on(self) -> bool:
        """Whether it switches something on; a bare parameter does."""
        return self.value.lower() not in _OFF


@dataclass(frozen=True)
class BootConfig:
    """What decides about pins when this Pi starts; `board` is None on an unknown machine."""

    board: str | None
    model: str
    settings: Mapping[str, Setting] = field(default_factory=dict)
    """Plain settings, like `enable_uart`; the last one counts."""
    parameters: Mapping[str, Setting] = field(default_factory=dict)
    """Base parameters (`dtparam`)."""
    overlays: tuple[Overlay, ...] = ()
    gpio: Mapping[int, tuple[str, Setting]] = field(default_factory=dict)
    """What `gpio=` lines make of a pin at boot: its options, like `op,dl`."""
    cmdline: str = ""
    config_file: str = ""
    cmdline_file: str = ""

    def is_on(self, parameter: str) -> bool:
        """Whether a base parameter is on."""
        setting = self.parameters.get(parameter)
        return setting is not None and setting.is_on

    def overlay(self, *names: str) -> Overlay | None:
        """Give the first overlay of one of these names."""
        return next((each for each in self.overlays if each.name in names), None)

    @property
    def consoles(self) -> tuple[str, ...]:
        """The kernel's consoles, like `serial0` and `tty1`."""
        found = (word.partition("=") for word in self.cmdline.split())
        return tuple(value.partition(",")[0] for key, _, value in found if key == "console")


def read_boot(root: Path = Path("/"), board: str | None = None) -> BootConfig | None:
    """Read the boot files below `root`; None when there are none, as on any machine that is no Raspberry Pi.

    `board` is for files without a model beside them, like a copy of a boot folder, which `root` may also be itself.
    Raises `BootFilesError` when they are there and cannot be read.
    """
    folder = next((each for each in _folders(root) if (each / "config.txt").is_file()), None)
    if folder is None:
        return None
    model = _text(root / MODEL_FILE).strip("\0 \n") if (root / MODEL_FILE).is_file() else ""
    named = next((key for start, key in BOARDS.items() if model.startswith(start)), board if not model else None)
    reader = _Reader(folder, _FILTERS.get(named or "", frozenset()))
    reader.read("config.txt", 0)
    cmdline = folder / "cmdline.txt"
    return BootConfig(
        named,
        model,
        reader.settings,
        reader.parameters,
        tuple(Overlay(name, dict(given), file, line) for name, given, file, line in reader.overlays),
        reader.gpio,
        _text(cmdline).strip() if cmdline.is_file() else "",
        str(folder / "config.txt"),
        str(cmdline),
    )


def _folders(root: Path) -> Iterator[Path]:
    yield from (root / each for each in BOOT_FOLDERS)
    yield root


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES).decode("utf-8", "replace").removeprefix("\ufeff")
    except OSError as error:
        raise BootFilesError(
            f"{path} cannot be read ({error.strerror}); run this as root, or check the card."
        ) from error


class _Reader:
    """One reading of `config.txt` and what it includes, for one model."""

    def __init__(self, folder: Path, filters: frozenset[str]) -> None:
        self.settings: dict[str, Setting] = {}
        self.parameters: dict[str, Setting] = {}
        self.overlays: list[tuple[str, dict[str, str], str, int]] = []
        self.gpio: dict[int, tuple[str, Setting]] = {}
        self._folder = folder
        self._filters = filters
        self._applies = True
        self._scope: dict[str, str] | None = None

    def read(self, name: str, depth: int) -> None:
        """Read a file line by line; an include that is missing is passed over, as the firmware does."""
        path = self._folder / name
        if depth > _MOST_INCLUDES or not path.is_file():
            return
        for number, raw in enumerate(_text(path).splitlines(), 1):
            line = raw.strip()
            if line.startswith("[") and line.endswith("]"):
                self._section(line[1:-1].strip().lower())
            elif not self._applies or not line or line.startswith("#"):
                continue
            elif line.startswith("include "):
                self.read(line.removeprefix("include ").strip(), depth + 1)
            elif "=" in line:
                key, _, value = line.partition("=")
                self._line(key.strip(), value.strip(), str(path), number)

    def _section(self, name: str) -> None:
        """Follow a filter. Those that ask for a screen, a serial number or a pin are taken as met: they may be."""
        if name == "all":
            self._applies = True
        elif name == "none":
            self._applies = False
        elif _MODEL_FILTER.fullmatch(name):
            self._applies = name in self._filters

    def _line(self, key: str, value: str, file: str, number: int) -> None:
        if key in ("dtoverlay", "device_tree_overlay"):
            name, *given = [part.strip() for part in value.split(",")]
            self._scope = None
            if name:
                self._scope = dict(_parameter(each) for each in given if each)
                self.overlays.append((name, self._scope, file, number))
        elif key in ("dtparam", "device_tree_param"):
            for each in filter(None, (part.strip() for part in value.split(","))):
                self._parameter(*_parameter(each), file, number)
        elif key == "gpio":
            pins, _, options = value.partition("=")
            for pin in _pins(pins):
                self.gpio[pin] = options.strip(), Setting(options.strip(), file, number)
        else:
            self.settings[key] = Setting(value, file, number)

    def _parameter(self, name: str, value: str, file: str, number: int) -> None:
        if self._scope is None or name in BASE_PARAMETERS:
            self.parameters[name] = Setting(value, file, number)
        else:
            self._scope[name] = value


def _parameter(text: str) -> tuple[str, str]:
    name, has_value, value = text.partition("=")
    return name.strip(), value.strip() if has_value else "on"


def _pins(text: str) -> Iterator[int]:
    """Give the pins of `4,17-21`; what is no number is passed over."""
    for part in text.split(","):
        if match := re.fullmatch(r"\s*(\d{1,2})(?:-(\d{1,2}))?\s*", part, re.ASCII):
            yield from range(int(match[1]), int(match[2] or match[1]) + 1)
