"""Is the kiosk well? Each part says so for itself; the worst of them decides.

A part is asked when somebody wants to know, from the asker's thread, so a probe reads what its thread has published and
never waits for it: a health check that hangs with what it checks would say nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sessions.ports import Json


class Condition(StrEnum):
    """How a part is. Only ``failed`` makes the kiosk answer 503: a degraded one still serves."""

    OK = "ok"
    DEGRADED = "degraded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Part:
    """What a part says of itself. ``figures`` are its own measurements, such as ``{"queue": 3}``."""

    condition: Condition
    detail: str = ""
    figures: Mapping[str, float | int | str | None] = field(default_factory=dict)


Probe = Callable[[], Part]


class Health:
    """The parts of one kiosk, by name."""

    def __init__(self, probes: Mapping[str, Probe], tk_gap_ms_max: Callable[[], float]) -> None:
        """``probes`` is read anew each time. ``tk_gap_ms_max`` gives the longest time in ms in which the owner's loop
        did not come round."""
        self._probes = probes
        self._tk_gap_ms_max = tk_gap_ms_max

    def document(self) -> Json:
        """The answer of ``GET /health``: ``{"status", "parts": {name: {"status", "detail", …}}, "tk_gap_ms_max"}``."""
        parts = {name: probe() for name, probe in list(self._probes.items())}
        worst = max((part.condition for part in parts.values()), key=list(Condition).index, default=Condition.OK)
        return {
            "status": worst.value,
            "parts": {
                name: {"status": part.condition.value, "detail": part.detail, **part.figures}
                for name, part in parts.items()
            },
            "tk_gap_ms_max": round(self._tk_gap_ms_max(), 1),
        }
