"""``kiosk operators``."""

import click

from kiosk.cli.asking import STAFF, ask
from kiosk.cli.context import this_call


@click.group("operators")
def operators_group() -> None:
    """Whoever looks after the kiosk: the PIN of the technicians' screens.

    \b
    Example:
      kiosk operators pin set
    """


@operators_group.group("pin")
def pin_group() -> None:
    """The PIN of the technicians' screens.

    Hold the upper left corner of the touchscreen for three seconds, then enter it. A card of the group 'technician'
    opens the same screens: kiosk cards add UID --group technician.

    \b
    Example:
      kiosk operators pin set
    """


@pin_group.command("set")
@click.option(
    "--pin", prompt="PIN (4 to 8 digits)", hide_input=True, confirmation_prompt=True, help="Asked for if left out."
)
def set_pin(pin: str) -> None:
    """Set the PIN; wrong tries from before are forgiven.

    \b
    Examples:
      kiosk operators pin set
      kiosk operators pin set --data /var/lib/kiosk
    """
    from kiosk.card_secret import card_secret
    from kiosk.pin import pin_digest
    from sessions.commands import SetPin

    call = this_call()
    ask(call, SetPin(pin_digest(card_secret(call.data_dir), pin), STAFF))
    click.echo("The PIN is set.")


@pin_group.command()
def remove() -> None:
    """Take the PIN away: only technicians' cards open their screens then.

    \b
    Example:
      kiosk operators pin remove
    """
    from sessions.commands import SetPin

    ask(this_call(), SetPin("", STAFF))
    click.echo("There is no PIN any more.")


@pin_group.command()
def reset() -> None:
    """Forgive wrong tries: the next PIN can be entered at once.

    \b
    Example:
      kiosk operators pin reset
    """
    from sessions.commands import ForgivePinTries

    forgiven = ask(this_call(), ForgivePinTries(STAFF)).data["forgiven"]
    click.echo(f"Forgiven: {forgiven} wrong tries." if forgiven else "There were no wrong tries.")
