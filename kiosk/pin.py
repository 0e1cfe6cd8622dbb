"""The technicians' PIN, and what is kept of it.

Four to eight digits are few: whoever has a plain hash of them tries all in hours. So the digits are first keyed with
the fleet's secret, which never leaves the data directory, and then hashed with argon2id. What is stored, backed up and
sent as a fact tells nothing to anybody who lacks ``card.key``.

Hashing takes tens of milliseconds and 64 MiB: never on the owner's thread.
"""

import hashlib
import hmac

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from argon2.profiles import RFC_9106_LOW_MEMORY

from sessions.errors import BadRequest

SHORTEST, LONGEST = 4, 8
_HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
"""argon2id with 64 MiB, RFC 9106 section 4: its second choice, for machines with little memory."""


def pin_digest(secret: bytes, pin: str) -> str:
    """What is kept of a PIN. Raises `BadRequest` for what is none."""
    if not (pin.isascii() and pin.isdigit() and SHORTEST <= len(pin) <= LONGEST):
        raise BadRequest(f"A PIN is {SHORTEST} to {LONGEST} digits.")
    if len(set(pin)) == 1:
        raise BadRequest("A PIN of one digit alone is the first that anybody tries. Choose another.")
    return _HASHER.hash(_keyed(secret, pin))


def is_pin(secret: bytes, digest: str, pin: str) -> bool:
    """Whether that is the PIN of which ``digest`` is kept."""
    try:
        return _HASHER.verify(digest, _keyed(secret, pin))
    except (VerifyMismatchError, InvalidHashError):
        return False


def _keyed(secret: bytes, pin: str) -> bytes:
    return hmac.digest(secret, b"technician-pin:" + pin.encode(), hashlib.sha256)
