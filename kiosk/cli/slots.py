"""``kiosk slots``: which there are, how they stand, taking them out of use or back, and what staff do at them."""

import json

import click

from kiosk.cli.asking import STAFF, ask, command_id_option
from kiosk.cli.context import Context, this_call
from kiosk.cli.equipment import equipment
from kiosk.cli.tables import table
from kiosk.command_client import CommandClient
from kiosk.commands import new_command_id
from sessions.commands import DisableSlot, EnableSlot, OpenDoor, RecordCleaning
from sessions.ports import Json
from sessions.safety import POWERLESS, gravest
from sessions.state import State
from sessions.store.database import store_path
from sessions.store.load import load
from sessions.units import SlotName
from sessions.water_states import WATER


@click.group("slots")
def slots_group() -> None:
    """The charging places and the water: how they stand, out of use or not.

    \b
    Example:
      kiosk slots list
    """


@slots_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def list_slots(as_json: bool) -> None:
    """List every slot with its state, who disabled it and why, and what is wrong with it.

    It may run beside the kiosk, and shows what is stored: what was measured just now is in ``GET /api/slots``.

    \b
    Examples:
      kiosk slots list
      kiosk slots list --json
    """
    rows = _rows(this_call())
    if as_json:
        click.echo(json.dumps({"slots": rows}, indent=2, ensure_ascii=False))
        return
    head = ("slot", "state", "session", "out of use", "what is wrong")
    cells = [[row["slot"], row["state"], row["session_id"], row["disabled"], row["fault"]] for row in rows]
    click.echo(table(head, [[cell or "" for cell in row] for row in cells]))


@slots_group.command()
@click.argument("slot", metavar="SLOT")
@click.option("--reason", required=True, metavar="TEXT", help="Why; it is recorded and shown to staff.")
@command_id_option
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def disable(slot: str, reason: str, said_id: str | None, as_json: bool) -> None:
    """Take a slot out of use, after its session if one runs. SLOT may be ``water``.

    \b
    Example:
      kiosk slots disable slot2 --reason "the cable is torn"
    """
    done = ask(this_call(), DisableSlot(SlotName(slot), STAFF, reason), said_id).data
    click.echo(json.dumps(done) if as_json else f"{slot} is out of use: {reason}")


@slots_group.command()
@click.argument("slot", metavar="SLOT")
@click.option("--reason", default="", metavar="TEXT", help="What was done; it is recorded.")
@command_id_option
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def enable(slot: str, reason: str, said_id: str | None, as_json: bool) -> None:
    """Put a slot back into use, and take what does not end by itself (over-current, a stuck sensor, a jammed lock) as
    looked after.

    \b
    Example:
      kiosk slots enable slot2 --reason "new cable"
    """
    done = ask(this_call(), EnableSlot(SlotName(slot), STAFF, reason), said_id).data
    click.echo(json.dumps(done) if as_json else f"{slot} is back in use.")


@slots_group.command("open")
@click.argument("slot", metavar="SLOT")
@click.option("--reason", required=True, metavar="TEXT", help="Why, and for whom; it is recorded.")
def open_door(slot: str, reason: str) -> None:
    """Open the door of a slot for its phone's owner who has no card, while the kiosk runs. It changes nothing else: a
    session that runs goes on.

    \b
    Example:
      kiosk slots open slot2 --reason "lost the card, knew the phone's PIN"
    """
    call = this_call()
    session = load(store_path(call.data_dir)).slot(SlotName(slot)).session
    if session is None:
        raise click.ClickException(
            f"Nobody has a phone in {slot}. An empty slot is opened on the technicians' screens."
        )
    CommandClient(call.data_dir).ask(OpenDoor(session, STAFF, reason), new_command_id())
    click.echo(f"{slot} opens now.")


@slots_group.command()
@click.option("--reason", required=True, metavar="TEXT", help="What was done; it is recorded.")
@command_id_option
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def cleaned(reason: str, said_id: str | None, as_json: bool) -> None:
    """Record that the water's tank, pump and hose were cleaned, so that it pours again.

    \b
    Example:
      kiosk slots cleaned --reason "the monthly cleaning"
    """
    done = ask(this_call(), RecordCleaning(STAFF, reason), said_id).data
    click.echo(json.dumps(done) if as_json else "The cleaning is recorded.")


def _rows(call: Context) -> list[Json]:
    state = load(store_path(call.data_dir))
    slots, water = equipment(call)
    rows = [_row(state, name) for name in dict.fromkeys([*(slot.name for slot in slots), *state.slots])]
    if water is not None or state.dispensers:
        rows.append(_row(state, WATER))
    return rows


def _row(state: State, name: SlotName) -> Json:
    found = state.water if name == WATER else state.slot(name)
    faults = [f"{fault.device}: {fault.detail}" for fault in state.faults.values() if _is_of(fault.device, name)]
    if not faults and found.state.value in POWERLESS:
        faults = list(filter(None, [gravest(state)]))
    return {
        "slot": name,
        "state": found.state.value,
        "session_id": found.session,
        "disabled": found.disabled,
        "fault": " ".join(faults) or None,
    }


def _is_of(device: str, name: SlotName) -> bool:
    return device.partition(".")[0] == name
