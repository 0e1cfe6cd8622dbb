"""Instants as people at the kiosk's place write and read them."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from kiosk.local_time import local_time, said_time
from sessions.errors import BadRequest
from sessions.units import UtcMs

MANILA = ZoneInfo("Asia/Manila")
NOON = UtcMs(1_769_832_000_000)
"""2026-01-31 12:00 in Manila."""
HOUR_MS = 3_600_000


def test_an_instant_says_its_zone() -> None:
    assert local_time(NOON, MANILA) == "2026-01-31 12:00:00 +08:00"
    assert local_time(NOON, UTC) == "2026-01-31 04:00:00 UTC"
    assert local_time(None, UTC, "not yet") == "not yet"


@pytest.mark.parametrize(
    ("text", "hours_ago"),
    [
        ("12:00", 0),
        ("11:00", 1),
        ("9:00", 3),
        ("13:00", 23),
        ("2026-01-31 10:00", 2),
        ("2026-01-31T10:00", 2),
        ("2026-01-31T04:00+00:00", 0),
        ("2026-01-30 12:00", 24),
    ],
)
def test_a_time_is_the_last_one_that_it_can_mean(text: str, hours_ago: int) -> None:
    assert said_time(text, MANILA, NOON) == NOON - hours_ago * HOUR_MS


@pytest.mark.parametrize("text", ["", "24:00", "12:60", "noon", "31.1.2026", "12"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(BadRequest, match="not a time such as"):
        said_time(text, MANILA, NOON)
