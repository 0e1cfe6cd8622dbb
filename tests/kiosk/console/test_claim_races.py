"""Many who want one slot at the same moment: devices over HTTP and programs at the command socket."""

import random
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from kiosk.command_socket import CommandSocket
from sessions.cards import card_key
from sessions.events import ClaimEnded, SlotClaimed
from sessions.invariants import check_books, check_one_each
from sessions.units import CardKey
from tests.kiosk.running import PATIENCE_S, RunningKiosk, running_kiosk, wait_for

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


def program(kiosk: RunningKiosk, data: Path, number: int, slot: str = "slot4") -> subprocess.Popen[str]:
    """A process that is ready to start a session for a card of its own as soon as it reads a line."""
    kiosk.done(f"/api/cards/{card(number)}/top-up", {"amount": 60, "reason": "a race"})
    arguments = [sys.executable, "-c", PROGRAM, str(data), slot, card(number)]
    process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


UIDS = [f"em4100:00AC{number:04X}" for number in range(16)]
ALLOWED = {"slot_taken", "card_blocked", "no_visit"}
"""All that a claim may be refused with when everything happens at once."""


@pytest.mark.parametrize("round_", range(3))
def test_claims_blocks_keys_taps_and_programs_at_once_leave_one_winner(round_, tmp_path):
    with ExitStack() as stack:
        kiosk = stack.enter_context(running_kiosk(tmp_path))
        socket = CommandSocket(tmp_path, kiosk.facade.submit)
        socket.start()
        stack.callback(socket.stop)
        people = [kiosk.device(kiosk.card(uid), f"device-{n}") for n, uid in enumerate(UIDS)]
        programs = [stack.enter_context(program(kiosk, tmp_path, DEVICES + n, "slot1")) for n in range(2)]
        answers: list[httpx.Response] = []
        acts: list[Callable[[], object]] = [
            *(lambda me=me: answers.append(kiosk.post("/api/slots/slot1/claim", None, **me)) for me in people),
            *(lambda uid=uid: kiosk.done(f"/api/cards/{kiosk.card(uid)}/block") for uid in UIDS[0:5]),
            *(lambda uid=uid: kiosk.issue_key(kiosk.card(uid)) for uid in UIDS[5:10]),
            *(lambda uid=uid: kiosk.done("/api/bench/tap", {"uid": uid}) for uid in UIDS[10:13]),
            *(lambda p=p: p.communicate("go\n", timeout=PATIENCE_S) for p in programs),
        ]
        all_at_once(random.Random(round_).sample(acts, len(acts)))
        wait_for(lambda: kiosk.get("/api/session")["data"]["eventCount"] == kiosk.conductor.state.seq)
        check_claims_one_after_another(kiosk, answers)


def all_at_once(acts: Sequence[Callable[[], object]]) -> None:
    """Each act in a thread of its own, let go at the same moment."""
    line = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        line.wait(PATIENCE_S)
        act()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)


def check_claims_one_after_another(kiosk: RunningKiosk, answers: list[httpx.Response]) -> None:
    """Nobody had the slot while another had it; whoever lost it lost it for a reason; who has it now may have it."""
    assert len(answers) == len(UIDS)
    assert {a.json()["code"] for a in answers if a.status_code != 200} <= ALLOWED
    holder, claims, lost = None, 0, []
    for fact in kiosk.store.facts():
        body = fact.body
        if isinstance(body, SlotClaimed) and body.slot == "slot1":
            assert holder is None, "two had it at once"
            holder, claims = body.card, claims + 1
        elif isinstance(body, ClaimEnded) and body.slot == "slot1":
            assert holder == body.card
            holder = None
            lost.append(body.reason)
    assert set(lost) <= {"card_blocked", "key_replaced", "signed_out"}
    assert claims == [a.status_code for a in answers].count(200)
    started = kiosk.get("/api/sessions?slot=slot1")["sessions"]
    has_it = [session["card"] for session in started] + ([holder] if holder is not None else [])
    assert len(has_it) == claims + len(started) - len(lost) <= 1
    if has_it:
        assert kiosk.slot("slot1")["card"] == has_it[0]
        assert kiosk.get(f"/api/cards/{has_it[0]}")["blocked"] is False
    else:  # Whoever won was blocked after all others had lost: it is free for whoever may.
        assert kiosk.done("/api/slots/slot1/claim", **{"X-Visit": f"device-{len(UIDS) - 1}"})["is_mine"] is True
    if holder is not None:
        assert holder in [visit["card"] for visit in kiosk.get("/api/visits")["visits"]]
    check_one_each(kiosk.conductor.state)
    check_books(kiosk.conductor.state)
