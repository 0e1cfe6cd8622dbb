import pytest

from kiosk.screens import words
from kiosk.screens.site import CoinRate, Site


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 min"),
        (-5, "0 min"),
        (1, "1 s"),
        (59, "59 s"),
        (60, "1 min"),
        (61, "1 min 1 s"),
        (599, "9 min 59 s"),
        (600, "10 min"),
        (659, "10 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (3659, "1 h"),
        (3900, "1 h 05 min"),
        (360_000, "100 h"),
    ],
)
def test_a_time_in_words_is_never_more_than_there_is(seconds, text):
    assert words.duration(seconds) == text


@pytest.mark.parametrize(("seconds", "text"), [(1, "1 min"), (60, "1 min"), (61, "2 min"), (3541, "1 h"), (0, "0 min")])
def test_somebody_elses_time_is_rounded_up_to_minutes(seconds, text):
    assert words.about(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "00:00"), (5, "00:05"), (3599, "59:59"), (3600, "1:00:00"), (359_999, "99:59:59"), (-1, "00:00")],
)
def test_a_running_time_has_hours_only_when_it_needs_them(seconds, text):
    assert words.running(seconds) == text


@pytest.mark.parametrize(
    ("currency", "minor", "text"),
    [("PHP", 500, "₱5"), ("PHP", 1050, "₱10.50"), ("EUR", 20, "€0.20"), ("JPY", 100, "¥100"), ("XAF", 500, "XAF 500")],
)
def test_money_is_written_as_people_write_it(currency, minor, text):
    assert Site(currency=currency).money(minor) == text


def test_rates_follow_from_what_one_coin_buys():
    assert Site.rates(100, 60, 100) == (CoinRate(100, 60, 100), CoinRate(500, 300, 500), CoinRate(1000, 600, 1000))


@pytest.mark.parametrize(
    ("ml", "said"),
    [(-3, "0 ml"), (0, "0 ml"), (250, "250 ml"), (999, "999 ml"), (1000, "1 l"), (1250, "1.25 l"), (1259, "1.25 l"),
     (1200, "1.2 l"), (10_000, "10 l")],
)  # fmt: skip
def test_amounts_of_water(ml, said):
    assert words.water(ml) == said


def test_the_price_of_water_follows_from_what_coins_buy_and_is_rounded_up():
    assert Site().price(250) == "₱2.50"
    assert Site(coins=(CoinRate(100, 60, 300),)).price(100) == "₱0.34"
    assert Site(coins=(CoinRate(100, 60),)).price(100) == ""
