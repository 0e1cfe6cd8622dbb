"""Taking a port, losing it, and letting go of it."""

import asyncio
import socket
import threading
from contextlib import suppress

import httpx
import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kiosk.console import bodies, connections
from kiosk.console.access import LocalOnly, is_loopback
from kiosk.console.answers import JsonAnswer, not_found_or_such
from kiosk.console.server import ConsoleServer
from kiosk.errors import ConsoleError
from tests.faults.process import until


def test_any_free_port_is_taken_and_named():
    server = ConsoleServer(Starlette(), "127.0.0.1", 0)
    server.start()
    try:
        assert server.port > 0
        assert server.alive
        assert httpx.get(server.address).status_code == 404
    finally:
        server.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.address)


def test_a_taken_port_is_one_sentence_that_says_what_to_do():
    with socket.create_server(("127.0.0.1", 0)) as other:
        server = ConsoleServer(Starlette(), "127.0.0.1", other.getsockname()[1])
        with pytest.raises(ConsoleError, match="--console-port"):
            server.start()
        server.stop()


def test_an_address_that_is_not_ours_is_the_same_sentence():
    with pytest.raises(ConsoleError, match=r"192\.0\.2\.1"):
        ConsoleServer(Starlette(), "192.0.2.1", 0).start()


def test_a_request_that_the_end_cuts_off_is_told_so_and_is_no_failure(monkeypatch, caplog):
    monkeypatch.setattr("kiosk.console.server.STOP_S", 0)
    under_way = threading.Event()

    async def never(request: Request) -> Response:
        under_way.set()
        await asyncio.Event().wait()
        return Response()

    server = ConsoleServer(Starlette(routes=[Route("/", never)]), "127.0.0.1", 0)
    server.start()
    answers: list[httpx.Response] = []
    asking = threading.Thread(target=lambda: answers.append(httpx.get(server.address, timeout=20)))
    asking.start()
    assert under_way.wait(20)
    server.stop()
    asking.join(20)
    assert [answer.status_code for answer in answers] == [503]
    assert "stopping" in answers[0].json()["error"]
    assert "Exception in ASGI application" not in caplog.text


def test_it_can_be_started_again_at_once_on_the_same_port():
    first = ConsoleServer(Starlette(), "127.0.0.1", 0)
    first.start()
    httpx.get(first.address)
    first.stop()
    first.stop()
    second = ConsoleServer(Starlette(), "127.0.0.1", first.port)
    second.start()
    assert httpx.get(second.address).status_code == 404
    second.stop()


def end_of(connection: socket.socket) -> bytes:
    """What a connection says until it is closed."""
    connection.settimeout(10)
    said = b""
    with suppress(ConnectionError):
        while more := connection.recv(4096):
            said += more
    return said


@pytest.fixture
def impatient(monkeypatch):
    """A console that waits for nobody and has room for two, with one path that reads what is posted."""
    monkeypatch.setattr(connections, "REQUEST_S", 0.1)
    monkeypatch.setattr(bodies, "REQUEST_S", 0.1)
    monkeypatch.setattr(connections, "MOST_CONNECTIONS", 2)

    async def reading(request: Request) -> Response:
        return JsonAnswer((await bodies.read(request, bodies.Nothing)).model_dump())

    app = Starlette(
        routes=[Route("/", reading, methods=["POST"])], exception_handlers={HTTPException: not_found_or_such}
    )
    server = ConsoleServer(app, "127.0.0.1", 0)
    server.start()
    yield server
    server.stop()


HEAD = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"


@pytest.mark.parametrize("before", [0, 1])
@pytest.mark.parametrize("begun", [b"P", HEAD])
def test_whoever_begins_a_request_and_does_not_end_it_is_hung_up_on(begun, before, impatient):
    with socket.create_connection(("127.0.0.1", impatient.port)) as connection:
        for _ in range(before):
            connection.sendall(HEAD + b"\r\n{}")
            answered = b""
            while not answered.endswith(b"}"):
                answered += connection.recv(4096)
        connection.sendall(begun)
        assert end_of(connection) == b""


def test_a_body_that_does_not_arrive_is_408(impatient):
    with socket.create_connection(("127.0.0.1", impatient.port)) as connection:
        connection.sendall(HEAD + b"\r\n{")
        assert end_of(connection).startswith(b"HTTP/1.1 408")


def test_one_connection_too_many_is_hung_up_on_and_room_is_made_again(impatient, monkeypatch):
    monkeypatch.setattr(connections, "REQUEST_S", 60)
    address = ("127.0.0.1", impatient.port)
    with (
        socket.create_connection(address),
        socket.create_connection(address),
        socket.create_connection(address) as third,
    ):
        assert end_of(third) == b""
    until(lambda: _answers(impatient), "there is room again")


def _answers(server: ConsoleServer) -> bool:
    try:
        return httpx.post(server.address).status_code == 200
    except httpx.TransportError:
        return False


def test_stopping_leaves_no_thread_while_a_client_stays_connected():
    server = ConsoleServer(Starlette(), "127.0.0.1", 0)
    server.start()
    with httpx.Client() as client:
        client.get(server.address)
        server.stop()
    assert "console" not in {thread.name for thread in threading.enumerate()}


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "LOCALHOST", "::1"])
def test_names_of_this_machine(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "0.0.0.0", "192.168.1.5", "localhost.evil.example", "127.0.0.1.nip.io", "::2"])
def test_other_names(host):
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("client", "status"), [("127.0.0.1", 404), ("::1", 404), ("192.168.1.5", 403), ("10.0.0.1", 403)]
)
def test_other_machines_are_kept_out_whatever_host_they_name(client, status):
    transport = httpx.ASGITransport(LocalOnly(Starlette()), client=(client, 5000))

    async def ask():
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            return await http.get("/health")

    assert asyncio.run(ask()).status_code == status
