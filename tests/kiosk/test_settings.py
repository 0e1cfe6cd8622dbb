import re
import tomllib
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import SettingsError
from kiosk.settings import MASK, effective, effective_toml, load_settings, parse_settings, to_rules
from kiosk.settings_model import KioskSettings, Settings
from sessions.rules import Rules, SlotRules, Timing
from sessions.units import MinorUnits, SlotName, UtcMs

ROOT = Path(__file__).parents[2]
DESIGNED_TIMING = {
    "door_open_s": 5,
    "claim_s": 120,
    "no_device_s": 60,
    "unplug_grace_s": 180,
    "suspend_max_s": 1800,
    "resume_window_s": 60,
    "collect_s": 120,
    "overstay_s": 14400,
    "visit_idle_s": 45,
    "heartbeat_s": 30,
    "visit_timeout_s": 60,
    "order_claim_s": 300,
    "flush_usage_s": 10,
    "water_flush_s": 2,
    "no_cup_s": 10,
    "coin_hold_s": 60,
}


def test_nothing_set_means_the_designed_values():
    assert parse_settings("").timing.model_dump() == DESIGNED_TIMING


def test_the_defaults_here_are_the_rules_own_defaults():
    slots = (SlotRules(SlotName("slot1")),)
    here = to_rules(Settings(kiosk=KioskSettings(timezone="UTC")), slots)
    assert replace(here, tariff=replace(here.tariff, zone=UTC)) == Rules(slots=slots)


def test_values_reach_the_rules():
    text = """
        [kiosk]
        id = "station-7"
        guests = false
        [timing]
        claim_s = 90
        [tariff]
        coin_minor = 50
        charge_when_full = false
        [detection]
        plug_mA = 40
    """
    rules = to_rules(parse_settings(text), ())
    assert (rules.kiosk_id, rules.guests) == ("station-7", False)
    assert (rules.timing.claim_s, rules.timing.no_device_s) == (90, 60)
    assert (rules.tariff.coin_minor, rules.tariff.charge_when_full) == (50, False)
    assert rules.detection.plug_mA == 40.0


GOOD = [
    "",
    "# only a comment",
    "timing.claim_s = 90",
    "[timing]\nclaim_s = 1",
    '[kiosk]\nlanguages = ["en", "es", "fil"]\ncurrency = "EUR"',
    '[hours]\nopens = "06:00"\nshuts = "23:59"',
    '[firebase]\ndatabase_url = "http://localhost:9000/?ns=x"',
    "\ufeff[timing]\nclaim_s = 90",
]
BAD = [
    ("[timing]\nclaims = 3", 2, "did you mean claim_s?"),
    ("[timings]\nclaim_s = 3", 1, "did you mean timing?"),
    ("claim_s = 3", 1, "belongs below a line [timing]"),
    ("[timing]\n\nclaim_s = true", 3, "valid integer"),
    ("[timing]\nclaim_s = 1.5", 2, "valid integer"),
    ("[timing]\nclaim_s = '90'", 2, "valid integer"),
    ("[timing]\nclaim_s = 0", 2, "greater than or equal to 1"),
    ("[timing]\nno_device_s = 60000000", 2, "less than or equal to"),
    ("[detection]\nplug_mA = nan", 2, "finite"),
    ("[detection]\nidle_mA = 90", 1, "must hold"),
    ("[hours]\nopens = '06:00'", 1, "come together"),
    ("[hours]\nopens = '6'\nshuts = '22:00'", 2, "06:00"),
    ("[kiosk]\nid = 'a b'", 2, "letters, digits"),
    ("[kiosk]\nlanguages = ['en', 'xx']", 2, "speaks en, fil, es"),
    ("[kiosk]\ncurrency = '€'", 2, "EUR"),
    ("[kiosk]\nlanguages = []", 2, "at least 1"),
    ("timing = 3", 1, "is a section"),
    ("[console]\nport = 70000", 2, "65535"),
    ("[timing\nclaim_s = 3", 1, "not TOML"),
]


@pytest.mark.parametrize("text", GOOD)
def test_good_settings_are_taken(text, tmp_path):
    path = tmp_path / "kiosk.toml"
    path.write_text(text, encoding="utf-8")
    assert isinstance(load_settings(path), Settings)


@pytest.mark.parametrize(("text", "line", "hint"), BAD)
def test_bad_settings_are_refused_where_they_stand(text, line, hint):
    with pytest.raises(SettingsError) as caught:
        parse_settings(text)
    assert [problem.line for problem in caught.value.problems] == [line]
    assert hint in str(caught.value)


def test_everything_wrong_is_said_at_once_in_the_order_of_the_file():
    text = "[timing]\nclaims = 3\nclaim_s = -1\n[kiosk]\nid = ''\n[consol]\n"
    with pytest.raises(SettingsError) as caught:
        parse_settings(text)
    assert [(p.path, p.line) for p in caught.value.problems] == [
        ("timing.claims", 2),
        ("timing.claim_s", 3),
        ("kiosk.id", 5),
        ("consol", 6),
    ]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"a" * 300_000, b"[" * 5_000])
def test_a_file_that_is_no_settings_at_all_is_one_sentence(content, tmp_path):
    path = tmp_path / "kiosk.toml"
    path.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        load_settings(path)
    assert len(caught.value.problems) == 1


