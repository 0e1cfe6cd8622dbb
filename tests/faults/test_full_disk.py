"""A kiosk whose disk fills up while people charge: nothing new is sold, what runs is ended, every phone is fetched."""

import shutil
from pathlib import Path

from sessions.store.books import verify_ledger
from sessions.store.verify import verify_store
from tests.faults.process import ANNA, BEN, KIOSK, KioskProcess, kiosk_process, until
from tests.sessions.store.test_ballast import SMALL_DISK, small_disk_or_skip

ON_A_SMALL_DISK = 'mkdir -p "$0" && mount -t tmpfs -o size=6m tmpfs "$0" && exec "$@"'


def journal(kiosk: KioskProcess) -> str:
    return str(kiosk.http.get("/health").json()["parts"]["journal"]["status"])


def test_on_a_full_disk_sessions_end_and_phones_are_fetched_and_it_sells_again_when_there_is_room(
    tmp_path: Path,
) -> None:
    small_disk_or_skip()
    program = (*SMALL_DISK, "sh", "-c", ON_A_SMALL_DISK, str(tmp_path / "data"), KIOSK)
    with kiosk_process(tmp_path, "--headless", program=program) as kiosk:
        data = Path(f"/proc/{kiosk.pid}/root{kiosk.data}")
        session = kiosk.charge("slot1", ANNA, 10, 600)
        until((data / "kiosk.ballast").exists, "there is a ballast")
        filler = data / "filler"
        with filler.open("wb", buffering=0) as file:
            try:
                while file.write(bytes(4096)):
                    pass
            except OSError:
                pass
        until(lambda: not (data / "kiosk.ballast").exists(), "the ballast makes room")
        until(lambda: kiosk.slot("slot1")["state"] == "finishing", "what runs is ended")
        assert not kiosk.bench("slot1")["relay"]
        assert journal(kiosk) == "failed"
        told = kiosk.sessions()[0]
        assert (told["session_id"], told["stop_reason"]) == (session, "Other")
        assert told["used_s"] + told["returned_s"] == 600
        refused = kiosk.http.post("/api/slots/slot2/start", json={"seconds": 60})
        assert refused.status_code == 409, refused.text

        kiosk.post(f"/api/sessions/{session}/unlock", reason="fetched")
        kiosk.post("/api/bench/slots/slot1/unplug")
        until(lambda: kiosk.slot("slot1")["state"] == "available", "the phone is fetched")

        filler.unlink()
        until(lambda: journal(kiosk) == "ok", "there is room again")
        until((data / "kiosk.ballast").exists, "the ballast is kept again")
        kiosk.charge("slot2", BEN, 5, 200)
        # The small disk goes with the process: the log after the store, so that it has all that the store has not.
        for name in ("kiosk.db", "kiosk.db-wal"):
            shutil.copyfile(data / name, tmp_path / name)
        assert kiosk.stop() == 0
    assert verify_store(tmp_path / "kiosk.db") == []
    assert verify_ledger(tmp_path / "kiosk.db").problems == ()
