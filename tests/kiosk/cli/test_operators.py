"""The technicians' PIN from a terminal."""

import pytest

from kiosk.card_secret import card_secret
from kiosk.pin import is_pin, pin_digest
from sessions.errors import BadRequest
from sessions.store.database import store_path
from sessions.store.load import load


def test_a_pin_is_set_hidden_and_taken_away(terminal):
    terminal.good("operators", "pin", "set", "--pin", "2580")
    digest = load(store_path(terminal.data)).pin.digest
    secret = card_secret(terminal.data)
    assert "2580" not in digest
    assert digest.startswith("$argon2id$")
    assert is_pin(secret, digest, "2580")
    assert not is_pin(secret, digest, "2581")
    assert not is_pin(b"another kiosk's secret", digest, "2580"), "the hash alone tells nothing"
    assert "PIN" not in terminal.good("config", "check")
    assert "no wrong tries" in terminal.good("operators", "pin", "reset")
    terminal.good("operators", "pin", "remove")
    assert "No PIN is set" in terminal.good("config", "check")


@pytest.mark.parametrize("pin", ["", "123", "123456789", "12a4", "٢٥٨٠", "0000"])
def test_what_is_no_pin_is_refused(terminal, pin):
    with pytest.raises(BadRequest):
        pin_digest(b"secret", pin)
    if pin:
        assert "PIN" in terminal.refused("operators", "pin", "set", "--pin", pin)


def test_a_damaged_hash_lets_nobody_in():
    assert not is_pin(b"secret", "nonsense", "2580")
