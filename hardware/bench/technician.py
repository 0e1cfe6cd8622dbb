"""The bench's own technician: does what a self-test asks for, and says what there is to see.

So a simulated kiosk can be tested from end to end with nobody there. Hands take their time, so they move in a thread.
"""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from hardware.bench.bench import Bench
from hardware.errors import BenchRefused, HardwareError

if TYPE_CHECKING:
    from hardware.selftest_tools import Question, Said

TEST_CARD = "00C8F1B2"
ALL_STROKES = "8"
HOLD_S = 4.0
PATIENCE_S, LOOK_S = 4.0, 0.1


class Technician:
    """A `hardware.selftest_tools.Person` at a bench. ``card`` is the test card's number, ``load`` what they plug in."""

    def __init__(self, bench: Bench, card: str = TEST_CARD, coin: float = 1) -> None:
        self._bench = bench
        self._card = card
        self._coin = coin
        self._question: Question | None = None
        self._seen: set[object] = set()
        self._hands: threading.Thread | None = None
        self._cup = False

    def asked(self, question: "Question") -> None:
        """Begin with what is to be done, or look."""
        self.rest()
        self._question = question
        self._seen.clear()
        if question.kind == "do":
            self._hands = threading.Thread(target=self._do, args=(question,), name="bench-technician", daemon=True)
            self._hands.start()

    def said(self) -> "Said | None":
        """What there is to see, once enough was seen; what is done, the kiosk sees itself."""
        question = self._question
        if question is None or question.kind == "do":
            return None
        return self._look(question)

    def settled(self, said: "Said") -> None:
        """Look no more; the hands end by themselves what they do."""
        self._question = None

    def rest(self) -> None:
        """Wait until the hands have ended what they do, and take the cup away."""
        if self._hands is not None:
            self._hands.join()
            self._hands = None
        if self._cup:
            self._cup = False
            self._bench.cup(False)

    def _look(self, question: "Question") -> "Said | None":
        slot, _, part = question.device.rpartition(".")
        seen = self._bench.snapshot()
        if part == "display":
            text = seen["slots"][slot]["display"]
            self._seen.update(n for n, letter in enumerate(text.replace(":", "")) if letter == ALL_STROKES)
            return "yes" if len(self._seen) == len("8888") else None
        if part == "pump":
            return "yes"
        if part == "lock":
            return "yes" if seen["slots"][slot]["door"] == "open" or seen["slots"][slot]["lock"] == "unlocked" else "no"
        self._seen.add(seen["outputs"].get(question.device))
        return "yes" if {True, False} <= self._seen else None

    def _do(self, question: "Question") -> None:
        act = self._act(question)
        try:
            act()
        except HardwareError:
            return  # It cannot be done: the self-test sees by itself that nothing came of it.

    def _act(self, question: "Question") -> Callable[[], object]:
        bench, slot = self._bench, question.device.rpartition(".")[0]
        acts: dict[str, Callable[[], object]] = {
            "test card": lambda: bench.tap(self._card, HOLD_S),
            "coin": lambda: bench.coin(self._coin),
            "shut": lambda: bench.door(slot, False),
            "shut again": lambda: bench.door(slot, False),
            "opens": lambda: self._pull(slot),
            "sees": self._put_cup,
        }
        return acts.get(question.check, lambda: None)

    def _put_cup(self) -> None:
        self._cup = True
        self._bench.cup(True)

    def _pull(self, slot: str) -> None:
        """Pull at a door until its bolt lets go."""
        for _ in range(round(PATIENCE_S / LOOK_S)):
            try:
                self._bench.door(slot, True)
                return
            except BenchRefused:
                time.sleep(LOOK_S)
