"""The self-test's report: one page of HTML to read, to print on A4 and to leave at the kiosk.

What failed stands first, with what to do; then what drifts, every figure, what was left out, earlier runs, and the
wiring picture on a sheet of its own. The file needs nothing besides itself.
"""

from collections.abc import Sequence
from datetime import UTC, tzinfo
from html import escape
from importlib.metadata import version

from kiosk.local_time import local_time
from kiosk.selftest_trends import Trend, trends
from sessions.journaling import SelfTest
from sessions.ports import Json
from sessions.units import UtcMs

MARKS = {"pass": "✓", "fail": "✗", "skip": "–"}
WORDS = {"pass": "passed", "fail": "failed", "skip": "not tested"}
RUNS_SHOWN = 8
COLUMNS = 3
FULL_FIGURE = 100
SPARK_W, SPARK_H = 160, 28

STYLE = """
@page { size: A4; margin: 8mm }
* { box-sizing: border-box }
body { font: 10.5pt/1.35 "Noto Sans", "DejaVu Sans", Arial, sans-serif; color: #111;
       max-width: 190mm; margin: 8mm auto }
header { display: flex; justify-content: space-between; align-items: end; border-bottom: 2px solid #111 }
h1 { font-size: 17pt; margin: 0 } h2 { font-size: 11.5pt; margin: 4mm 0 1mm }
header p { margin: 0; font-size: 9pt; color: #444 }
.verdict { font-size: 13pt; font-weight: bold; padding: 2.5mm 4mm; margin: 4mm 0 2mm; border: 2px solid }
.verdict.pass { background: #e7f5e9; border-color: #1b6e2d; color: #114a1e }
.verdict.fail { background: #fdecea; border-color: #b3261e; color: #7a1510 }
.verdict small { display: block; font-size: 9.5pt; font-weight: normal; color: #111 }
.failure { border-left: 4px solid #b3261e; padding: 1mm 3mm; margin: 0 0 2mm; break-inside: avoid }
.failure p { margin: 0 } .failure span { color: #444 }
table { border-collapse: collapse; width: 100%; font-size: 8.5pt; line-height: 1.2 }
th, td { text-align: left; padding: .5mm 1.5mm; border-bottom: 1px solid #d5d9de; vertical-align: top }
th { font-weight: 600 } thead th { border-bottom: 1.5px solid #111 }
td.fail { background: #fdecea; color: #7a1510; font-weight: bold } td.skip { color: #6a7078 }
.columns { columns: 3; column-gap: 4mm } .columns th { white-space: nowrap }
.columns table { break-inside: avoid; margin-bottom: 2mm }
.drift { display: flex; gap: 4mm; align-items: center; margin: 0 0 1mm; break-inside: avoid } .drift p { margin: 0 }
ul { margin: 0; padding-left: 4mm; font-size: 8.5pt }
.runs { font-size: 8.5pt; margin: 0 } .runs span { display: inline-block; margin-right: 4mm }
.wiring { break-before: page } .wiring svg { width: 100%; height: auto }
@media screen and (max-width: 210mm) { body { margin: 4mm } .columns { columns: auto 70mm } section { overflow-x: auto }
  .wiring svg { width: 800px } }
@media print {
  body { margin: 0; max-width: none; font-size: 8.5pt; line-height: 1.25 } .failure { margin: 0 0 1mm }
  table, ul, .runs, .drift { font-size: 7pt } small { color: #555 }
  h1 { font-size: 13pt } h2 { font-size: 9.5pt; margin: 1.5mm 0 .3mm } header p { font-size: 7.5pt }
  th, td { padding: .2mm 1mm } .verdict { font-size: 11pt; padding: 1mm 3mm; margin: 1.5mm 0 1mm }
}
"""


def report_html(outcome: Json, runs: Sequence[SelfTest], wiring_svg: str | None, at: UtcMs, zone: tzinfo = UTC) -> str:
    """The page, with times of ``zone``. ``outcome`` is what `kiosk selftest --json` says, ``runs`` are stored ones, the
    newest first."""
    checks: list[Json] = outcome["checks"]
    parts = [
        _head(local_time(at, zone)),
        _verdict(outcome),
        _failures([check for check in checks if check["result"] == "fail"]),
        _drifts([trend for trend in trends(runs) if trend.warns]),
        _slots(checks),
        _others(checks),
        _left_out([check for check in checks if check["result"] == "skip"]),
        _runs(runs, zone),
        f'<section class="wiring"><h2>Wiring</h2>{wiring_svg}</section>' if wiring_svg else "",
    ]
    title = "Self-test: good" if outcome["passed"] else "Self-test: something failed"
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n"
        f"<body>\n{chr(10).join(part for part in parts if part)}\n</body>\n</html>\n"
    )


def _head(when: str) -> str:
    return (
        f"<header><h1>Self-test of the kiosk</h1><p>{when}<br>charging-kiosk"
        f" {escape(version('charging-kiosk'))}</p></header>"
    )


def _verdict(outcome: Json) -> str:
    counts = {result: [d for d, r in outcome["devices"].items() if r == result] for result in WORDS}
    failed = sum(check["result"] == "fail" for check in outcome["checks"])
    word = "Nothing failed." if outcome["passed"] else f"{failed} of {len(outcome['checks'])} checks failed."
    devices = ", ".join(f"{len(names)} {WORDS[result]}" for result, names in counts.items() if names)
    kind = "pass" if outcome["passed"] else "fail"
    return f'<p class="verdict {kind}">{MARKS[kind]} {word}<small>Devices: {devices}.</small></p>'


