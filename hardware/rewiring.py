"""Wires slots and outputs anew while the rest of the kiosk runs; what cannot be opened brings the former ones back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Final

from hardware.errors import RewiringError
from hardware.pinmap_changes import Changes
from hardware.specs import Pinmap
from hardware.wiring import Wiring
from sessions.ports import DeviceReport, Post
from sessions.units import MonoNs, SlotName

Refit = Callable[[Pinmap, Sequence[str], Sequence[str]], None]
"""Lets the world around the pins follow: on the bench its parts move, on a Pi somebody has done it by hand."""

_log = logging.getLogger(__name__)
_PARTS: Final = ("relay", "sensor", "display", "lock", "door")


class Rewirer:
    """Changes a running `Wiring`. Everything happens on the owner's thread, so that nobody sees half of it."""

    def __init__(
        self, wiring: Wiring, pinmap: Pinmap, post: Post, clock: Callable[[], int], refit: Refit | None = None
    ) -> None:
        """`pinmap` is what the wiring was made from."""
        self._wiring = wiring
        self._pinmap = pinmap
        self._post = post
        self._clock = clock
        self._refit = refit or (lambda pinmap, slots, outputs: None)

    def rewire(self, new: Pinmap, change: Changes) -> None:
        """Wire anew what changed. Raises `RewiringError`; everything is then as it was before."""
        old = self._pinmap
        on = {name for name in change.outputs if name in old.outputs and self._wiring.outputs.on(name)}
        try:
            self._take_out(change)
            self._put_in(new, change, on)
        except Exception as error:  # The vendors' errors have no base in common; it is raised again below.
            _log.error("The new wiring cannot be opened (%s); the former one comes back", error)
            self._take_out(change)
            self._put_in(old, change, on)
            raise RewiringError(str(error)) from error
        self._pinmap = new
        self._forget_faults(old, new, change)

    def _take_out(self, change: Changes) -> None:
        for name in change.slots:
            self._wiring.fitter.unfit_slot(name)
        for name in change.outputs:
            self._wiring.outputs.replace(name, None)
            self._wiring.fitter.unfit_output(name)

    def _put_in(self, pinmap: Pinmap, change: Changes, on: set[str]) -> None:
        self._refit(pinmap, change.slots, change.outputs)
        for spec in pinmap.slots:
            if spec.name in change.slots:
                # In place: whoever holds the mapping finds the new devices there.
                self._wiring.slots[SlotName(spec.name)] = self._wiring.fitter.fit_slot(spec)
        for name in change.outputs:
            if name in pinmap.outputs:
                output = pinmap.outputs[name]
                fitted = self._wiring.fitter.fit_output(name, output, active_high=output.active == "high")
                fitted.set(name in on)
                self._wiring.outputs.replace(name, fitted)

    def _forget_faults(self, old: Pinmap, new: Pinmap, change: Changes) -> None:
        """Take back what was reported of devices that are gone; those that are there report anew."""
        had = {slot.name: slot for slot in old.slots}
        has = {slot.name: slot for slot in new.slots}
        for name in change.slots:
            for part in _PARTS:
                if getattr(had[name], part) is not None and getattr(has[name], part) is None:
                    report = DeviceReport(
                        f"{name}.{part}", None, "The pinmap has none any more.", MonoNs(self._clock())
                    )
                    self._post(report)
