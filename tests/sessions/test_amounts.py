"""Amounts as people write and read them."""

import pytest

from sessions.amounts import amount, minor_units, money, span
from sessions.errors import BadRequest
from sessions.units import Unit


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        (0, "PHP", "₱0"),
        (500, "PHP", "₱5"),
        (250, "PHP", "₱2.50"),
        (205, "EUR", "€2.05"),
        (-150, "PHP", "-₱1.50"),
        (150, "JPY", "¥150"),
        (1250, "KWD", "KWD 1.250"),
        (1250, "CHF", "CHF 12.50"),
    ],
)
def test_money_is_shown_with_its_currency(minor: int, currency: str, shown: str) -> None:
    assert money(minor, currency) == shown
    if minor >= 0:
        assert minor_units(shown, currency) == minor


@pytest.mark.parametrize(
    ("text", "minor"), [("12", 1200), ("12.5", 1250), ("12,50", 1250), ("₱12.05", 1205), (" PHP 3 ", 300), ("0", 0)]
)
def test_money_is_read_as_people_write_it(text: str, minor: int) -> None:
    assert minor_units(text, "PHP") == minor


@pytest.mark.parametrize(
    "text", ["", "-1", "1.234", "1.", ".5", "1 000", "12e3", "five", "€5", "1.2.3", "9999999999", "٣"]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        minor_units(text, "PHP")


@pytest.mark.parametrize("text", ["1.5", "1.50"])
def test_a_currency_without_parts_has_none(text: str) -> None:
    with pytest.raises(BadRequest, match="¥"):
        minor_units(text, "JPY")


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0 s"), (40, "40 s"), (60, "1 min"), (310, "5 min 10 s"), (3900, "1 h 05 min"), (3605, "1 h 00 min 5 s")],
)
def test_a_duration_is_said_as_people_say_it(seconds: int, shown: str) -> None:
    assert span(seconds) == amount(seconds, Unit.SECONDS) == shown


def test_water_and_money_have_their_units() -> None:
    assert (amount(250, Unit.MILLILITRES), amount(250, Unit.MINOR, "PHP")) == ("250 ml", "₱2.50")
