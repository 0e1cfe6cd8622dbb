"""What screens take from kiosk.toml."""

import time

import pytest

from kiosk.errors import SettingsError
from kiosk.screens.reading import Reading
from kiosk.screens.rest import RestRules
from kiosk.settings import parse_settings
from kiosk.site import local_minute, rest_rules, site_of


def test_an_empty_file_gives_the_screens_own_defaults() -> None:
    settings = parse_settings("")
    assert rest_rules(settings) == RestRules()
    assert site_of(settings).reading == Reading()
    assert site_of(settings).hours is None


def test_the_screen_is_set_up_as_written() -> None:
    settings = parse_settings(
        """
        [kiosk]
        languages = ["fil", "en"]
        [hours]
        opens = "06:00"
        shuts = "22:30"
        [screen]
        theme = "contrast"
        large_text = true
        night_begins = "22:15"
        night_ends = "05:00"
        blank = "always"
        blank_after_s = 120
        """
    )
    site = site_of(settings)
    assert site.reading == Reading("fil", contrast=True, large=True)
    assert site.hours == ("06:00", "22:30")
    rules = rest_rules(settings)
    assert (rules.night_begins, rules.night_ends) == (22 * 60 + 15, 5 * 60)
    assert (rules.blank, rules.blank_after_s) == ("always", 120)


@pytest.mark.parametrize(
    "line",
    ['theme = "purple"', "bright_percent = 0", "night_percent = 101", 'night_begins = "9 pm"', 'blank = "sometimes"',
     "blank_after_s = 5", "shift_s = -1", 'large_text = "yes"'],
)  # fmt: skip
def test_a_slip_in_the_screen_section_is_told_by_its_line(line: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        parse_settings(f"[screen]\n{line}\n")
    assert refusal.value.problems[0].line == 2


def test_the_minute_is_that_of_the_place_where_the_kiosk_stands() -> None:
    here = local_minute(parse_settings('[kiosk]\ntimezone = "Asia/Manila"\n'))
    utc = int(time.time() // 60) % 1440
    assert (here() - utc) % 1440 in (480, 481)
