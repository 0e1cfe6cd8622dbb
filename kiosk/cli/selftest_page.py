"""The self-test's report with the picture of this kiosk's wiring."""

from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path

from hardware.pinmap import load_pinmap
from hardware.wiring_picture import wiring_svg
from hardware.wiring_plan import plan
from kiosk.clock import SystemClock
from kiosk.selftest_report import report_html
from sessions.journaling import SelfTest
from sessions.ports import Json


def report_page(pinmap_file: Path, outcome: Json, runs: Sequence[SelfTest], zone: tzinfo) -> str:
    """The page as HTML. Raises `PinmapError`."""
    return report_html(outcome, runs, wiring_svg(plan(load_pinmap(pinmap_file))), SystemClock()().utc, zone)
