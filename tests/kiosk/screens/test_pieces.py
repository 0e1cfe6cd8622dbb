"""What is built in pieces lets others have their turn, and can be given up."""

import time
import tkinter as tk
from collections.abc import Iterator

from kiosk.screens.pieces import PIECE_S, Pieces


def steps(built: list[str], count: int) -> Iterator[None]:
    for number in range(count):
        time.sleep(PIECE_S)
        built.append(f"step {number}")
        yield


def jobs(root: tk.Tk) -> tuple[str, ...]:
    return root.tk.splitlist(root.tk.call("after", "info"))


def turn(root: tk.Tk) -> None:
    root.tk.call("after", 5)
    root.update()


def test_others_have_their_turn_between_the_pieces(root: tk.Tk):
    done: list[str] = []

    def other() -> None:
        done.append("other")
        if "step 2" not in done:
            root.after(1, other)

    other()
    Pieces(root, steps(done, 3))
    while jobs(root):
        turn(root)
    first, second, third = (done.index(f"step {number}") for number in range(3))
    assert first < done.index("other", first) < second < done.index("other", second) < third


def test_a_build_can_be_given_up(root: tk.Tk):
    built: list[str] = []
    pieces = Pieces(root, steps(built, 100))
    turn(root)
    pieces.close()
    pieces.close()
    assert jobs(root) == ()
    turn(root)
    assert 1 <= len(built) < 100
