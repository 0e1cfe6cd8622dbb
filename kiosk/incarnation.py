"""The name of a store's life: a new or restored store is a new writer to the fleet, and its ids never meet those of
the old one."""

import secrets


def new_incarnation() -> str:
    """Eight letters and digits, different for every store."""
    return secrets.token_hex(4)
