"""From what a person types to a card: its printed number, or the CardKey that the kiosk shows."""

from kiosk.card_secret import FILE_NAME, read_secret
from kiosk.cli.context import Context
from kiosk.errors import CardSecretError
from sessions.cards import card_key, is_card_key
from sessions.store.queries import Queries
from sessions.units import CardKey


def card_of(call: Context, store: Queries, typed: str) -> CardKey:
    """The card that was typed.

    Some numbers can be read as decimal and as hexadecimal: a reading that is a card known here wins, else the likelier.
    Raises `hardware.errors.CardNumberError` for what is no card number, `CardSecretError` without a usable secret.
    """
    if is_card_key(typed):
        return CardKey(typed)
    try:
        secret = read_secret(call.data_dir / FILE_NAME)
    except FileNotFoundError as error:
        raise CardSecretError(
            f"There is no {FILE_NAME} in {call.data_dir}: this kiosk has not seen a card yet."
        ) from error
    readings = card_readings(secret, typed)
    return next((key for key in readings if store.card(key) is not None), readings[0])


def card_readings(secret: bytes, typed: str) -> list[CardKey]:
    """Every card that a typed number can mean, the likeliest first. Raises `hardware.errors.CardNumberError`."""
    # The drivers' package is loaded only by commands that are given a number.
    from hardware.rfid_frames import typed_uid_readings

    return [card_key(secret, uid) for uid in typed_uid_readings(typed)]
