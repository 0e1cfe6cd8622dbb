"""Tells a disturbed line from a lone bad frame or pulse: both happen, only the first is worth an operator's time."""

from collections import deque

from sessions.ports import DeviceReport, Post, Trouble
from sessions.units import MonoNs, seconds_ns

NOISY_COUNT = 20
WINDOW_NS = seconds_ns(10)


class NoiseMeter:
    """Reports `NOISE` when `NOISY_COUNT` bad things come within ten seconds, and its end after ten without any."""

    def __init__(self, device: str, detail: str, post: Post) -> None:
        self._device = device
        self._detail = detail
        self._post = post
        self._times: deque[MonoNs] = deque(maxlen=NOISY_COUNT)
        self.noisy = False
        """Whether noise is reported now."""

    def bad(self, mono: MonoNs) -> None:
        """Count one bad thing."""
        self._times.append(mono)
        if not self.noisy and len(self._times) == NOISY_COUNT and mono - self._times[0] <= WINDOW_NS:
            self.noisy = True
            self._post(DeviceReport(self._device, Trouble.NOISE, self._detail, mono))

    def quiet(self, mono: MonoNs) -> None:
        """Look at the clock: is it over?"""
        if self.noisy and mono - self._times[-1] > WINDOW_NS:
            self.noisy = False
            self._post(DeviceReport(self._device, None, "The line is quiet again.", mono))
