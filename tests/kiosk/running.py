"""A whole kiosk in this process, on the bench: what `kiosk.assembly` puts together for every kiosk, without a window.

A process's own signals, supervisor and emergency end are left out: tests cannot share them.
"""

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx

from hardware.bench.bench import Bench
from hardware.pinmap import load_pinmap
from hardware.selftest import Check, run_checks
from hardware.wiring import wire
from kiosk.assembly import Assembly
from kiosk.commands import new_command_id
from kiosk.console.app import build_console
from kiosk.console.server import ConsoleServer
from kiosk.data_directory import DataDirectory
from kiosk.loops import Inbox
from kiosk.pinmap_rules import slot_rules, water_rules
from kiosk.selftest import SelfTests
from kiosk.selftest_hands import OwnersHands
from kiosk.settings import to_rules
from kiosk.settings_model import Settings
from kiosk.shell import HeadlessShell
from kiosk.simulation.bench_port import BenchVerbs
from sessions.commands import Actor, IssueAccessKey
from sessions.ports import Observation
from sessions.store.books import verify_ledger
from sessions.store.database import store_path
from sessions.store.verify import verify_store
from sessions.units import CardKey

PINMAP = Path(__file__).parents[2] / "pinmap.json"
PATIENCE_S = 20.0
DEFAULTS = Settings()


class RunningKiosk:
    """One kiosk and its console. ``touches`` are the fingers that the console put on the screen."""

    def __init__(
        self,
        data_dir: Path,
        stack: ExitStack,
        volatile: str | None = None,
        settings: Settings = DEFAULTS,
        clock_is_sure: Callable[[], bool] = lambda: True,
    ) -> None:
        stack.callback(_check_store, store_path(data_dir))
        self.pinmap = load_pinmap(PINMAP)
        self.touches: list[tuple[int, int]] = []
        self.ends: list[str] = []
        """What would have ended the process at once."""
        self.inbox = Inbox()
        stack.callback(self.inbox.close)
        self._data = DataDirectory(data_dir, stack, volatile)
        self.store = self._data.queries
        self.bench = Bench(self.pinmap)
        stack.callback(self.bench.close)
        self.wiring = wire(self.pinmap, self.bench, self.noticed, coin_stored=self._data.coin_is_stored)
        stack.callback(self.wiring.stop)
        self.wiring.start()
        shell = HeadlessShell(self.inbox)
        water = water_rules(self.pinmap.water, settings.water)
        rules = to_rules(settings, slot_rules(self.pinmap.slots), water)
        self.kiosk = Assembly(self._data, rules, self.wiring, shell, self.inbox, stack, self.ends.append, clock_is_sure)
        self.journal, self.conductor, self.live = self.kiosk.journal, self.kiosk.conductor, self.kiosk.live
        self.kiosk.profiles.replace(self.pinmap)
        self.kiosk.begin()
        self.facade = self.kiosk.facade(lambda: 0.0, BenchVerbs(self.bench, lambda x, y: self.touches.append((x, y))))
        owner = threading.Thread(target=shell.run, name="owner")
        owner.start()
        stack.callback(owner.join)
        stack.callback(shell.quit)
        hands = OwnersHands(self.conductor, self.wiring.slots, self.wiring.outputs)
        self.selftests = SelfTests(self._test_devices, self.wiring.slots, self.conductor, hands, self.journal.selftest)
        stack.callback(self.selftests.abandon)
        self.console = ConsoleServer(build_console(self.facade, self.selftests), "127.0.0.1", 0)
        self.kiosk.let_in(self.console)
        self.http = stack.enter_context(httpx.Client(base_url=self.console.address, timeout=PATIENCE_S))

    def _test_devices(self, **asked: Any) -> list[Check]:
        return run_checks(self.pinmap, self.wiring, **asked)

    def card(self, uid: str) -> CardKey:
        """The CardKey of a canonical UID."""
        return self._data.card_key(uid)

    def access_digest(self, access_key: str) -> str:
        """What the kiosk knows an access key by."""
        return self._data.access_digest(access_key)

    def issue_key(self, card: CardKey) -> str:
        """A new access key of a card."""
        access_key = f"ak_{secrets.token_hex(16)}"
        command = IssueAccessKey(card, self.access_digest(access_key), Actor("staff:test", staff=True))
        self.facade.submit(command, new_command_id()).result(PATIENCE_S)
        return access_key

    def device(self, card: CardKey, visit: str) -> dict[str, str]:
        """Signs a card in from another device; gives the header by which it then names itself."""
        self.done("/api/session/start", {"access_key": self.issue_key(card), "session_id": visit})
        return {"X-Visit": visit}

    def get(self, path: str) -> Any:
        """The JSON at a path that must answer 200."""
        answer = self.http.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Posts JSON, or nothing."""
        return self.http.post(path, json=body, headers=headers)

    def done(self, path: str, body: Any = None, **headers: str) -> Any:
        """Posts what must succeed, and gives its answer."""
        answer = self.post(path, body, **headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def slot(self, name: str) -> Any:
        """A slot as the board shows it."""
        return next(slot for slot in self.get("/api/slots")["slots"] if slot["slot"] == name)

    def sign_in(self, uid: str, coins: int = 0) -> Any:
        """Taps a card, drops a coin of that value, and gives the visit with its credit."""
        card = self.card(uid)
        self.done("/api/bench/tap", {"uid": uid})
        wait_for(lambda: self._visit(card, 0))
        if coins:
            self.done("/api/bench/coin", {"value": coins})
        return wait_for(lambda: self._visit(card, 60 * coins))

    def _visit(self, card: CardKey, at_least_s: int) -> Any:
        visit = self.get("/api/session")["data"]["visit"]
        return visit if visit and visit["card"] == card and visit["charge_s"] >= at_least_s else None

    def noticed(self, seen: Observation) -> None:
        """Takes what a device noticed, as its post does."""
        self.inbox.put(lambda: self.kiosk.observe(seen))


@contextmanager
def running_kiosk(
    data_dir: Path,
    volatile: str | None = None,
    settings: Settings = DEFAULTS,
    clock_is_sure: Callable[[], bool] = lambda: True,
) -> Iterator[RunningKiosk]:
    """A kiosk that runs, and is ended whatever happens. ``volatile``: why its data directory keeps nothing."""
    with ExitStack() as stack:
        yield RunningKiosk(data_dir, stack, volatile, settings, clock_is_sure)


def wait_for(condition: Callable[[], Any], seconds: float = PATIENCE_S) -> Any:
    """What a condition gives once it is true; fails after a while."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, "this did not come true in time"
        time.sleep(0.02)
    return value


def _check_store(path: Path) -> None:
    """Whatever a test did, it leaves sound books and tables that agree with their facts."""
    problems = [*verify_store(path), *verify_ledger(path).problems]
    assert not problems, problems
