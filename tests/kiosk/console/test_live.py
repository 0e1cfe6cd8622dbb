"""The WebSocket: every fact once, in order, also for those who come back."""

import json
from contextlib import ExitStack

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from kiosk.console.app import build_console
from kiosk.console.server import ConsoleServer
from tests.kiosk.running import RunningKiosk


def follow(kiosk: RunningKiosk, after: int | None = None, **options):
    query = "" if after is None else f"?after={after}"
    return connect(f"ws://127.0.0.1:{kiosk.console.port}/ws{query}", **options)


def receive(socket):
    return json.loads(socket.recv(10))


def test_a_snapshot_then_each_fact_once(kiosk):
    with follow(kiosk) as socket:
        snapshot = receive(socket)
        assert snapshot["type"] == "snapshot"
        assert snapshot["data"]["mode"] == "idle"
        kiosk.done("/api/bench/tap", {"uid": "em4100:000000A1"})
        kinds, seqs = [], []
        while "visit.started" not in kinds:
            fact = receive(socket)
            kinds.append(fact["kind"])
            seqs.append(fact["seq"])
    assert seqs == list(range(snapshot["seq"] + 1, seqs[-1] + 1))


def test_who_comes_back_misses_nothing_and_hears_nothing_twice(kiosk):
    newest = kiosk.get("/api/session")["data"]["eventCount"]
    with follow(kiosk, after=2) as socket:
        assert receive(socket)["type"] == "snapshot"
        seqs = [receive(socket)["seq"] for _ in range(newest - 2)]
    assert seqs == list(range(3, newest + 1))


def test_many_listeners_hear_the_same(kiosk):
    with ExitStack() as stack:
        sockets = [stack.enter_context(follow(kiosk)) for _ in range(20)]
        for socket in sockets:
            receive(socket)
        kiosk.done("/api/bench/tap", {"uid": "em4100:000000A2"})
        heard = {tuple(receive(socket)["seq"] for _ in range(2)) for socket in sockets}
    assert len(heard) == 1


def test_a_console_that_was_started_again_tells_on(kiosk):
    server = ConsoleServer(build_console(kiosk.facade), "127.0.0.1", 0)
    for uid in ("em4100:000000A4", "em4100:000000A5"):
        server.start()
        with connect(f"ws://127.0.0.1:{server.port}/ws") as socket:
            assert receive(socket)["type"] == "snapshot"
            kiosk.done("/api/bench/tap", {"uid": uid})
            assert receive(socket)["type"] == "fact"
        server.stop()


def test_what_a_listener_says_is_ignored(kiosk):
    with follow(kiosk) as socket:
        receive(socket)
        socket.send("{}")
        socket.send(b"\x00" * 1000)
        kiosk.done("/api/bench/tap", {"uid": "em4100:000000A3"})
        assert receive(socket)["type"] == "fact"


@pytest.mark.parametrize("after", ["x", "-1", "1" * 30])
def test_a_wrong_number_is_refused(after, kiosk):
    with follow(kiosk, after) as socket, pytest.raises(ConnectionClosed) as closed:
        receive(socket)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008


def test_a_page_from_elsewhere_may_not_listen(kiosk):
    with pytest.raises(InvalidStatus) as refused, follow(kiosk, origin="https://evil.example"):
        pass
    assert refused.value.response.status_code == 403
