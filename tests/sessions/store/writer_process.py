"""A process that keeps a journal busy: python -m tests.sessions.store.writer_process PATH MODE

It prints ``ack SEQ`` for what is durable and ``trouble …`` or ``well`` as it goes. In mode ``endless`` it writes until
it is killed; in mode ``full`` no file may grow beyond 200 KB, as on a full disk, until it has read a line; in mode
``money`` it stores the few decisions of a sale one by one.
"""

import os
import resource
import sys
import time
from pathlib import Path

from sessions.store.database import prepare
from sessions.store.journal import Journal
from sessions.units import MonoNs
from tests.sessions.store.story import Story


def tell(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def start(path: Path) -> Journal:
    return Journal(
        path,
        mono=lambda: MonoNs(time.monotonic_ns()),
        on_ack=lambda seq: tell("ack", seq),
        on_trouble=lambda trouble: tell("trouble", trouble) if trouble else tell("well"),
        on_death=lambda death: tell("death", death),
    )


def post_story(journal: Journal, batches: int, wait: bool) -> Story:
    """Posts that many decisions and more of one long story, waiting for each twenty where asked."""
    story = Story()
    story.charge()
    posted = 0
    while posted < batches:
        for batch in story.batches[posted:]:
            journal.post(batch)
        posted = len(story.batches)
        if wait:
            journal.flush(20)
        story.go_on(20)
    return story


def write_on_a_full_disk(journal: Journal) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    post_story(journal, 1_000, wait=False)
    tell("posted")
    sys.stdin.readline()
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    journal.flush(60)
    journal.close()
    tell("closed")


def write_money(journal: Journal) -> None:
    story = Story()
    story.charge()
    for batch in story.batches:
        journal.post(batch)
        journal.flush(20)
    tell("commits", journal.commits)
    # A tidy end would sync too.
    os._exit(0)


def main() -> None:
    path, mode = Path(sys.argv[1]), sys.argv[2]
    prepare(path)
    journal = start(path)
    if mode == "full":
        write_on_a_full_disk(journal)
    elif mode == "money":
        write_money(journal)
    else:
        post_story(journal, sys.maxsize, wait=True)


if __name__ == "__main__":
    main()
