"""What nobody should send, and what everybody may send by mistake: always a sentence, never a 500, never a change."""

import json
import socket

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

START = "/api/slots/slot1/start"
STOP = "/api/sessions/none/stop"
JSON = {"Content-Type": "application/json"}

BAD_BODIES = [
    (START, b"", "missing"),
    (START, b"{}", "missing"),
    (START, b"null", "object"),
    (START, b"[]", "object"),
    (START, b'"60"', "object"),
    (START, b"{", "not JSON"),
    (START, b'{"seconds": 60,}', "not JSON"),
    (START, b"\xff\xfe", "not JSON"),
    (START, b'{"seconds": NaN}', "integer"),
    (START, b'{"seconds": "60"}', "integer"),
    (START, b'{"seconds": 60.0}', "integer"),
    (START, b'{"seconds": true}', "integer"),
    (START, b'{"seconds": null}', "integer"),
    (START, b'{"seconds": 0}', "greater"),
    (START, b'{"seconds": -60}', "greater"),
    (START, b'{"seconds": 1e400}', "integer"),
    (START, b'{"seconds": ' + b"9" * 400 + b"}", "'seconds'"),
    (START, b'{"seconds": 60, "second": 1}', "no key 'second'"),
    (START, b'{"seconds": 60, "card": "0013169074"}', "CardKey"),
    (START, b'{"seconds": 60, "card": 5}', "'card'"),
    (START, b'{"seconds": 60, "command_id": ""}', "'command_id'"),
    (START, b'{"seconds": 60, "command_id": "' + b"x" * 500 + b'"}', "'command_id'"),
    (START, b"[" * 30_000, "not JSON"),
    (STOP, b'{"why": 1}', "no key 'why'"),
    ("/api/bench/coin", b'{"value": Infinity}', "finite"),
    ("/api/bench/coin", b'{"value": -5}', "greater"),
    ("/api/bench/coin", b'{"value": 101}', "less than or equal to 100"),
    ("/api/bench/coin", b'{"value": true}', "number"),
    ("/api/bench/tap", b'{"uid": ""}', "'uid'"),
    ("/api/bench/tap", b'{"uid": "not a card"}', "card number"),
    ("/api/bench/tap", b'{"uid": "\\ud800"}', "not JSON"),
    ("/api/bench/cup", b'{"present": 1}', "'present'"),
    ("/api/bench/slots/slot1/door", b'{"open": "yes"}', "'open'"),
    ("/api/bench/slots/slot1/plug", b'{"level": 101}', "'level'"),
    ("/api/bench/touch", b'{"x": -1, "y": 0}', "'x'"),
]


def check_shape(answer):
    document = answer.json()
    assert len(document["error"]) > 10
    assert document["timestamp"].endswith("Z")
    return document


@pytest.mark.parametrize(("path", "body", "says"), BAD_BODIES)
def test_a_bad_body_is_refused_with_its_reason(path, body, says, kiosk):
    answer = kiosk.http.post(path, content=body, headers=JSON)
    assert answer.status_code == 400, answer.text
    assert says in check_shape(answer)["error"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/api/slots/", 404),
        ("GET", "/api/sessions/none", 404),
        ("GET", "/api/slots/slot99/claim", 404),
        ("GET", "/../../etc/passwd", 404),
        ("GET", "/%2e%2e/%2e%2e/etc/passwd", 404),
        ("GET", "/api/sessions/%FF%00", 404),
        ("POST", "/api/slots", 405),
        ("DELETE", "/health", 405),
        ("PUT", "/api/bench", 405),
        ("OPTIONS", "/api/slots", 405),
        ("POST", STOP, 404),
        ("POST", "/api/sessions/none/unlock", 404),
        ("POST", "/api/slots/slot99/claim", 404),
        ("GET", "/api/sessions?limit=0", 400),
        ("GET", "/api/sessions?limit=1001", 400),
        ("GET", "/api/sessions?limit=-1", 400),
        ("GET", "/api/sessions?limit=x", 400),
        ("GET", "/api/sessions?before=0", 400),
        ("GET", "/api/sessions?card=0013169074", 400),
        ("GET", "/api/events?after=99999999999999999999", 400),
        ("GET", "/api/events?after=1e3", 400),
    ],
)
def test_a_wrong_address_has_its_status_and_a_sentence(method, path, status, kiosk):
    answer = kiosk.http.request(method, path)
    assert answer.status_code == status, answer.text
    check_shape(answer)


def test_names_that_do_not_exist_are_404_with_those_that_do(kiosk):
    slot = kiosk.post("/api/slots/slot99/start", {"seconds": 60, "card": "ck_" + "a" * 26})
    assert (slot.status_code, slot.json()["code"]) == (404, "unknown_slot")
    assert "slot1" in slot.json()["error"]
    for path, body in (
        ("/api/bench/slots/slot99/plug", {}),
        ("/api/bench/slots/slot1/plug", {"phone": "banana"}),
        ("/api/bench/fault", {"device": "slot1.sensor", "kind": "gone", "on": True}),
    ):
        answer = kiosk.post(path, body)
        assert answer.status_code == 404, path
        check_shape(answer)


def test_nobody_signed_in_is_said(kiosk):
    answer = kiosk.post(START, {"seconds": 60})
    assert (answer.status_code, answer.json()["code"]) == (404, "no_visit")


