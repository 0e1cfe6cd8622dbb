"""The bench as console and Bench window use it: the same verbs, refusals in the kiosk's own words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from hardware.bench.bench import Bench
from hardware.bench.phones import PHONES
from hardware.errors import BenchNameError, CardNumberError
from hardware.errors import BenchRefused as RefusedByBench
from kiosk.errors import BenchNameUnknown, BenchRefused
from sessions.errors import BadRequest


class BenchVerbs:
    """Implements `kiosk.bench_port.BenchPort` over the simulated kiosk. Verbs take as long as a person takes."""

    def __init__(self, bench: Bench, touch: Callable[[int, int], None] | None) -> None:
        self._bench = bench
        self._touch = touch

    def tap(self, uid: str) -> None:
        """Holds a card to the reader."""
        with _in_our_words():
            self._bench.tap(uid)

    def plug(self, slot: str, phone: str, level: float | None, cable: bool) -> None:
        """Plugs a phone in, through the door if there is one."""
        with _in_our_words():
            self._bench.plug(slot, phone, level, cable=cable)

    def unplug(self, slot: str, cable: bool) -> None:
        """Takes a phone out, or pulls its cable behind the door."""
        with _in_our_words():
            self._bench.unplug(slot, cable=cable)

    def door(self, slot: str, is_open: bool) -> None:
        """Opens a door or shuts it."""
        with _in_our_words():
            self._bench.door(slot, is_open)

    def coin(self, value: float) -> None:
        """Drops a coin."""
        with _in_our_words():
            self._bench.coin(value)

    def cup(self, present: bool, size_ml: float = 500.0) -> None:
        """Puts an empty cup under the spout or takes it away."""
        with _in_our_words():
            self._bench.cup(present, size_ml)

    def fault(self, device: str, kind: str, on: bool) -> None:
        """Breaks something or mends it."""
        with _in_our_words():
            self._bench.fault(device, kind, on)

    def touch(self, x: int, y: int) -> None:
        """Touches the screen."""
        if self._touch is None:
            raise BenchRefused("This kiosk runs without a window: there is no screen to touch.")
        self._touch(x, y)

    def snapshot(self) -> Mapping[str, Any]:
        """What somebody sees who stands there."""
        return self._bench.snapshot()

    def phones(self) -> Sequence[str]:
        """What can be plugged in."""
        return tuple(PHONES)

    def fault_kinds(self) -> Mapping[str, list[str]]:
        """What can be broken, by device."""
        return self._bench.fault_kinds


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except RefusedByBench as error:
        raise BenchRefused(str(error)) from error
    except BenchNameError as error:
        raise BenchNameUnknown(str(error)) from error
    except CardNumberError as error:
        raise BadRequest(str(error)) from error
