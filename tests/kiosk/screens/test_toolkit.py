"""What Tk and customtkinter do behind one's back, and what the kiosk does about it."""

import os
import subprocess
import sys
import threading
import tkinter as tk
from pathlib import Path

import pytest

from kiosk.loops import Inbox
from kiosk.screens.charging import ChargingScreen

ROOT = Path(__file__).parents[3]
PROGRAM = """
import tkinter
from kiosk.screens.toolkit import ctk
window = ctk.CTk()
ctk.CTkButton(window, text="Plug").pack()
window.update()
print("drawn")
window.destroy()
"""


@pytest.fixture
def screen(root: tk.Tk) -> tuple[ChargingScreen, list[BaseException]]:
    told: list[BaseException] = []
    inbox = Inbox()
    made = ChargingScreen(root, inbox, told.append)
    root.bind("<Destroy>", lambda event: inbox.close(), add=True)
    return made, told


def test_a_home_that_cannot_be_written_keeps_customtkinter_from_nothing(display: str) -> None:
    # Nobody can make a folder there, whatever their rights: customtkinter would copy its fonts into it.
    environment = {**os.environ, "HOME": "/proc", "DISPLAY": display}
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "drawn\n"), done.stderr


def fails() -> None:
    raise RuntimeError("planted")


def test_an_exception_in_a_callback_of_tk_is_told_and_not_only_printed(root, screen, capsys):
    made, told = screen
    made.after(0, fails)
    made.after(50, root.quit)
    made.run()
    assert [str(error) for error in told] == ["planted"]
    assert capsys.readouterr().err == ""


def test_an_exception_in_what_another_thread_asked_for_leaves_the_loop(screen):
    made, _ = screen
    made.post(fails)
    with pytest.raises(RuntimeError, match="planted"):
        made.run()


def test_other_threads_reach_tk_before_its_loop_turns(screen):
    made, _ = screen
    done: list[str] = []

    def post() -> None:
        made.post(lambda: done.append(threading.current_thread().name))
        made.post(made.quit)

    thread = threading.Thread(target=post)
    thread.start()
    thread.join()
    made.run()
    assert done == [threading.current_thread().name]
