"""A proof as one page of plain text, for a terminal, a mail, or a sheet of paper."""

import textwrap
from collections.abc import Sequence
from datetime import tzinfo

from kiosk.local_time import local_time
from kiosk.proof.story import Moment, Story
from kiosk.proof.words import account, why
from sessions.amounts import amount
from sessions.water_states import WATER

WIDTH = 100
PLOT_WIDTH, PLOT_HEIGHT = 80, 8
_MARKS = {"plugged": "P", "unplugged_prompt": "U", "unplugged": "U", "full": "F", "paused": "p", "stale": "?"}


def proof_page(story: Story, kiosk_name: str, zone: tzinfo) -> str:
    """The page: who, how much, what the current did, every decision with its evidence, and why it ended. Times are of
    ``zone``."""
    parts = [_head(story, kiosk_name, zone), _money(story), _plot(story), _decisions(story), _why(story)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(story: Story, kiosk_name: str, zone: tzinfo) -> str:
    s = story.session
    used = min(s.used_ms // 1000, s.granted)
    energy = "" if s.service == WATER else f", energy {s.energy_mWh / 1000:.2f} Wh"
    lines = [
        f"Session {s.session_id}".ljust(60) + kiosk_name.rjust(WIDTH - 60),
        "=" * WIDTH,
        f"Slot      {s.slot:<30}Card   {s.card}",
        f"Started   {local_time(s.started_utc, zone):<30}Ended  {local_time(s.ended_utc, zone, 'not yet')}",
        f"Granted   {amount(s.granted, s.unit):<30}Used   {amount(used, s.unit)}, "
        f"given back {amount(s.returned, s.unit)}{energy}",
    ]
    return "\n".join(lines)


def _money(story: Story) -> str:
    lines = [f"MONEY (every {'millilitre' if story.session.service == WATER else 'second'} moved, from -> to)"]
    for t in story.transfers:
        debit, credit = account(t.debit, story.session), account(t.credit, story.session)
        lines.append(f"  {t.amount:>7} {t.unit.value:<5} {debit} -> {credit}")
    return "\n".join(lines)


def _plot(story: Story) -> str:
    if story.session.service == WATER:
        return ""
    known = [(t, mA) for t, mA in story.waveform if mA is not None]
    if len(known) < 2:
        return "CURRENT\n  no samples were kept of this session"
    first, last = known[0][0], max(known[-1][0], known[0][0] + 1)
    top = max(50.0, *(mA for _, mA in known))
    columns: list[list[float]] = [[] for _ in range(PLOT_WIDTH)]
    for t, mA in known:
        columns[min(PLOT_WIDTH - 1, int((t - first) / (last - first) * PLOT_WIDTH))].append(mA)
    rows = [_row(columns, top, level) for level in range(PLOT_HEIGHT, 0, -1)]
    marks = [" "] * PLOT_WIDTH
    for moment in story.moments:
        letter = _MARKS.get(moment.verdict or "")
        if letter and first <= moment.t_s <= last:
            marks[min(PLOT_WIDTH - 1, int((moment.t_s - first) / (last - first) * PLOT_WIDTH))] = letter
    axis = f"{'':>9}{first:.0f} s".ljust(9 + PLOT_WIDTH - 8) + f"{last:.0f} s".rjust(8)
    title = "CURRENT in mA around the decisions (P plugged, U unplugged?, F full, p paused, ? sensor silent)"
    return "\n".join([title, *rows, f"{'':>9}{''.join(marks)}".rstrip(), axis])


def _row(columns: Sequence[Sequence[float]], top: float, level: int) -> str:
    low = top * (level - 1) / PLOT_HEIGHT
    cells = "".join(
        "█" if values and max(values) > low + (0 if level > 1 else top * 0.01) else " " for values in columns
    )
    label = f"{top * level / PLOT_HEIGHT:>7.0f} " if level in (PLOT_HEIGHT, PLOT_HEIGHT // 2) else " " * 8
    return f"{label}│{cells}".rstrip()


def _decisions(story: Story) -> str:
    lines = ["DECISIONS (seconds since the start)"]
    lines += [line for moment in story.moments for line in _moment(moment)]
    return "\n".join(lines)


def _moment(moment: Moment) -> list[str]:
    dated = f", since {moment.dated_s:.1f}" if moment.dated_s is not None else ""
    boot = " (after a restart)" if moment.later_boot else ""
    said = f"  {moment.t_s:>9.1f}  {moment.says}{dated}{boot}"
    lines = textwrap.wrap(said, WIDTH, drop_whitespace=False, subsequent_indent=" " * 13)
    if moment.figures:
        plain = {name: value for name, value in moment.figures.items() if not isinstance(value, dict | list)}
        figures = ", ".join(f"{name} {value}" for name, value in plain.items())
        lines += textwrap.wrap(figures, WIDTH, initial_indent=" " * 13, subsequent_indent=" " * 13)
    return lines


def _why(story: Story) -> str:
    if not story.ended:
        return "IT STILL RUNS: what is above is what is proven so far."
    return f"WHY IT ENDED\n  {why(story.session)}\n  (In OCPP's words: {story.session.stop_reason or 'Other'})"
