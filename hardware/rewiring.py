"""Wires a running kiosk anew, as a whole or not at all.

What only moves pins happens on the owner's thread between two decisions, so that nobody sees half of it. What has a
thread of its own (reader, coins, water, guards) takes longer: its thread is ended, it is built anew together with the
rest, and has some seconds to come up: its port answers, its line is at rest, its loops are closed. What does not come
up, or cannot be opened, brings everything former back. Meanwhile a new device is heard by nobody (`hardware.gate`).

A card reader on another port is tried beside the former one, which reads on until then.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from hardware.berth import Berth
from hardware.errors import RewiringError, StillInUse
from hardware.gate import Gate
from hardware.pinmap_changes import Changes
from hardware.specs import Pinmap
from hardware.wiring import Wiring
from hardware.workers import Worker
from sessions.ports import DeviceReport, Post
from sessions.units import MonoNs, SlotName

Refit = Callable[[Pinmap, Changes], None]
"""Lets the world around the pins follow: on the bench its parts move, on a Pi somebody has done it by hand."""
Step = Callable[[Pinmap, Callable[[], None]], None]
"""Runs something on the owner's thread, after which the wiring is that of the pinmap, and waits for it. Raises what it
raises, or `StillInUse` before anything was touched."""

UP_S: Final = 5.0
"""A port that is not there is tried every two seconds, a thermometer takes one, a line that hangs is told after one."""
LOOK_S: Final = 0.02

_log = logging.getLogger(__name__)
_PARTS: Final = ("relay", "sensor", "display", "lock", "door")


class Rewirer:
    """Changes a running `Wiring`; one `rewire` at a time, on a thread that may wait."""

    def __init__(
        self,
        wiring: Wiring,
        pinmap: Pinmap,
        post: Post,
        clock: Callable[[], int],
        refit: Refit | None = None,
        up_s: float = UP_S,
    ) -> None:
        """`pinmap` is what the wiring was made from, `up_s` how long a new device may take to come up."""
        self._wiring = wiring
        self._fitter = wiring.fitter
        self._devices = wiring.fitter.devices
        self._pinmap = pinmap
        self._post = post
        self._clock = clock
        self._refit = refit or (lambda pinmap, change: None)
        self._up_s = up_s

    @property
    def midway(self) -> bool:
        """Whether a coin is being counted, which nobody has been told of for good."""
        coin = self._devices.coin
        return coin is not None and coin.midway

    def rewire(self, new: Pinmap, change: Changes, step: Step = lambda pinmap, act: act()) -> None:
        """Wire anew what changed. Raises `RewiringError` or `StillInUse`; everything is then as it was before."""
        old = self._pinmap
        swap = _Swap(self._devices.berths, change, {"reader"} if self._is_elsewhere(new, change) else set())
        on = {name for name in change.outputs if name in old.outputs and self._wiring.outputs.on(name)}
        try:
            swap.end_former()
            step(new, lambda: self._replace(new, change, on))
            swap.start()
            self._come_up(swap)
        except StillInUse:
            swap.go_on()
            raise
        except Exception as error:  # The vendors' errors have no base in common; it is raised again below.
            _log.error("The new wiring does not come up (%s); the former one comes back", error)
            self._go_back(old, change, on, swap, step)
            raise RewiringError(str(error)) from error
        swap.end_former(every=True)
        self._settle(swap)
        self._pinmap = new
        self._forget_faults(old, new, change)

    def _go_back(self, old: Pinmap, change: Changes, on: set[str], swap: _Swap, step: Step) -> None:
        swap.end_all()
        step(old, lambda: self._replace(old, change, on))
        swap.start()
        with suppress(RewiringError):
            # Whatever is wrong with them: before anybody hears them they have had the time to say so.
            self._come_up(swap)
        self._settle(swap)

    def _replace(self, pinmap: Pinmap, change: Changes, on: set[str]) -> None:
        self._take_out(change)
        self._put_in(pinmap, change, on)

    def _take_out(self, change: Changes) -> None:
        for name in (*change.slots, *change.gone_slots, *change.new_slots):
            self._fitter.unfit_slot(name)
            self._wiring.slots.pop(SlotName(name), None)
        for name in change.outputs:
            self._wiring.outputs.replace(name, None)
            self._fitter.unfit_output(name)
        for section in change.devices:
            self._devices.unfit(section)
        for name in change.expanders:
            self._fitter.unfit_expander(name)

    def _put_in(self, pinmap: Pinmap, change: Changes, on: set[str]) -> None:
        self._refit(pinmap, change)
        self._fitter.pinmap = pinmap
        for name in change.expanders:
            if name in pinmap.expanders:
                self._fitter.fit_expander(name)
        for section in change.devices:
            self._devices.fit(section, pinmap)
        self._put_in_slots(pinmap, change)
        for name in change.outputs:
            if name in pinmap.outputs:
                output = pinmap.outputs[name]
                fitted = self._fitter.fit_output(name, output, active_high=output.active == "high")
                fitted.set(name in on)
                self._wiring.outputs.replace(name, fitted)

    def _put_in_slots(self, pinmap: Pinmap, change: Changes) -> None:
        # In place: whoever holds the mapping finds the new devices there, in the order of the pinmap.
        slots = self._wiring.slots
        for spec in pinmap.slots:
            name = SlotName(spec.name)
            fresh = spec.name in (*change.slots, *change.new_slots)
            slots[name] = self._fitter.fit_slot(spec) if fresh else slots.pop(name)

    def _come_up(self, swap: _Swap) -> None:
        """Wait until every device has proved itself. Raises `RewiringError` with what it complains of."""
        end = time.monotonic() + self._up_s
        while waiting := [section for section in swap.sections if not self._is_up(section)]:
            if time.monotonic() >= end:
                said = [each for section in waiting for each in self._complaints(section)]
                raise RewiringError(" ".join(said) or f"{', '.join(waiting)} did not come up")
            time.sleep(LOOK_S)

    def _is_up(self, section: str) -> bool:
        berth = self._devices.berths[section]
        if berth.worker is None or berth.gate is None or section == "relay_enable":
            return True
        if berth.gate.complaints:
            return False
        if section == "water":
            water = self._devices.water
            return water is not None and any(look.cup is not None for look in water.readings(MonoNs(0)))
        if section == "safety":
            guard = self._devices.guard
            measured = [thermometer.read_at is not None for thermometer in guard.thermometers]
            return all(measured) and all(loop.opened is False for loop in guard.loops)
        return berth.gate.well(section)

    def _complaints(self, section: str) -> list[str]:
        gate = self._devices.berths[section].gate
        return gate.complaints if gate is not None and gate.complaints else [f"{section} did not come up."]

    def _settle(self, swap: _Swap) -> None:
        for section in swap.sections:
            self._fitter.settle(section, swap.former_gates[section])
            self._devices.berths[section].changing = False

    def _is_elsewhere(self, new: Pinmap, change: Changes) -> bool:
        """Whether the new card reader is on another port, so that both can be open at once."""
        former, port = self._devices.reader, self._devices.reader_port(new)
        if "reader" not in change.devices or former is None or port is None:
            return False
        with suppress(OSError):
            return not os.path.samefile(former.port, port)
        return former.port != port

    def _forget_faults(self, old: Pinmap, new: Pinmap, change: Changes) -> None:
        """Take back what was reported of devices that are gone; those that are there report anew."""
        had = {slot.name: slot for slot in old.slots}
        has = {slot.name: slot for slot in new.slots}
        gone = [
            f"{name}.{part}"
            for name in (*change.slots, *change.gone_slots)
            for part in _PARTS
            if getattr(had[name], part) is not None and getattr(has.get(name), part, None) is None
        ]
        gone += [name for name in change.expanders if name not in new.expanders]
        for device in gone:
            self._post(DeviceReport(device, None, "The pinmap has none any more.", MonoNs(self._clock())))


class _Swap:
    """The threads of one change: the former ones, which of them have ended, and the new ones in their berths."""

    def __init__(self, berths: dict[str, Berth], change: Changes, beside: set[str]) -> None:
        self.sections = change.devices
        self.former_gates: dict[str, Gate | None] = {section: berths[section].gate for section in self.sections}
        self._berths = {section: berths[section] for section in self.sections}
        self._former: dict[str, Worker | None] = {section: berth.worker for section, berth in self._berths.items()}
        self._beside = beside

    def end_former(self, *, every: bool = False) -> None:
        """End the former threads, but for those that go on beside the new ones unless `every`."""
        for section, worker in self._former.items():
            self._berths[section].changing = True
            if worker is not None and (every or section not in self._beside):
                worker.stop()

    def start(self) -> None:
        """Start what is in the berths now."""
        for berth in self._berths.values():
            if berth.worker is not None:
                berth.worker.start()

    def go_on(self) -> None:
        """Nothing was changed: the former threads go on."""
        for berth in self._berths.values():
            berth.changing = False
            berth.start()

    def end_all(self) -> None:
        """End the former ones and the new ones."""
        self.end_former(every=True)
        for berth in self._berths.values():
            berth.stop()
