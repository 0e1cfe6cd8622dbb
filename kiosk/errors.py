"""Every error of the process around the rules: one base, each also the built-in it refines.

A message is one or more whole sentences that a person at a terminal can act on: what, where, and what to do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class KioskError(Exception):
    """Something about the kiosk as a program; the base of this package's errors."""


@dataclass(frozen=True, slots=True)
class SettingsProblem:
    """One thing wrong in ``kiosk.toml``. ``line`` counts from 1 and is None where it cannot be told."""

    path: str
    line: int | None
    message: str

    def sentence(self, name: str) -> str:
        """The one line an operator reads, beginning ``name:line`` so that editors can jump there."""
        where = name if self.line is None else f"{name}:{self.line}"
        return f"{where}: {self.path}: {self.message}" if self.path else f"{where}: {self.message}"


class SettingsError(KioskError, ValueError):
    """``kiosk.toml`` cannot be used. ``problems`` holds everything found at once, in the order of the file."""

    def __init__(self, name: str, problems: Sequence[SettingsProblem]) -> None:
        self.name = name
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.sentence(name) for problem in self.problems))


class CardSecretError(KioskError, OSError):
    """The secret that hides card numbers is missing, damaged or readable by others; nothing was changed."""


class CardListError(KioskError, ValueError):
    """A table of cards that cannot be imported; nothing of it was."""

    def __init__(self, name: str, problems: Sequence[str]) -> None:
        super().__init__("\n".join(f"{name}: {problem}." for problem in problems))
        self.problems = tuple(problems)


class BundleError(KioskError, ValueError):
    """A file that is no bundle of a session, was cut, or was changed."""


class ConsoleError(KioskError, OSError):
    """The console cannot be served at the address asked for."""


class NotRunning(KioskError, ConnectionError):
    """No kiosk answers on the data directory's command socket."""


class NoAnswer(KioskError, TimeoutError):
    """A kiosk took the connection but did not answer in time; asking again with the same id is safe."""


class CommandRefused(KioskError, RuntimeError):
    """The running kiosk said no. ``code`` is the stable word of `sessions.errors`; the message is its sentence."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


class BenchRefused(KioskError, RuntimeError):
    """A person at the bench could not do this now: the door stays locked, the acceptor refuses."""


class BenchNameUnknown(KioskError, LookupError):
    """The bench has no slot, phone, device or fault of this name; the message lists what it has."""


class NoPicture(KioskError, RuntimeError):
    """There is no screen to take a picture of."""


class BadRecording(KioskError, ValueError):
    """A recording of a sensor cannot be understood; the message names its line and column."""


class StickTrouble(StrEnum):
    """What may be wrong with a USB stick."""

    NONE = "none"
    STRANGE = "strange"
    BROKEN = "broken"
    READ_ONLY = "read_only"
    FULL = "full"
    PULLED = "pulled"
    FAILED = "failed"


class StickError(KioskError, OSError):
    """Nothing could be written to a USB stick; ``trouble`` says in one word why, the message in sentences."""

    def __init__(self, trouble: StickTrouble, message: str) -> None:
        self.trouble = trouble
        super().__init__(message)
