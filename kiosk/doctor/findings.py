"""What the doctor finds: one `Check` a question, in the same JSON words as `kiosk selftest`."""

from dataclasses import asdict, dataclass
from typing import Literal

from sessions.ports import Json

Limits = tuple[float | None, float | None]
"""The least and the most that is good, both included; None where there is no limit."""


@dataclass(frozen=True, slots=True)
class Check:
    """One question. ``advice`` is what to do about a failure, or why it was not asked; with a pass, a hint."""

    device: str
    check: str
    result: Literal["pass", "fail", "skip"]
    value: float | str | None = None
    unit: str | None = None
    limits: Limits | None = None
    advice: str | None = None

    def as_json(self) -> Json:
        """The check as a JSON object."""
        return {**asdict(self), "limits": list(self.limits) if self.limits is not None else None}


class Topic:
    """One part of the machine, such as ``storage``, of which several things are asked."""

    def __init__(self, name: str) -> None:
        self._name = name

    def passed(self, check: str, value: float | str | None = None, hint: str | None = None) -> Check:
        """It is as it should be."""
        return Check(self._name, check, "pass", value, advice=hint)

    def failed(self, check: str, advice: str, value: float | str | None = None) -> Check:
        """It is not."""
        return Check(self._name, check, "fail", value, advice=advice)

    def skipped(self, check: str, reason: str) -> Check:
        """It was not asked."""
        return Check(self._name, check, "skip", advice=reason)

    def judged(self, check: str, good: bool, advice: str, value: float | str | None = None) -> Check:
        """One or the other; ``advice`` is for the bad one."""
        return self.passed(check, value) if good else self.failed(check, advice, value)

    def measured(self, check: str, value: float, unit: str, limits: Limits, advice: str) -> Check:
        """A figure held against its limits."""
        low, high = limits
        good = (low is None or value >= low) and (high is None or value <= high)
        figure = round(value, 1)
        return Check(self._name, check, "pass" if good else "fail", figure, unit, limits, None if good else advice)
