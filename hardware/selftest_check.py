"""What a self-test finds, and what it finds it with: one `Check` a question, a clock, and names for pins."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from hardware.spec_base import Pinned
from hardware.spec_types import BCM_TO_HEADER, expander_pin_name
from hardware.workers import Clock

Limits = tuple[float | None, float | None]
"""The least and the most that is good, both included; None where there is no limit."""

LOOK_S = 0.02


@dataclass(frozen=True, slots=True)
class Check:
    """One question to one device, in the words of `kiosk selftest --json`.

    ``device`` is its pinmap path in short, such as ``slot1.sensor``. ``advice`` says what to do about a failure, or why
    the question was not asked; with a pass it is a hint that may be ignored.
    """

    device: str
    check: str
    result: Literal["pass", "fail", "skip"]
    value: float | str | None = None
    unit: str | None = None
    limits: Limits | None = None
    advice: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The check as a JSON object."""
        return {**asdict(self), "limits": list(self.limits) if self.limits is not None else None}


def passed(device: str, check: str, value: float | str, hint: str | None = None) -> Check:
    """A question that was answered well; ``value`` is what was seen, without which nothing counts as passed."""
    return Check(device, check, "pass", value, advice=hint)


def failed(device: str, check: str, advice: str, value: float | str | None = None) -> Check:
    """A question that was answered badly, or not at all."""
    return Check(device, check, "fail", value, advice=advice)


def skipped(device: str, check: str, reason: str) -> Check:
    """A question that was not asked."""
    return Check(device, check, "skip", advice=reason)


def measured(device: str, check: str, value: float, unit: str, limits: Limits, advice: str) -> Check:
    """A figure held against its limits; ``advice`` is for a figure outside of them."""
    low, high = limits
    good = (low is None or value >= low) and (high is None or value <= high)
    result: Literal["pass", "fail"] = "pass" if good else "fail"
    return Check(device, check, result, round(value, 3), unit, limits, None if good else advice)


class Watch:
    """Waits on conditions. ``pause`` lets some seconds pass; what it raises ends the test."""

    def __init__(self, clock: Clock, pause: Callable[[float], object]) -> None:
        self.clock = clock
        self.pause = pause

    def until(self, condition: Callable[[], bool], timeout_s: float) -> bool:
        """Wait until a condition holds; False when it does not in time."""
        end = self.clock() + round(timeout_s * 1e9)
        while not condition():
            if self.clock() >= end:
                return False
            self.pause(LOOK_S)
        return True


def pin_name(pin: int) -> str:
    """A pin of the header as a technician finds it: its BCM name and where it is."""
    return f"GPIO{pin} (header position {BCM_TO_HEADER.get(pin, '?')})"


def place(spec: Pinned) -> str:
    """Where something is connected."""
    return pin_name(spec.pin) if spec.expander is None else f"{expander_pin_name(spec.pin)} of {spec.expander}"
