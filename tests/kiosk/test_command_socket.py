import json
import os
import socket
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.command_client import CommandClient
from kiosk.command_codec import SAYABLE, decode_command, encode_command
from kiosk.command_socket import LONGEST_LINE, CommandSocket
from kiosk.errors import CommandRefused, NotRunning
from sessions import commands as c
from sessions.errors import BadRequest, NotAllowed
from sessions.units import CardKey, SessionId, SlotName, Unit, UtcMs
from tests.kiosk.conductors import OwnerThread, SmallConductor

STAFF = c.Actor("staff:cli", staff=True)
CARD = CardKey("ck_" + "a" * 26)
EXAMPLES: list[c.Command] = [
    c.StartCharging(SlotName("slot1"), 300, STAFF, CARD),
    c.StopSession(SessionId("s-1"), STAFF),
    c.StartWater(250, STAFF, CARD),
    c.RecordCleaning(STAFF, "rinsed"),
    c.SetPin("hash", STAFF),
    c.ForgivePinTries(STAFF),
    c.ExtendSession(SessionId("s-1"), 60, STAFF),
    c.RefundSession(SessionId("s-1"), 60, STAFF, "why"),
    c.PayOut(CARD, Unit.SECONDS, 60, 100, STAFF, "why"),
    c.CollectCash(1250, "Eve", STAFF, "weekly"),
    c.CollectCash(1250, "Eve", STAFF, "weekly", UtcMs(1), 1000),
    c.ReplaceCard(CARD, CardKey("ck_" + "b" * 26), STAFF, "lost"),
    c.OpenDoor(SessionId("s-1"), STAFF, "lost card"),
    c.AddCredit(CARD, Unit.SECONDS, 600, STAFF, "sorry"),
    c.SaveCard(CARD, STAFF, name="Ann", blocked=True, expires_utc=UtcMs(5)),
    c.IssueAccessKey(CARD, "d" * 64, STAFF),
    c.DisableSlot(SlotName("slot1"), STAFF, "broken plug"),
    c.EnableSlot(SlotName("slot1"), STAFF),
    c.AcknowledgeDanger(STAFF, "toast"),
    c.SetMaintenance(True, STAFF, "new cables"),
]


@pytest.fixture
def conductor():
    return SmallConductor()


@pytest.fixture
def data_dir(tmp_path, conductor):
    # Longer than the kernel allows a socket path to be.
    directory = tmp_path / ("d" * 120)
    directory.mkdir()
    with OwnerThread(conductor) as owner:
        server = CommandSocket(directory, owner.bus.submit, {"echo": lambda args: {"said": args}})
        server.start()
        yield directory
        server.stop()


def talk(data_dir: Path, *lines: bytes) -> list[dict[str, object]]:
    """Sends raw lines on one connection and gives everything that came back."""
    handle = os.open(data_dir, os.O_RDONLY)
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(10)
            connection.connect(f"/proc/self/fd/{handle}/kiosk.sock")
            try:
                for line in lines:
                    connection.sendall(line + b"\n")
                connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # It hung up on us, which is an answer too.
            received = b""
            try:
                while chunk := connection.recv(65536):
                    received += chunk
            except ConnectionError:
                pass
    finally:
        os.close(handle)
    return [json.loads(line) for line in received.splitlines()]


def test_each_command_arrives_as_it_was_sent(data_dir, conductor):
    client = CommandClient(data_dir)
    for command in EXAMPLES:
        client.ask(command)
    assert conductor.decided == EXAMPLES
    assert {type(command) for command in EXAMPLES} == set(SAYABLE.values())


def test_only_its_owner_can_open_the_socket(data_dir):
    mode = (data_dir / "kiosk.sock").stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600
    assert [path.name for path in data_dir.iterdir()] == ["kiosk.sock"]


def test_the_same_id_gets_the_first_answer(data_dir, conductor):
    client = CommandClient(data_dir)
    answers = {client.ask(EXAMPLES[4], "top-up-1").seq for _ in range(3)}
    assert answers == {1}
    assert len(conductor.decided) == 1


def test_a_refusal_keeps_its_sentence_and_its_code(data_dir, conductor):
    conductor.refusals[c.AddCredit] = NotAllowed("Only staff can do this.")
    top_up = next(command for command in EXAMPLES if isinstance(command, c.AddCredit))
    with pytest.raises(CommandRefused, match="Only staff") as caught:
        CommandClient(data_dir).ask(top_up)
    assert caught.value.code == "not_allowed"


def test_a_verb_runs_and_answers(data_dir):
    assert CommandClient(data_dir).verb("echo", {"slot": "slot1"}, 5) == {"said": {"slot": "slot1"}}


