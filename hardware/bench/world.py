"""What a simulated kiosk's world looks like, in a small file: a killed process does not take the phones with it.

The pins that a killed process leaves driven live in a `WireMemory`; this holds the rest. It is replaced as a whole,
and survives the end of the process, not that of the machine.
"""

import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from hardware.bench.door_lock import Position
from hardware.bench.phones import PHONES

LOOK_S = 1.0
"""How often things that change by themselves are looked at: a battery that fills, a door that springs ajar."""

_log = logging.getLogger(__name__)


def _known(kind: str) -> str:
    if kind not in PHONES:
        raise ValueError(f"there is no phone {kind!r}")
    return kind


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PhoneKept(_Kept):
    """A phone, or another thing, and its battery in per cent."""

    kind: Annotated[str, AfterValidator(_known)]
    level: Annotated[float, Field(ge=0, le=100)]


class SlotKept(_Kept):
    """One slot: what is on its cable, what lies there unplugged, how its door stands."""

    phone: PhoneKept | None = None
    pulled: PhoneKept | None = None
    door: Position = Position.SHUT


class FaultKept(_Kept):
    """Something broken."""

    device: str
    kind: str


class WorldKept(_Kept):
    """Everything that somebody finds who comes back to the kiosk."""

    version: Literal[1] = 1
    slots: dict[str, SlotKept] = {}
    faults: tuple[FaultKept, ...] = ()
    cup: bool = False


class WorldFile:
    """The file, and the thread that looks whether the world has changed. ``describe`` gives the world as it is."""

    def __init__(self, path: Path, describe: Callable[[], WorldKept]) -> None:
        self._path = path
        self._describe = describe
        self._saving = threading.Lock()
        self._saved = ""
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._look_for_ever, name="bench-world", daemon=True)

    def read(self) -> WorldKept:
        """The world as it was left. One that cannot be read is an empty one, and the log says so."""
        try:
            return WorldKept.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return WorldKept()
        except (OSError, ValidationError) as error:
            _log.warning("%s holds no bench's world, so this one starts empty (%s)", self._path, error)
            return WorldKept()

    def start(self) -> None:
        """Write the world as it is, and again whenever it has changed."""
        self.save()
        self._thread.start()

    def save(self) -> None:
        """Write the world if it has changed; when this returns, it outlives the process."""
        with self._saving:
            text = self._describe().model_dump_json(indent=1)
            if text == self._saved:
                return
            fresh = self._path.with_name(f".{self._path.name}.new")
            try:
                fresh.write_text(text, encoding="utf-8")
                os.replace(fresh, self._path)
            except OSError as error:
                _log.warning("The bench's world could not be kept in %s (%s)", self._path, error)
            self._saved = text

    def close(self) -> None:
        """Write it a last time and end the thread."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()
        self.save()

    def _look_for_ever(self) -> None:
        while not self._closing.wait(LOOK_S):
            self.save()
