"""The archive for whoever helps from far away: what is in it, what is not, and what bad sticks lead to."""

import json
import os
import shutil
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from zipfile import ZipFile

import pytest

from kiosk.card_secret import card_secret
from kiosk.clock import SystemClock
from kiosk.errors import StickError, StickTrouble
from kiosk.log_archive import Sources, export_logs, write_archive
from kiosk.settings import parse_settings
from kiosk.sticks import Sticks
from sessions.journaling import SelfTest
from sessions.store.journal import Journal
from sessions.store.opening import open_store
from sessions.units import MonoNs, UtcMs
from tests.kiosk.running import PINMAP

SETTINGS = '[kiosk]\nid = "plaza"\n[firebase]\ndatabase_url = "https://x.test"\ncredentials = "/etc/very-secret.json"\n'
UID = "em4100:00C8F1B2"


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    data = tmp_path / "data"
    data.mkdir()
    secret = card_secret(data)
    assert secret
    open_store(data / "kiosk.db", SystemClock()())
    journal = Journal(
        data / "kiosk.db", mono=lambda: MonoNs(0), on_ack=print, on_trouble=print, on_death=lambda error: None
    )
    journal.selftest(SelfTest(UtcMs(0), False, ({"device": "slot1.lock", "check": "opens", "result": "fail"},)))
    journal.close()
    (data / "kiosk.log").write_text(f"the newest line\na card {UID} that nobody should have written\n")
    (data / "kiosk.log.1").write_text("an older line\n" * 10_000)
    return Sources(data, parse_settings(SETTINGS), PINMAP, lambda: {"status": "ok"})


def nothing(share: float) -> None:
    """No bar."""


def texts(archive: Path) -> dict[str, str]:
    with ZipFile(archive) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name).decode() for name in opened.namelist()}


def test_everything_is_in_it_and_no_secret(sources, tmp_path):
    shares: list[float] = []
    told = texts(write_archive(sources, tmp_path, shares.append))
    assert set(told) == {
        "README.txt", "settings.toml", "pinmap.json", "health.json", "selftests.json", "store.txt",
        "logs/kiosk.log", "logs/kiosk.log.1",
    }  # fmt: skip
    assert told["logs/kiosk.log"].startswith("the newest line")
    assert json.loads(told["pinmap.json"])["slots"]
    assert json.loads(told["health.json"]) == {"status": "ok"}
    assert json.loads(told["selftests.json"])[0]["checks"][0]["device"] == "slot1.lock"
    assert "sound" in told["store.txt"]
    whole = "".join(told.values())
    secret = (sources.data_dir / "card.key").read_text().strip()
    assert not [hidden for hidden in (UID, "very-secret", secret) if hidden in whole]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)


@pytest.mark.parametrize("year", [1970, 2150])
def test_a_clock_that_is_wrong_by_decades_keeps_nobody_from_the_logs(sources, tmp_path, monkeypatch, year):
    set_clock(monkeypatch, datetime(year, 1, 1, tzinfo=UTC))
    archive = write_archive(sources, tmp_path, nothing)
    assert archive.name == f"plaza-logs-{year}0101-000000.zip"
    assert "the newest line" in texts(archive)["logs/kiosk.log"]


def test_a_link_that_lies_on_a_stick_leads_nowhere(sources, tmp_path, monkeypatch):
    set_clock(monkeypatch, datetime(2026, 11, 21, tzinfo=UTC))
    secret = sources.data_dir / "card.key"
    before = secret.read_bytes()
    (tmp_path / "plaza-logs-20261121-000000.part").symlink_to(secret)
    with pytest.raises(StickError):
        write_archive(sources, tmp_path, nothing)
    assert secret.read_bytes() == before
    write_archive(sources, tmp_path, nothing)


def set_clock(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    class Clock:
        @staticmethod
        def now(tz: tzinfo) -> datetime:
            return at.astimezone(tz)

    monkeypatch.setattr("kiosk.log_archive.datetime", Clock)


def test_a_stick_that_is_mounted_already_is_used_and_left_alone(sources, tmp_path):
    stick = tmp_path / "my stick"
    stick.mkdir()
    mounts = tmp_path / "mounts"
    named = str(stick).replace(" ", "\\040")
    mounts.write_text(f"1 0 0:1 / / rw - ext4 /dev/root rw\n2 1 8:1 / {named} rw shared:1 - vfat /dev/sda1 rw\n")
    done = export_logs(sources, Sticks(mounts=mounts, places=(str(tmp_path),), run_dir=tmp_path), nothing)
    assert done.mounted
    assert (stick / done.name).exists()


def refused(sources: Sources, folder: Path, progress=nothing) -> StickTrouble:
    with pytest.raises(StickError) as refusal:
        write_archive(sources, folder, progress)
    assert str(refusal.value).endswith(".")
    assert not list(folder.glob("plaza-*")) if folder.exists() else True
    return refusal.value.trouble


def test_a_stick_that_is_pulled_out_midway(sources, tmp_path):
    stick = tmp_path / "stick"
    stick.mkdir()
    assert refused(sources, stick, lambda share: shutil.rmtree(stick, ignore_errors=True)) is StickTrouble.PULLED


def test_a_stick_that_fills_up_midway(sources, tmp_path, monkeypatch):
    """A file on a device that is full from the first byte on."""
    stick = tmp_path / "stick"
    stick.mkdir()
    real = Path.open

    def full(path: Path, mode: str = "r", **rest):
        return real(Path("/dev/full"), "wb") if path.suffix == ".part" else real(path, mode, **rest)

    monkeypatch.setattr(Path, "open", full)
    assert refused(sources, stick) is StickTrouble.FULL


def test_a_stick_without_room_is_told_before_anything_is_written(sources, tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=1)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    assert refused(sources, tmp_path) is StickTrouble.FULL


def test_a_stick_that_cannot_be_written(sources, tmp_path):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"2 1 8:1 / {tmp_path}/stick ro - vfat /dev/sda1 ro\n")
    with pytest.raises(StickError) as refusal:
        export_logs(sources, Sticks(mounts=mounts, places=(str(tmp_path),), run_dir=tmp_path), nothing)
    assert refusal.value.trouble is StickTrouble.READ_ONLY


def test_without_anybody_who_mounts_there_is_no_stick(sources, tmp_path):
    mounts = tmp_path / "mounts"
    mounts.touch()
    with pytest.raises(StickError) as refusal:
        export_logs(sources, Sticks(mounts=mounts, run_dir=tmp_path / "nowhere"), nothing)
    assert refusal.value.trouble is StickTrouble.NONE


def test_a_data_disk_that_fails_is_not_the_sticks_fault(sources, tmp_path):
    os.remove(sources.data_dir / "kiosk.db")
    (sources.data_dir / "kiosk.log.2").symlink_to("/proc/self/mem")
    told = texts(write_archive(sources, tmp_path, nothing))
    assert "cannot be read" in told["logs/kiosk.log.2"]
    assert "sound" not in told["store.txt"]
