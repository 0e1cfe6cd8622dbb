"""A float: in the drip tray it says when that is full, in the tank when that is nearly empty."""

from typing import TYPE_CHECKING

from sessions.ports import DeviceReport, Post, Trouble
from sessions.units import MonoNs, seconds_ns

if TYPE_CHECKING:
    from gpiozero import DigitalInputDevice

SURE_NS = seconds_ns(0.3)
"""Water that is poured makes waves."""
CALM_NS = seconds_ns(2)


class FloatSwitch:
    """One switch, on the header or an expander. It reports what the level is once that has lasted."""

    def __init__(self, device: str, trouble: Trouble, detail: str, *, ok_high: bool, post: Post) -> None:
        self.device = device
        self._trouble, self._detail = trouble, detail
        self._ok_high = ok_high
        self._post = post
        self._line: DigitalInputDevice | None = None
        self._reported = False
        self._since: MonoNs | None = None
        self.level: bool | None = None
        """As last read."""

    @property
    def well(self) -> bool | None:
        """Whether all is well by the last reading; None before the first."""
        return None if self.level is None else self.level == self._ok_high

    def forget(self) -> None:
        """Another report took the place of this one's: tell anew what is wrong, if anything is."""
        self._reported, self._since = False, None

    def attach(self, line: "DigitalInputDevice") -> None:
        """Read a pin of the header at each look."""
        self._line = line

    def look(self, mono: MonoNs) -> None:
        """Read the header's pin, if it is on one."""
        if self._line is not None:
            self.polled(bool(self._line.pin.state), mono)

    def polled(self, level: bool, mono: MonoNs) -> None:
        """Take one reading."""
        self.level = level
        trouble = level != self._ok_high
        if trouble == self._reported:
            self._since = None
            return
        if self._since is None:
            self._since = mono
        if mono - self._since >= (SURE_NS if trouble else CALM_NS):
            self._reported, self._since = trouble, None
            detail = self._detail if trouble else "It is well again."
            self._post(DeviceReport(self.device, self._trouble if trouble else None, detail, mono))
