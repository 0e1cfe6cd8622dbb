"""Writes the stored file of this version, once, when a migration is added: python -m tests.sessions.store.make_file

A stored file is never made again: what old programs wrote must be read for ever.
"""

import shutil
import tempfile
from pathlib import Path

from sessions.store.database import migrations, open_writer, prepare, store_path
from sessions.store.load import write_snapshot
from sessions.store.writer import Writer
from tests.sessions.store.story import Story

STORY = 29
"""A story with three sessions, four cards, a held coin and a fault still open."""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = store_path(Path(folder))
        prepare(path)
        story = Story(STORY)
        story.charge()
        story.go_on(45)
        connection = open_writer(path)
        Writer(connection).store(story.batches)
        write_snapshot(connection)
        connection.close()
        shutil.copy(path, Path(__file__).parent / "files" / f"version-{len(migrations()):04}.db")


if __name__ == "__main__":
    main()
