"""What a benchmark says: one figure, the goal beside it, and on which machine it was measured."""

import json
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure.

    ``value`` is the median of ``runs``. ``goal`` is its limit in the same unit, None for a figure that has none and
    stands beside another to explain it; ``at_least`` says that the goal is to be reached rather than kept under.
    """

    name: str
    runs: tuple[float, ...]
    unit: str
    how: str
    goal: float | None = None
    at_least: bool = False

    @property
    def value(self) -> float:
        """The median of the runs."""
        return median(self.runs)

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without a goal."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.at_least else self.value <= self.goal

    @property
    def goal_text(self) -> str:
        """The goal as people write it."""
        return "" if self.goal is None else f"{'≥' if self.at_least else '≤'} {short(self.goal)} {self.unit}"

    @property
    def value_text(self) -> str:
        """The figure with its unit, and the spread of the runs if there were several."""
        spread = f" ({short(min(self.runs))} to {short(max(self.runs))})" if len(self.runs) > 1 else ""
        return f"{short(self.value)} {self.unit}{spread}"


def short(value: float) -> str:
    """Three significant digits, without an exponent for what people read here."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that ``percent`` of them do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)]


def machine() -> str:
    """The machine by processor, cores, kernel and Python."""
    info = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").splitlines()
    names = [line.partition(":")[2].strip() for line in info if line.startswith(("model name", "Model"))]
    cores = sum(1 for line in info if line.startswith("processor"))
    return (
        f"{names[0] if names else platform.machine()}, {cores} cores, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}"
    )


def keep(benchmark: str, figures: Iterable[Figure], load: float) -> None:
    """Replaces a benchmark's results, one JSON line a figure. ``load`` is the load average before it began: what others
    wanted of the machine meanwhile."""
    RESULTS.mkdir(exist_ok=True)
    when = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, load {load:.1f} before"
    lines = [json.dumps({"machine": machine(), "at": when, **asdict(figure)}) for figure in figures]
    (RESULTS / f"{benchmark}.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def kept(benchmark: str) -> list[tuple[dict[str, Any], Figure]]:
    """A benchmark's last results: where and when, and what."""
    path = RESULTS / f"{benchmark}.jsonl"
    found = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        row = json.loads(line)
        where = {"machine": row.pop("machine"), "at": row.pop("at")}
        found.append((where, Figure(**{**row, "runs": tuple(row["runs"])})))
    return found
