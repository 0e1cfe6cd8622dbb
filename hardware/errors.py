"""Every error this package raises: one base, each also the built-in it refines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hardware.problems import Problem


class HardwareError(Exception):
    """Something about the kiosk's electronics; the base of this package's errors."""


class PinmapError(HardwareError, ValueError):
    """The pinmap cannot be used. `problems` holds every error found, in the order of the file."""

    def __init__(self, name: str, problems: Sequence[Problem]) -> None:
        self.name = name
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.sentence(name) for problem in self.problems))


class BootFilesError(HardwareError, OSError):
    """The Pi's boot files cannot be read; the message says which, and how to allow it."""


class DeviceError(HardwareError, OSError):
    """A device did not answer or answered wrongly. `device` names it; the message says what to do."""

    def __init__(self, device: str, message: str) -> None:
        self.device = device
        super().__init__(f"{device}: {message}")


class RewiringError(HardwareError, RuntimeError):
    """A changed pinmap could not be wired while the kiosk runs; the former wiring is back."""


class StillInUse(HardwareError, RuntimeError):
    """What a changed pinmap wires anew is in use; the message says what, as the end of a sentence."""


class PinTaken(HardwareError, ValueError):
    """A pin or an address is claimed twice; the message names both holders."""


class CardNumberError(HardwareError, ValueError):
    """A typed card number cannot be one. The message never repeats it."""


class BenchRefused(HardwareError, RuntimeError):
    """A person at the bench could not do this now: the door stays locked, the acceptor refuses (HTTP 409)."""


class BenchNameError(HardwareError, ValueError):
    """The bench has no slot, phone, device or fault of this name; the message lists the near or the valid ones."""


class DisplayTextError(HardwareError, ValueError):
    """A text that four digits cannot show; the message says what fits."""


class UnknownOutput(HardwareError, KeyError):
    """An output that the pinmap does not have; the message says which it has."""

    __str__ = Exception.__str__  # KeyError's would put the sentence in quotes
