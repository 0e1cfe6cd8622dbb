"""``kiosk logs export``: into a folder, beside a kiosk that runs and without one, and no stick."""

import json
from zipfile import ZipFile

from tests.faults.process import command, kiosk_process


def test_an_archive_is_written_into_a_folder_while_no_kiosk_runs(tmp_path):
    done = command(tmp_path / "data", "logs", "export", str(tmp_path), "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    with ZipFile(tmp_path / said["file"]) as archive:
        assert archive.read("health.json") == b"The kiosk did not run.\n"


def test_a_running_kiosk_says_how_it_is(tmp_path):
    with kiosk_process(tmp_path, "--headless") as kiosk:
        done = command(kiosk.data, "logs", "export", str(tmp_path))
        assert done.returncode == 0, done.stderr
        assert done.stdout.endswith(".zip is written.\n")
        (found,) = tmp_path.glob("*.zip")
        with ZipFile(found) as archive:
            assert json.loads(archive.read("health.json"))["status"] == "ok"
            assert b"sound" in archive.read("store.txt")


def test_a_folder_that_is_not_there_is_wrong_use(tmp_path):
    assert command(tmp_path, "logs", "export", str(tmp_path / "nowhere")).returncode == 2
