import subprocess
import sys
from pathlib import Path

import pytest

from sessions.errors import StoreBusy, StoreError
from sessions.store.lock import DataLock

HOLDER = """
import sys
from pathlib import Path
from sessions.store.lock import DataLock
lock = DataLock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_one_process_holds_a_data_directory_and_is_named(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(StoreBusy, match=f"in use by process {holder.pid}"):
            DataLock(tmp_path)
        holder.kill()
        holder.wait()
        with DataLock(tmp_path):
            pass


def test_a_directory_that_cannot_be_used_is_named_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for data_dir, make in ((tmp_path / "absent", False), (tmp_path / "file", False), (tmp_path / "file" / "in", True)):
        with pytest.raises(StoreError, match=rf"{data_dir} cannot be used .*--data DIR"):
            DataLock(data_dir, make=make)
    DataLock(tmp_path / "absent" / "deep", make=True).release()


def test_the_lock_is_held_once_even_within_a_process(tmp_path: Path) -> None:
    with DataLock(tmp_path) as lock, pytest.raises(StoreBusy):
        DataLock(tmp_path)
    lock.release()
    DataLock(tmp_path).release()
