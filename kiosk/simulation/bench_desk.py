"""The bench as the console may use it: the same verbs, the console's own errors, and a finger on the screen."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from hardware.bench.bench import Bench
from hardware.bench.phones import PHONES
from hardware.errors import BenchNameError, CardNumberError
from hardware.errors import BenchRefused as Refused
from kiosk.errors import BenchNameUnknown, BenchRefused
from sessions.errors import BadRequest


class BenchDesk:
    """Implements `kiosk.console.port.BenchPort` over a bench.

    ``touch`` puts a finger on the screen at a point of its picture, from any thread; None where there is no screen.
    """

    def __init__(self, bench: Bench, touch: Callable[[int, int], None] | None = None) -> None:
        self._bench = bench
        self._touch = touch

    def tap(self, uid: str) -> None:
        """Holds a card to the reader."""
        with _told():
            self._bench.tap(uid)

    def plug(self, slot: str, phone: str, level: float | None, cable: bool) -> None:
        """Plugs a phone in, through the door or at its cable."""
        with _told():
            self._bench.plug(slot, phone, level, cable=cable)

    def unplug(self, slot: str, cable: bool) -> None:
        """Takes the phone out, or pulls its cable."""
        with _told():
            self._bench.unplug(slot, cable=cable)

    def door(self, slot: str, is_open: bool) -> None:
        """Moves a door."""
        with _told():
            self._bench.door(slot, is_open)

    def coin(self, value: float) -> None:
        """Drops a coin."""
        with _told():
            self._bench.coin(value)

    def cup(self, present: bool) -> None:
        """Places or takes a cup."""
        with _told():
            self._bench.cup(present)

    def fault(self, device: str, kind: str, on: bool) -> None:
        """Breaks or mends something."""
        with _told():
            self._bench.fault(device, kind, on)

    def touch(self, x: int, y: int) -> None:
        """Touches the screen."""
        if self._touch is None:
            raise BenchRefused("This kiosk runs without a screen.")
        self._touch(x, y)

    def snapshot(self) -> Mapping[str, Any]:
        """What somebody sees who stands there, which phones there are, and what can be broken."""
        return {**self._bench.snapshot(), "phones": list(PHONES), "fault_kinds": self._bench.fault_kinds}


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except Refused as error:
        raise BenchRefused(_sentence(error)) from error
    except BenchNameError as error:
        raise BenchNameUnknown(_sentence(error)) from error
    except CardNumberError as error:
        raise BadRequest(_sentence(error)) from error


def _sentence(error: Exception) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '}')) else '.'}"
