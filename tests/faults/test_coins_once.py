"""A coin board and a kiosk that is killed: a coin is counted once, whatever moment the kill falls into."""

import random
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from hardware.bench.coin_board import BenchCoinBoard
from hardware.coin_specs import SerialCoinSpec
from sessions.events import CoinAccepted
from sessions.store.database import store_path
from sessions.store.queries import Queries
from sessions.units import Seq
from tests.faults.process import KioskProcess, Reader, books_are_sound, kiosk_process, until

SPEC = SerialCoinSpec.model_validate({"kind": "serial", "port": "/dev/ttyUSB0", "minor_units": 100})


class Board(BenchCoinBoard):
    """A board in another process than the kiosk. While it is deaf it does not hear that its coins are stored."""

    def __init__(self) -> None:
        self.deaf = False
        super().__init__(SPEC, random.Random(1))

    def _obey(self, line: bytes) -> None:
        if not (self.deaf and line.startswith(b"OK")):
            super()._obey(line)

    @property
    def unanswered(self) -> int:
        return len(self._unanswered)


class Scene:
    """A board, and the kiosks that come and go beside it over one data directory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.data = folder / "data"
        self.board = Board()
        self.reader = Reader(folder)

    @contextmanager
    def kiosk(self) -> Iterator[KioskProcess]:
        with kiosk_process(self._folder, "--headless", "--coin-board", self.board.port, reader=self.reader) as kiosk:
            until(lambda: self.board.accepts, "the board is told to accept")
            yield kiosk

    def drop(self, value: float) -> threading.Thread:
        """Drops a coin; the thread ends when the kiosk has answered for it."""
        customer = threading.Thread(target=self.board.drop, args=(value,), daemon=True)
        before = self.board.unanswered
        customer.start()
        until(lambda: self.board.unanswered > before or not customer.is_alive(), "the coin falls")
        return customer

    def coins(self) -> list[tuple[str, int]]:
        """The coins in the store: identity and value."""
        with closing(Queries(store_path(self.data))) as store:
            bodies = [fact.body for fact in store.facts(Seq(0), 1_000_000)]
        return [(body.coin, body.value) for body in bodies if isinstance(body, CoinAccepted)]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(tmp_path)
    yield scene
    scene.board.close()
    scene.reader.close()


def test_a_coin_said_but_not_stored_when_the_kiosk_is_killed_is_counted_by_the_next_one(scene: Scene) -> None:
    with scene.kiosk() as kiosk:
        with closing(sqlite3.connect(store_path(scene.data), isolation_level=None)) as other:
            # Whoever holds the store keeps the kiosk from making anything durable.
            other.execute("BEGIN IMMEDIATE")
            scene.drop(5)
            until(lambda: not scene.board.accepts, "the kiosk has coins refused, for it cannot store them")
            assert scene.board.unanswered == 1
            kiosk.kill()
        assert scene.coins() == []
    with scene.kiosk():
        until(lambda: scene.board.unanswered == 0, "the coin is answered")
    assert [value for _, value in scene.coins()] == [500]
    books_are_sound(scene.data)


def test_a_coin_stored_but_not_answered_when_the_kiosk_is_killed_is_not_counted_again(scene: Scene) -> None:
    scene.board.deaf = True
    with scene.kiosk() as kiosk:
        scene.drop(5)
        until(lambda: len(scene.coins()) == 1, "the coin is stored")
        kiosk.kill()
    scene.board.deaf = False
    assert scene.board.unanswered == 1
    with scene.kiosk():
        until(lambda: scene.board.unanswered == 0, "the coin is answered")
        scene.board.drop(10)
    assert [value for _, value in scene.coins()] == [500, 1000]
    books_are_sound(scene.data)


def test_no_coin_is_lost_or_doubled_however_often_the_kiosk_is_killed(scene: Scene) -> None:
    rng, dropped = random.Random(5), []
    for _ in range(5):
        with scene.kiosk() as kiosk:
            value = rng.choice((1, 5, 10))
            answered = scene.drop(value)
            dropped.append(100 * value)
            answered.join(rng.uniform(0, 0.15))
            kiosk.kill()
    with scene.kiosk():
        until(lambda: scene.board.unanswered == 0, "every coin is answered")
    coins = scene.coins()
    assert sorted(value for _, value in coins) == sorted(dropped)
    assert len({coin for coin, _ in coins}) == len(dropped)
    books_are_sound(scene.data)


def test_a_killed_kiosk_leaves_a_board_that_refuses(scene: Scene) -> None:
    with scene.kiosk() as kiosk:
        kiosk.kill()
        until(lambda: not scene.board.accepts, "the board's permission runs out")
