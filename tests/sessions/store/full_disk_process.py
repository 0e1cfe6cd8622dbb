"""A journal on a small disk that fills up: python -m tests.sessions.store.full_disk_process FOLDER"""

import sys
import threading
import time
from pathlib import Path

from sessions import commands as c
from sessions.store.ballast import BALLAST_FILE
from sessions.store.database import prepare, store_path
from sessions.store.journal import Journal
from sessions.store.load import load
from sessions.store.verify import verify_store
from sessions.units import MonoNs
from tests.sessions.store.story import Story

PATIENCE_S = 30


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def fill(file: Path) -> None:
    """Takes every byte that is left."""
    with file.open("wb", buffering=0) as filler:
        try:
            while filler.write(b"x" * 4096):
                pass
        except OSError:
            return


def main(folder: Path) -> None:
    path, told = store_path(folder), threading.Condition()
    troubles: list[str | None] = []

    def trouble(why: str | None) -> None:
        with told:
            troubles.append(why)
            told.notify_all()

    prepare(path)
    journal = Journal(
        path,
        mono=lambda: MonoNs(time.monotonic_ns()),
        on_ack=lambda seq: None,
        on_trouble=trouble,
        on_death=lambda error: say(f"death {error}"),
    )
    story = Story()
    session = story.charge()
    posted = 0

    def post() -> None:
        nonlocal posted
        for batch in story.batches[posted:]:
            journal.post(batch)
        posted = len(story.batches)

    post()
    ballast, end = folder / BALLAST_FILE, time.monotonic() + PATIENCE_S
    while not ballast.exists() and time.monotonic() < end:
        time.sleep(0.02)
    say("kept")
    fill(folder / "filler")
    while not journal.full:
        story.go_on(20)
        post()
        journal.flush(PATIENCE_S)
    assert not ballast.exists()
    say("full")
    # As the kiosk does when it hears of it.
    story.ask(c.SetSelling(False, str(journal.trouble), end_sessions=True))
    post()
    journal.flush(PATIENCE_S)
    assert all(live.settled for live in load(path).sessions.values()), session
    assert journal.full
    say("ended")
    (folder / "filler").unlink()
    with told:
        assert told.wait_for(lambda: troubles[-1] is None, PATIENCE_S)
    assert len(troubles) == 2
    assert ballast.exists()
    say("well")
    journal.close()
    assert load(path).seq == story.state.seq
    assert verify_store(path) == []
    say("sound")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
