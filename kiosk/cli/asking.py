"""How a change reaches the kiosk: through its socket, or, when none runs, by being the kiosk for a moment."""

import hashlib
import threading
import time

import click

from kiosk.cli.context import Context, opened_store
from kiosk.command_client import CommandClient
from kiosk.commands import ANSWER_TIMEOUT_S, new_command_id, too_late
from kiosk.errors import NotRunning
from kiosk.storable import require_storable, require_text
from sessions.commands import Actor, Command, DisableSlot, EnableSlot, RecordCleaning
from sessions.conductor import Answer
from sessions.errors import StoreBusy
from sessions.units import Seq

STAFF = Actor("staff:cli", staff=True)
"""Whoever may read the data directory may act for the kiosk; the fact says that it was done here."""
LONGEST_ID = 100
PATIENCE_S = 5.0
"""A kiosk that is starting or stopping holds the lock and does not listen: for how long to try again."""


def _checked(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    if value is not None and not 0 < len(value) <= LONGEST_ID:
        raise click.BadParameter(f"An id is a text of 1 to {LONGEST_ID} characters.")
    return value


command_id_option = click.option(
    "--command-id",
    "said_id",
    metavar="ID",
    callback=_checked,
    help="A name for this request: asked again under it, it is done once and answered as at first.",
)


def ask(call: Context, command: Command, said_id: str | None = None, said: object = None) -> Answer:
    """Lets the kiosk decide a command and waits until that is durable. The same command under the same id is decided
    once; ``said`` is what was asked for in the caller's words, where the same words make another command later.

    Raises `CommandRefused` or another `SessionsError` for a refusal, `StoreBusy` when another process keeps the data.
    """
    require_storable(command)
    require_text(said_id or "")
    command_id = _identity(said_id, said or command) if said_id else new_command_id()
    give_up = time.monotonic() + PATIENCE_S
    while True:
        try:
            return CommandClient(call.data_dir).ask(command, command_id)
        except NotRunning:
            pass
        try:
            return _ask_offline(call, command, command_id)
        except StoreBusy:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.1)


def _identity(said_id: str, asked: object) -> str:
    """The id under which the kiosk decides: the caller's, for this very request and no other."""
    return f"cli:{hashlib.sha256(repr(asked).encode()).hexdigest()[:12]}:{said_id}"


def _ask_offline(call: Context, command: Command, command_id: str) -> Answer:
    from kiosk.cli.equipment import equipment
    from kiosk.offline import offline_conductor

    slots, water = equipment(call) if isinstance(command, DisableSlot | EnableSlot | RecordCleaning) else ((), None)
    with offline_conductor(call.data_dir, call.settings, slots, water) as conductor, opened_store(call) as store:
        # A kiosk that stopped while it was asked may have decided before it went.
        earlier = store.answer_of(command_id)
        if earlier is not None:
            return Answer(Seq(0), earlier)
        answer = conductor.execute(command, command_id)
        durable = threading.Event()
        conductor.when_durable(answer.seq, durable.set)
        if not durable.wait(ANSWER_TIMEOUT_S):
            raise too_late(command_id)
        return answer