def test_a_card_without_time_is_said(kiosk):
    answer = kiosk.post(START, {"seconds": 60, "card": "ck_" + "b" * 26})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_enough_credit")


def test_an_ended_visit_is_404_and_a_visit_with_a_card_is_ambiguous(kiosk):
    assert kiosk.post(START, {"seconds": 60}, **{"X-Visit": "gone"}).status_code == 404
    both = kiosk.post(START, {"seconds": 60, "card": "ck_" + "b" * 26}, **{"X-Visit": "gone"})
    assert both.status_code == 400


def test_a_body_that_is_not_json_by_its_own_word_is_415(kiosk):
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        answer = kiosk.http.post(START, content=b'{"seconds": 60}', headers={"Content-Type": kind})
        assert answer.status_code == 415
        assert "application/json" in check_shape(answer)["error"]
    accepted = kiosk.http.post(START, content=b"{}", headers={"Content-Type": "application/json; charset=utf-8"})
    assert accepted.status_code == 400


@pytest.mark.parametrize("chunked", [True, False])
def test_a_huge_body_is_413_and_the_console_goes_on(chunked, kiosk):
    body = b" " * 200_000
    content = iter([body[:100_000], body[100_000:]]) if chunked else body
    answer = kiosk.http.post(START, content=content, headers=JSON)
    assert answer.status_code == 413
    check_shape(answer)
    assert kiosk.get("/health")["status"] == "ok"


FOREIGN = [
    {"Host": "evil.example"},
    {"Host": "evil.example:8080"},
    {"Host": "127.0.0.1.evil.example"},
    {"Host": "[::1"},
    {"Host": "192.168.1.5"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost:1"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_pages_from_elsewhere_are_kept_out(headers, kiosk):
    for method, path in (("GET", "/api/slots"), ("POST", "/api/bench/coin"), ("GET", "/nothing")):
        answer = kiosk.http.request(method, path, headers=headers)
        assert answer.status_code == 403, path
        check_shape(answer)


def test_our_own_pages_and_other_names_of_this_machine_are_let_in(kiosk):
    port = kiosk.console.port
    for headers in (
        {"Origin": f"http://127.0.0.1:{port}", "Sec-Fetch-Site": "same-origin"},
        {"Host": f"localhost:{port}", "Origin": f"http://localhost:{port}"},
        {"Host": "localhost:9999"},  # through an ssh tunnel
        {"Host": "[::1]:8080"},
        {"Sec-Fetch-Site": "none"},
    ):
        assert kiosk.http.get("/api/slots", headers=headers).status_code == 200, headers


@pytest.mark.parametrize(
    "raw",
    [
        b"GARBAGE\r\n\r\n",
        b"GET /health\r\n\r\n",
        b"GET /health HTTP/1.1\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil\r\n\r\n",
        b"POST /api/bench/coin HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Visit: \xff\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
        b"",
    ],
)
def test_raw_nonsense_and_vanishing_clients_disturb_nobody(raw, kiosk):
    with socket.create_connection(("127.0.0.1", kiosk.console.port), 5) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(5)
        answer = connection.recv(4096)
    assert b"500" not in answer.split(b"\r\n")[0]
    assert kiosk.get("/health")["status"] == "ok"


def test_a_key_too_long_to_keep_is_refused_and_leaves_no_fact(kiosk):
    before = kiosk.get("/api/session")["data"]["eventCount"]
    answer = kiosk.http.post(
        f"/api/cards/ck_{'c' * 26}/top-up", json={"amount": 1, "reason": "why"}, headers={"Idempotency-Key": "k" * 101}
    )
    assert answer.status_code == 400
    check_shape(answer)
    assert kiosk.get("/api/session")["data"]["eventCount"] == before


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("slot1"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = ["card", "command_id", "reason", "uid", "device", "kind", "access_key", "session_id", "unit"]
KEYS = st.sampled_from([*NAMES, "seconds", "amount", "open", "on", "x", "y"])
PATHS = [
    START,
    STOP,
    "/api/sessions/none/extend",
    "/api/sessions/none/unlock",
    "/api/slots/slot2/claim",
    "/api/session/start",
    "/api/session/heartbeat",
    "/api/session/end",
    "/api/session/status",
    "/api/session/refresh",
    "/api/admin/cleanup-sessions",
    f"/api/cards/ck_{'c' * 26}/top-up",
    f"/api/cards/ck_{'c' * 26}/block",
    "/api/bench/tap",
    "/api/bench/cup",
    "/api/bench/fault",
    "/api/bench/touch",
    "/api/bench/slots/slot2/door",
]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(PATHS), st.binary(max_size=200) | st.dictionaries(KEYS, VALUES, max_size=4).map(json.dumps))
def test_no_body_is_a_fault_of_ours(kiosk, path, body):
    answer = kiosk.http.post(path, content=body, headers=JSON)
    assert answer.status_code < 500, answer.text
    if answer.status_code != 200:
        check_shape(answer)


HEADER_TEXT = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=300)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HEADER_TEXT, HEADER_TEXT)
def test_no_header_is_a_fault_of_ours(kiosk, visit, key):
    headers = {"X-Visit": visit.strip(), "Idempotency-Key": key.strip()}
    assert kiosk.http.post(STOP, headers=headers).status_code < 500
