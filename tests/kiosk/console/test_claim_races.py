"""Many who want one slot at the same moment: devices over HTTP and programs at the command socket."""

import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from kiosk.command_socket import CommandSocket
from sessions.cards import card_key
from sessions.units import CardKey
from tests.kiosk.running import PATIENCE_S, RunningKiosk, running_kiosk

DEVICES, PROGRAMS = 45, 5
PROGRAM = """
import sys
from pathlib import Path
from kiosk import command_codec
from kiosk.command_client import CommandClient
from kiosk.errors import CommandRefused
from sessions.commands import Actor, StartCharging

command = StartCharging(sys.argv[2], 60, Actor("staff:race", staff=True), sys.argv[3])
command_codec.encode_command(command)  # everything is loaded before it counts
print("ready", flush=True)
sys.stdin.readline()
try:
    print("won", CommandClient(Path(sys.argv[1])).ask(command).data["session_id"])
except CommandRefused as refusal:
    print(refusal.code, refusal)
"""


def card(number: int) -> CardKey:
    return card_key(b"a race", f"em4100:{number:08X}")


class Devices:
    """Signed-in devices that all do the same at once, each over a connection of its own."""

    def __init__(self, kiosk: RunningKiosk, stack: ExitStack) -> None:
        self._clients = []
        for number in range(DEVICES):
            me = kiosk.device(card(number), f"device-{number}")
            client = httpx.Client(base_url=kiosk.console.address, headers=me, timeout=PATIENCE_S)
            stack.enter_context(client)
            client.get("/api/visits")  # connected before it counts
            self._clients.append(client)

    def claim(self, slot: str, meanwhile: Sequence[subprocess.Popen[str]] = ()) -> list[httpx.Response]:
        """Everybody claims the slot; the programs are let go at the same moment."""
        answers: list[httpx.Response] = []
        line = threading.Barrier(DEVICES + 1)

        def run(client: httpx.Client) -> None:
            line.wait(PATIENCE_S)
            answers.append(client.post(f"/api/slots/{slot}/claim"))

        threads = [threading.Thread(target=run, args=(client,)) for client in self._clients]
        for thread in threads:
            thread.start()
        line.wait(PATIENCE_S)
        for program in meanwhile:
            assert program.stdin is not None
            program.stdin.write("go\n")
            program.stdin.flush()
        for thread in threads:
            thread.join(PATIENCE_S)
        return answers


@pytest.fixture(scope="module")
def racing(tmp_path_factory):
    with ExitStack() as stack:
        data = tmp_path_factory.mktemp("data")
        kiosk = stack.enter_context(running_kiosk(data))
        socket = CommandSocket(data, kiosk.facade.submit)
        socket.start()
        stack.callback(socket.stop)
        yield kiosk, data, Devices(kiosk, stack)


def check_answers(kiosk: RunningKiosk, slot: str, answers: list[httpx.Response], winners: int) -> None:
    """So many winners, and every loser was told who has it."""
    assert len(answers) == DEVICES
    assert [a.status_code for a in answers].count(200) == winners
    holder = kiosk.slot(slot)["card"]
    for answer in answers:
        if answer.status_code == 200:
            assert (answer.json()["is_mine"], answer.json()["claimed_by"]) == (True, holder)
        else:
            assert answer.status_code == 409, answer.text
            refusal = answer.json()
            assert (refusal["code"], refusal["claimed_by"]) == ("slot_taken", holder)
            assert holder[:11] in refusal["error"]


@pytest.mark.parametrize("slot", ["slot1", "slot2", "slot3"])
def test_of_many_devices_one_gets_the_slot(slot, racing):
    kiosk, _, devices = racing
    check_answers(kiosk, slot, devices.claim(slot), winners=1)
    (held,) = [claim for claim in kiosk.get(f"/api/slots/{slot}/claims")["claims"] if claim["ended_at"] is None]
    assert held["claimed_by"] == kiosk.slot(slot)["card"]


def test_of_fifty_devices_and_programs_one_gets_the_slot(racing):
    kiosk, data, devices = racing
    with ExitStack() as stack:
        programs = [stack.enter_context(program(kiosk, data, DEVICES + n)) for n in range(PROGRAMS)]
        answers = devices.claim("slot4", programs)
        said = [p.communicate(timeout=PATIENCE_S)[0].strip() for p in programs]
    started = [words for words in said if words.startswith("won ")]
    check_answers(kiosk, "slot4", answers, winners=1 - len(started))
    assert all(words.startswith("slot_taken ") for words in said if words not in started), said
    sessions = kiosk.get("/api/sessions?slot=slot4")["sessions"]
    assert [f"won {session['session_id']}" for session in sessions] == started


def program(kiosk: RunningKiosk, data: Path, number: int) -> subprocess.Popen[str]:
    """A process that is ready to start a session for a card of its own as soon as it reads a line."""
    kiosk.done(f"/api/cards/{card(number)}/top-up", {"amount": 60, "reason": "a race"})
    arguments = [sys.executable, "-c", PROGRAM, str(data), "slot4", card(number)]
    process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process
