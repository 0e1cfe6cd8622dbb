"""However the kiosk ends, every relay ends off; and what was going on is there again after the next start."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.process import (
    ANNA,
    ANNA_UID,
    KioskProcess,
    Reader,
    books_are_sound,
    command,
    kiosk_process,
    last_words,
    relays_left,
    until,
)

PLANTED = """
import sys
import sessions.jobs, sessions.store.journal, kiosk.cli
def fails(*arguments):
    raise RuntimeError("planted")
{plant}
sys.argv[0] = "kiosk"
kiosk.cli.main()
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_stops_well(tmp_path: Path, number: signal.Signals) -> None:
    with kiosk_process(tmp_path, "--headless") as kiosk:
        kiosk.charge("slot1", ANNA, 5, 300)
        assert kiosk.bench("slot1")["relay"]
        assert kiosk.stop(number) == 0
    assert not any(relays_left(kiosk.data).values())
    assert last_words(kiosk.data) == f"told to stop by {number.name}"
    books_are_sound(kiosk.data)


def test_stopped_while_something_is_wrong_that_is_no_slots_it_starts_again(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    with kiosk_process(tmp_path, "--headless", reader=reader) as kiosk:
        reader.pull_out()
        until(lambda: kiosk.get("/api/session")["data"]["faults"], "the reader is missed")
        assert kiosk.stop() == 0
    books_are_sound(kiosk.data)
    reader.plug_in()
    with kiosk_process(tmp_path, "--headless", reader=reader) as kiosk:
        until(lambda: not kiosk.get("/api/session")["data"]["faults"], "the reader is back")
    reader.close()


def test_killed_it_leaves_relays_driven_until_told_off_and_resumes_after_a_restart(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    with kiosk_process(tmp_path, "--headless", reader=reader) as kiosk:
        session = kiosk.charge("slot1", ANNA, 10, 600)
        until(lambda: kiosk.slot("slot1")["remaining_s"] <= 597, "some seconds are used")
        kiosk.kill()
    assert relays_left(kiosk.data)["slot1"], "pins stay driven when a process is killed"
    off = command(kiosk.data, "outputs", "off", "--simulate")
    assert off.returncode == 0, off.stdout + off.stderr
    assert not any(relays_left(kiosk.data).values())
    with kiosk_process(tmp_path, "--headless", reader=reader) as kiosk:
        slot = kiosk.slot("slot1")
        assert (slot["state"], slot["session_id"]) == ("suspended_ev", session)
        assert (kiosk.bench("slot1")["lock"], kiosk.bench("slot1")["door"]) == ("locked", "shut")
        until(lambda: kiosk.slot("slot1")["state"] == "charging", "the phone draws again")
        assert kiosk.slot("slot1")["remaining_s"] <= 600
        assert kiosk.visit() is None
        assert kiosk.stop() == 0
    reader.close()
    books_are_sound(kiosk.data)


def test_killed_before_anything_was_plugged_in_the_time_is_returned(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    with kiosk_process(tmp_path, "--headless", reader=reader) as kiosk:
        kiosk.post("/api/bench/coin", value=5)
        kiosk.tap(ANNA)
        until(kiosk.visit, "signed in")
        kiosk.post("/api/slots/slot3/start", seconds=200)
        kiosk.kill()
    with kiosk_process(tmp_path, "--headless", reader=reader) as kiosk:
        shown = command(kiosk.data, "cards", "show", ANNA_UID, "--json").stdout
        assert '"charge_s": 300' in shown
        told = kiosk.sessions()[0]
        assert (told["stop_reason"], told["used_s"], told["returned_s"]) == ("PowerLoss", 0, 200)
    reader.close()
    books_are_sound(kiosk.data)


def test_a_lost_display_ends_it_with_every_relay_off(tmp_path: Path) -> None:
    read, write = os.pipe()
    x11 = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x900x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as said:
        display = said.readline().strip()
    program = ("env", f"DISPLAY=:{display}", str(Path(sys.executable).with_name("kiosk")))
    with kiosk_process(tmp_path, program=program) as kiosk:
        kiosk.charge("slot1", ANNA, 5, 300)
        assert kiosk.bench("slot1")["relay"]
        x11.terminate()
        x11.wait()
        assert kiosk.wait() == 69
    assert not any(relays_left(kiosk.data).values())
    assert "The display is gone" in (tmp_path / "stderr").read_text()
    assert last_words(kiosk.data) == "The display is gone."


@pytest.mark.parametrize(
    ("plant", "says", "stores"),
    [
        (
            "sessions.jobs.show = lambda desk, record: record.meter.running and fails()",
            "planted",
            "A fault in the kiosk itself (RuntimeError: planted).",
        ),
        ("sessions.store.journal.Journal.mark = fails", "planted", None),
        (
            "import sessions.store.writer as w; w.Writer._write_mark = fails",
            "The store's writer has died",
            None,
        ),
    ],
)
def test_a_fault_of_our_own_ends_it_with_every_relay_off(
    tmp_path: Path, plant: str, says: str, stores: str | None
) -> None:
    program = (sys.executable, "-c", PLANTED.format(plant=plant))
    with kiosk_process(tmp_path, "--headless", program=program) as kiosk:
        kiosk.post("/api/bench/coin", value=5)
        kiosk.tap(ANNA)
        until(kiosk.visit, "signed in")
        kiosk.post("/api/slots/slot1/start", seconds=200)
        _plug_until_it_ends(kiosk)
        assert kiosk.wait() != 0
    assert not any(relays_left(kiosk.data).values())
    told = (tmp_path / "stderr").read_text()
    assert says in told, told
    assert last_words(kiosk.data) == stores


def _plug_until_it_ends(kiosk: KioskProcess) -> None:
    kiosk.http.post("/api/bench/slots/slot1/plug", json={"phone": "typical"})
    until(lambda: not kiosk.running, "the planted fault ends the process")