def _failures(failed: Sequence[Json]) -> str:
    if not failed:
        return ""
    rows = [
        f'<div class="failure"><p><b>{escape(check["device"])}: {escape(check["check"])}</b>'
        f" <span>{escape(_figure(check))}{_limits(check['limits'])}</span></p>"
        f"<p>{escape(check['advice'] or '')}</p></div>"
        for check in failed
    ]
    return f"<section><h2>What to mend</h2>{''.join(rows)}</section>"


def _drifts(drifting: Sequence[Trend]) -> str:
    if not drifting:
        return ""
    rows = [f'<div class="drift">{_spark(trend)}<p>{escape(trend.sentence)}</p></div>' for trend in drifting]
    return f"<section><h2>What will need mending</h2>{''.join(rows)}</section>"


def _spark(trend: Trend) -> str:
    days, values = [day for day, _ in trend.points], [value for _, value in trend.points]
    low, high = min(values), max(values)
    points = " ".join(
        f"{2 + (SPARK_W - 4) * (day - days[0]) / (days[-1] - days[0]):.1f},"
        f"{SPARK_H - 2 - (SPARK_H - 4) * (value - low) / ((high - low) or 1):.1f}"
        for day, value in trend.points
    )
    line = f'<polyline points="{points}" fill="none" stroke="#b3261e" stroke-width="2"/>'
    return f'<svg width="{SPARK_W}" height="{SPARK_H}" role="img" aria-label="its course">{line}</svg>'


def _slots(checks: Sequence[Json]) -> str:
    """A column a slot, a row a question: the same figure of all slots can be compared at a glance."""
    names = _slot_names(checks)
    cells: dict[str, dict[str, Json]] = {}
    slots: dict[str, None] = {}
    for check in checks:
        slot, _, part = check["device"].partition(".")
        if slot in names:
            slots[slot] = None
            cells.setdefault(f"{part} {check['check']}".strip(), {})[slot] = check
    if not slots:
        return ""
    head = "".join(f"<th>{escape(slot)}</th>" for slot in slots)
    rows = [
        f"<tr><th>{escape(name)}</th>{''.join(_cell(row.get(slot)) for slot in slots)}<td>{_span(row)}</td></tr>"
        for name, row in cells.items()
    ]
    return (
        f"<section><h2>Slots</h2><table><thead><tr><th></th>{head}<th>good</th></tr></thead><tbody>{''.join(rows)}"
        "</tbody></table></section>"
    )


def _others(checks: Sequence[Json]) -> str:
    names = _slot_names(checks)
    rows = [
        f"<tr><th>{escape(check['device'])} {escape(check['check'])}</th>{_cell(check, _limits(check['limits']))}</tr>"
        for check in checks
        if check["device"].partition(".")[0] not in names
    ]
    third = -(-len(rows) // COLUMNS)
    tables = "".join(
        f"<table>{''.join(rows[first : first + third])}</table>" for first in range(0, len(rows), third or 1)
    )
    return f'<section><h2>Kiosk</h2><div class="columns">{tables}</div></section>' if rows else ""


def _slot_names(checks: Sequence[Json]) -> set[str]:
    """Who has a sensor, or was left alone as a whole, is a slot."""
    sensors = {check["device"].partition(".")[0] for check in checks if check["device"].endswith(".sensor")}
    return sensors | {check["device"] for check in checks if check["check"] == "everything"} - {"water"}


def _left_out(skipped: Sequence[Json]) -> str:
    reasons: dict[str, list[str]] = {}
    for check in skipped:
        reasons.setdefault(check["advice"] or "", []).append(f"{check['device']} {check['check']}")
    rows = [f"<li>{escape(reason)} <i>{escape(', '.join(names))}</i></li>" for reason, names in reasons.items()]
    return f"<section><h2>Not tested</h2><ul>{''.join(rows)}</ul></section>" if rows else ""


def _runs(runs: Sequence[SelfTest], zone: tzinfo) -> str:
    shown = []
    for run in runs[:RUNS_SHOWN]:
        failed = sum(check["result"] == "fail" for check in run.checks)
        shown.append(f"<span>{MARKS['pass' if run.passed else 'fail']} {local_time(run.at_utc, zone)[:10]}"
                     f"{f' ({failed})' if failed else ''}</span>")  # fmt: skip
    return f'<section><h2>Earlier runs</h2><p class="runs">{"".join(shown)}</p></section>' if shown else ""


def _cell(check: Json | None, limits: str = "") -> str:
    if check is None:
        return "<td></td>"
    said = _figure(check) if check["result"] != "skip" else ""
    good = f"<small>{limits}</small>" if said and limits else ""
    return f'<td class="{check["result"]}">{MARKS[check["result"]]} {escape(said)}{good}</td>'


def _span(row: dict[str, Json]) -> str:
    limits = next((check["limits"] for check in row.values() if check["limits"]), None)
    return _limits(limits).strip(" ()")


def _figure(check: Json) -> str:
    value, unit = check["value"], check["unit"]
    if isinstance(value, float):
        value = f"{value:.0f}" if abs(value) >= FULL_FIGURE else f"{value:.3g}"
    figure = "" if value is None else str(value)
    return f"{figure} {unit}" if unit and figure else figure


def _limits(limits: Sequence[float | None] | None) -> str:
    if not limits or limits == [None, None]:
        return ""
    low, high = limits
    if low is None or high is None:
        return f" (at least {low:g})" if low is not None else f" (at most {high:g})"
    return f" ({low:g} to {high:g})"
