"""Measures and prints: ``python -m benchmarks.run [NAME …]``; ``all`` takes about half an hour.

Each figure is printed as it is found; the results are kept beside this file and ``docs/figures.md`` is written anew
from all that are kept.
"""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import api, countdown, days, detection, disk, gaps, power_cuts, screen_day, start, touch, wire
from benchmarks.figures import Figure, keep, kept, machine
from benchmarks.kiosks import no_display

BENCHMARKS: dict[str, Callable[[], Iterator[Figure]]] = {
    "start": start.measure,
    "gaps": gaps.measure,
    "touch": touch.measure,
    "countdown": countdown.measure,
    "detection": detection.measure,
    "disk": disk.measure,
    "power_cuts": power_cuts.measure,
    "api": api.measure,
    "days": days.measure,
    "wire": wire.measure,
    "screen_day": screen_day.measure,
}
PAGE = Path(__file__).parents[1] / "docs" / "figures.md"


def page() -> str:
    """``docs/figures.md``: every kept figure beside its goal."""
    lines = [
        "# Figures",
        "",
        "What was measured, beside what is to be reached. Each figure is the median of its runs, with the smallest and",
        "the largest in brackets. `.venv/bin/python -m benchmarks.run all` makes it; that takes about half an hour and",
        "wants the machine to itself.",
    ]
    found = {name: rows for name in BENCHMARKS if (rows := kept(name))}
    goals = [figure for rows in found.values() for _, figure in rows if figure.goal is not None]
    missed = [f"{figure.name} ({figure.value_text}, goal {figure.goal_text})" for figure in goals if not figure.met]
    lines += ["", f"{len(goals) - len(missed)} of {len(goals)} goals are met. Missed: {'; '.join(missed) or 'none'}."]
    for name, rows in found.items():
        where, _ = rows[0]
        doc = (sys.modules[f"benchmarks.{name}"].__doc__ or "").strip().splitlines()[0]
        lines += ["", f"## {name}", "", f"{doc} *{where['at']}, {where['machine']}*", ""]
        lines += ["| what | figure | goal | | how |", "|---|---|---|---|---|"]
        for _, figure in rows:
            verdict = {True: "met", False: "**missed**", None: ""}[figure.met]
            lines.append(f"| {figure.name} | {figure.value_text} | {figure.goal_text} | {verdict} | {figure.how} |")
    return "\n".join(lines) + "\n"


def main(names: list[str]) -> int:
    """Measures the named ones."""
    unknown = [name for name in names if name not in BENCHMARKS and name != "all"]
    if not names or unknown:
        print(f"Name benchmarks of {', '.join(BENCHMARKS)}, or 'all'.", file=sys.stderr)
        return 2
    no_display()
    print(machine())
    for name in BENCHMARKS if "all" in names else names:
        print(f"== {name}", flush=True)
        load, figures = os.getloadavg()[0], []
        for figure in BENCHMARKS[name]():
            goal = f"   goal {figure.goal_text}: {'met' if figure.met else 'missed'}" if figure.goal is not None else ""
            print(f"{figure.name}: {figure.value_text}{goal}", flush=True)
            figures.append(figure)
        keep(name, figures, load)
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
