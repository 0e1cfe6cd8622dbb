"""What the API answers when the kiosk itself is not well."""

import httpx
import pytest

from kiosk.console import deciding
from kiosk.console.app import build_console
from kiosk.console.server import ConsoleServer
from kiosk.health import Condition, Health, Part
from sessions.errors import StoreDamaged
from tests.kiosk.running import RunningKiosk


class Ailing:
    """The facade of a running kiosk with some of its parts out of order."""

    def __init__(self, kiosk: RunningKiosk) -> None:
        self._kiosk = kiosk
        self.store = kiosk.store
        self.condition = Condition.OK

    def __getattr__(self, name):
        return getattr(self._kiosk.facade, name)

    def health(self):
        return Health({"journal": lambda: Part(self.condition, "The disk is full.")}, lambda: 0.0).document()


@pytest.fixture
def ailing(kiosk):
    return Ailing(kiosk)


@pytest.fixture
def http(ailing):
    server = ConsoleServer(build_console(ailing), "127.0.0.1", 0)
    server.start()
    with httpx.Client(base_url=server.address) as client:
        yield client
    server.stop()


@pytest.mark.parametrize(("condition", "status"), [("ok", 200), ("degraded", 200), ("failed", 503)])
def test_health_is_503_only_when_a_part_has_failed(condition, status, ailing, http):
    ailing.condition = Condition(condition)
    answer = http.get("/health")
    assert answer.status_code == status
    assert answer.json()["status"] == condition


def test_a_store_that_cannot_be_read_is_503_with_its_sentence(ailing, http):
    class Damaged:
        def __getattr__(self, name):
            def refuse(*args, **options):
                raise StoreDamaged("The file does not read back.")

            return refuse

    ailing.store = Damaged()
    reads = ("/api/sessions", "/api/session", "/api/events", "/api/sessions/s-1", "/api/sessions.csv", "/api/cards")
    for path in (*reads, "/api/ledger", "/api/ledger/transfers", "/api/slots/slot1/claims", "/metrics"):
        answer = http.get(path)
        assert (answer.status_code, answer.json()["code"]) == (503, "store_damaged"), path
    assert http.get("/api/slots").status_code == 200


def test_a_decision_that_is_not_durable_in_time_is_503_with_the_id(kiosk, http, monkeypatch):
    monkeypatch.setattr(deciding, "ANSWER_TIMEOUT_S", 0.0)
    answer = http.post("/api/sessions/none/stop", headers={"Idempotency-Key": "mine"})
    assert answer.status_code == 503
    document = answer.json()
    assert (document["code"], document["command_id"]) == ("store_timeout", "mine")
    assert "mine" in document["error"]


def test_a_fault_of_ours_is_a_sentence_without_its_insides(ailing, http):
    def fail() -> None:
        raise ZeroDivisionError("secret insides")

    ailing.view = fail
    answer = http.get("/api/slots")
    assert answer.status_code == 500
    assert answer.json().keys() == {"error", "timestamp"}
    assert "secret" not in answer.text