def test_a_missing_file_and_a_directory_are_said_plainly(tmp_path):
    for path in (tmp_path / "nowhere.toml", tmp_path):
        with pytest.raises(SettingsError, match="cannot be read"):
            load_settings(path)


def test_what_is_in_effect_hides_secrets_and_is_toml_again():
    settings = parse_settings(
        '[firebase]\ncredentials = "/etc/kiosk/service.json"\n[kiosk]\nname = "a \\"b\\" \\u0001"'
    )
    shown = effective_toml(settings)
    assert "service.json" not in shown
    assert effective(settings)["firebase"]["credentials"] == MASK
    assert tomllib.loads(shown)["kiosk"]["name"] == settings.kiosk.name
    assert parse_settings(shown).timing == settings.timing


def test_a_wrong_secret_is_not_repeated():
    with pytest.raises(SettingsError) as caught:
        parse_settings("[firebase]\ncredentials = 12345678")
    assert "12345678" not in str(caught.value)


def test_settings_without_effect_are_said():
    settings = parse_settings('[firebase]\ndatabase_url = "https://x.firebaseio.com"')
    assert any("[firebase]" in notice for notice in settings.notices())
    assert Settings().notices() == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[firebase]\noffline_limit_s = 60", "offline_limit_s: no effect"),
        ("[firebase]\nhttp_timeout_s = 8", "http_timeout_s: no effect"),
        ("[timing]\norder_claim_s = 300", "order_claim_s: no effect"),
        ("[timing]\nheartbeat_s = 60", "heartbeat_s (60) is not below visit_timeout_s (60)"),
    ],
)
def test_no_setting_is_ignored_in_silence(text, says):
    (notice,) = parse_settings(text).notices()
    assert says in notice


def test_every_waiting_time_is_used_or_said_to_be_without_effect():
    source = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("sessions", "kiosk")
        for path in (ROOT / folder).rglob("*.py")
        if path.name not in ("settings_model.py", "rules.py")
    )
    unused = {name for name in Timing.__dataclass_fields__ if not re.search(rf"\.{name}\b", source)}
    assert unused == {"order_claim_s"}
    assert parse_settings("[timing]\norder_claim_s = 1").notices()


@given(st.text(max_size=200))
def test_no_text_crashes_the_reader(text):
    try:
        parse_settings(text)
    except SettingsError as error:
        assert error.problems  # noqa: PT017 - either outcome is right


def test_the_example_paths_of_problems_name_the_file(tmp_path):
    path = Path(tmp_path / "mine.toml")
    path.write_text("[timing]\nclaims = 1")
    with pytest.raises(SettingsError, match=r"mine\.toml:2: timing\.claims: unknown key"):
        load_settings(path)


PRICES = """
[kiosk]
timezone = "Asia/Manila"
[tariff]
most_on_card_minutes = 600
[[tariff.rates]]
minor = 100
seconds = 90
group = "student"
valid_from = 2026-06-01
[[tariff.rates]]
minor = 100
seconds = 30
valid_from = 2026-12-24
valid_until = 2026-12-26
[tariff.groups.student]
free_minutes_per_day = 30
longest_minutes = 120
"""


def test_prices_and_groups_become_rates_and_rules():
    tariff = to_rules(parse_settings(PRICES), ()).tariff
    manila_midnight = 1_780_243_200_000  # 2026-06-01T00:00+08:00
    before, after = UtcMs(manila_midnight - 1), UtcMs(manila_midnight)
    assert [tariff.seconds_for(MinorUnits(500), "student", utc) for utc in (before, after)] == [300, 450]
    christmas = UtcMs(1_766_592_000_000 + 365 * 86_400_000)
    assert tariff.seconds_for(MinorUnits(500), "", christmas) == 150
    assert tariff.seconds_for(MinorUnits(500), "student", christmas) == 450
    assert (tariff.group("student").free_s_per_day, tariff.group("student").longest_s) == (1800, 7200)
    assert tariff.group("nobody").free_s_per_day == 0
    assert tomllib.loads(effective_toml(parse_settings(PRICES)))["tariff"]["rates"][0]["seconds"] == 90


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("[tariff.groups.student]\nfree_minutes = 3", 2, "did you mean free_minutes_per_day?"),
        ("[[tariff.rates]]\nminor = 1\nseconds = 1\n[[tariff.rates]]\nminor = 1\nseconds = 0", 6, "greater than"),
        ('[[tariff.rates]]\nminor = 1\nseconds = 1\nvalid_from = "soon"', 4, "date"),
        (
            "[[tariff.rates]]\nminor = 1\nseconds = 1\nvalid_from = 2026-02-02\nvalid_until = 2026-01-01",
            1,
            "lies before",
        ),
        ('[kiosk]\ntimezone = "Mars/Olympus"', 2, "no time zone 'Mars/Olympus'"),
    ],
)
def test_what_is_wrong_with_prices_is_told_with_its_line(text, line, says):
    with pytest.raises(SettingsError) as caught:
        parse_settings(text)
    (problem,) = caught.value.problems
    assert (problem.line, says in problem.sentence("f")) == (line, True), problem
