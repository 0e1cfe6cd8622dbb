"""Switching that reports instead of failing, and the kiosk's own outputs: fan, buzzer, lamp."""

import time
from collections.abc import Iterable, Mapping

from hardware.errors import UnknownOutput
from hardware.expander import ExpanderOutput
from hardware.gpio import Output
from hardware.workers import Clock
from sessions.ports import DeviceReport, Post, Trouble
from sessions.units import MonoNs


class ReportedOutput:
    """An `Output` whose trouble becomes a `DeviceReport`, since whoever decides must never trip over a pin."""

    def __init__(self, output: Output, device: str, post: Post, clock: Clock = time.monotonic_ns) -> None:
        self.device = device
        self._output = output
        self._post = post
        self._clock = clock
        self._failing = False

    @property
    def on(self) -> bool:
        """The level wanted last."""
        return self._output.on

    @property
    def settled(self) -> bool:
        """Whether the level wanted last is driven by now; an expander follows a moment later."""
        return not self._failing and (not isinstance(self._output, ExpanderOutput) or self._output.settled)

    def set(self, on: bool) -> None:
        """Drive the output; a failure is reported once, and so is its end."""
        try:
            self._output.set(on)
        except Exception as error:  # noqa: BLE001 - the driver's edge: gpiozero, lgpio and the kernel raise their own
            if not self._failing:
                self._report(Trouble.STUCK, f"It cannot be switched ({error}). Restart the kiosk.")
            self._failing = True
        else:
            if self._failing:
                self._report(None, "It can be switched again.")
            self._failing = False

    def shut(self) -> None:
        """Turn off for good; raises what the pin raises."""
        self._output.shut()

    def _report(self, trouble: Trouble | None, detail: str) -> None:
        self._post(DeviceReport(self.device, trouble, detail, MonoNs(self._clock())))


class KioskOutputs:
    """The outputs that belong to no slot, by their name in the pinmap (`sessions.ports.Outputs`)."""

    def __init__(self, outputs: Mapping[str, Output]) -> None:
        self._outputs = dict(outputs)

    def replace(self, name: str, output: Output | None) -> None:
        """Put another output in the place of one, or none."""
        others = {other: each for other, each in self._outputs.items() if other != name}
        self._outputs = others if output is None else {**others, name: output}

    def set(self, name: str, on: bool) -> None:
        """Drive one to a level. Raises `UnknownOutput` for a name the pinmap does not have."""
        if name not in self._outputs:
            raise UnknownOutput(f"there is no output {name!r}; the pinmap has {', '.join(self._outputs) or 'none'}")
        self._outputs[name].set(on)

    def on(self, name: str) -> bool:
        """The level wanted last."""
        return self._outputs[name].on

    def settled(self, name: str) -> bool:
        """Whether that level is driven by now. Raises `KeyError` for a name the pinmap does not have."""
        output = self._outputs[name]
        return not isinstance(output, ReportedOutput) or output.settled

    def names(self) -> Iterable[str]:
        """Every output's name, in the order of the pinmap."""
        return self._outputs.keys()