GARBAGE = [
    b"",
    b"hello",
    b"[]",
    b"null",
    b"{}",
    b"\xff\xfe\x00",
    b"[" * 50_000,
    b'{"command": "tap"}',
    b'{"command": 5}',
    b'{"command": "stop"}',
    b'{"command": "stop", "args": []}',
    b'{"command": "stop", "args": {"session": 5}}',
    b'{"command": "stop", "args": {"session": "s", "actor": {"name": "x"}, "extra": 1}}',
    b'{"id": 5, "command": "stop"}',
    b'{"id": "' + b"x" * 500 + b'", "command": "stop"}',
    b'{"verb": "nothing"}',
    b'{"verb": ["echo"]}',
    b'{"id": "\\ud800", "command": "stop", "args": {"session": "s", "actor": {"name": "x"}}}',
    b'{"command": "stop", "args": {"session": "s\\udcff", "actor": {"name": "x"}}}',
    b'{"command": "save_card", "args": {"card": "ck_a", "actor": {"name": "x"}, "max_sessions": 9999999999999999999}}',
]


@pytest.mark.parametrize("line", GARBAGE)
def test_garbage_gets_a_sentence_and_the_line_stays_open(line, data_dir, conductor):
    good = json.dumps({"id": "after", **encode_command(EXAMPLES[1])}).encode()
    first, second = talk(data_dir, line, good)
    assert first["code"] == "bad_request"
    assert second["id"] == "after"
    assert conductor.decided == [EXAMPLES[1]]


@pytest.mark.parametrize(
    "card", ["", "0A00C8F1B2", "em4100:00C8F1B2", "ck_", "CK_" + "a" * 26, "ck_" + "a" * 27, "ck_ann"]
)
@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("add_credit", {"card": CARD, "unit": "s", "amount": 60}),
        ("save_card", {"card": CARD, "name": "Ann"}),
        ("replace_card", {"old": CARD, "new": CARD, "reason": "lost"}),
        ("start", {"card": CARD, "slot": "slot1", "seconds": 60}),
        ("issue_access_key", {"card": CARD, "digest": "d" * 64}),
    ],
)
def test_a_card_is_named_by_its_key_only(name, args, card):
    staff = {"actor": {"name": "staff:cli", "staff": True}}
    decode_command(name, {**args, **staff})
    for field in {"card", "old", "new"} & args.keys():
        with pytest.raises(BadRequest, match="CardKey"):
            decode_command(name, {**args, **staff, field: card})


def test_an_endless_line_is_refused_and_others_are_still_served(data_dir):
    answers = talk(data_dir, b"x" * (LONGEST_LINE * 3))
    assert [answer["code"] for answer in answers] in (["bad_request"], [])
    assert CommandClient(data_dir).ask(EXAMPLES[1]).seq == 1


def test_clients_that_vanish_or_are_silent_hold_up_nobody(data_dir):
    handle = os.open(data_dir, os.O_RDONLY)
    silent = []
    for number in range(20):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(f"/proc/self/fd/{handle}/kiosk.sock")
        if number % 2:
            connection.sendall(b'{"command": "st')
            connection.close()
        else:
            silent.append(connection)
    assert CommandClient(data_dir).ask(EXAMPLES[1]).seq == 1
    for connection in silent:
        connection.close()
    os.close(handle)


def test_a_socket_left_by_a_killed_kiosk_is_replaced(tmp_path, conductor):
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "kiosk.sock"))
    with pytest.raises(NotRunning):
        CommandClient(tmp_path).ask(EXAMPLES[1])
    with OwnerThread(conductor) as owner:
        server = CommandSocket(tmp_path, owner.bus.submit)
        server.start()
        assert CommandClient(tmp_path).ask(EXAMPLES[1]).seq == 1
        server.stop()
        server.stop()
    with pytest.raises(NotRunning):
        CommandClient(tmp_path).ask(EXAMPLES[1])


def test_no_kiosk_is_said_as_such(tmp_path):
    for place in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(NotRunning):
            CommandClient(place).ask(EXAMPLES[1])


def test_stopping_ends_the_thread_even_while_a_client_waits(tmp_path):
    with OwnerThread(SmallConductor(durable_at_once=False)) as owner:
        server = CommandSocket(tmp_path, owner.bus.submit)
        server.start()
        failed = []

        def wait_for_it():
            try:
                CommandClient(tmp_path).ask(EXAMPLES[1])
            except NotRunning as error:
                failed.append(error)

        waiting = threading.Thread(target=wait_for_it)
        waiting.start()
        server.stop()
        waiting.join(10)
        assert len(failed) == 1


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(sorted(SAYABLE)) | JSON_VALUES,
    st.dictionaries(st.sampled_from(["slot", "seconds", "actor", "card", "session", "unit", "x"]), JSON_VALUES)
    | JSON_VALUES,
)
def test_decoding_gives_a_command_or_says_what_is_wrong(name, args):
    try:
        command = decode_command(name, args)
    except BadRequest:
        return
    assert type(command) in SAYABLE.values()
