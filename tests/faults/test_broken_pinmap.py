"""A pinmap that is broken when the kiosk starts: it runs with the last good copy, and everybody is told."""

from pathlib import Path
from typing import Any

import pytest

from tests.faults.process import PINMAP, KioskProcess, command, kiosk_process, until

GOOD = PINMAP.read_bytes()
OTHER = GOOD.replace(b'"relay": {"pin": 17}', b'"relay": {"pin": 170}')


@pytest.fixture
def pinmap(tmp_path: Path) -> Path:
    path = tmp_path / "pinmap.json"
    path.write_bytes(GOOD)
    return path


def part(kiosk: KioskProcess) -> Any:
    return kiosk.get("/health")["parts"]["pinmap"]


def faults(kiosk: KioskProcess) -> list[str]:
    return list(kiosk.get("/api/session")["data"]["faults"])


def ran_well(folder: Path, pinmap: Path) -> None:
    with kiosk_process(folder, "--headless", "--pinmap", str(pinmap)) as kiosk:
        until((folder / "data" / "pinmap.good.json").exists, "the copy is kept")
        assert part(kiosk)["status"] == "ok"
        kiosk.stop()


def test_a_torn_pinmap_is_replaced_by_the_last_good_one_and_told_until_it_is_mended(
    tmp_path: Path, pinmap: Path
) -> None:
    ran_well(tmp_path, pinmap)
    pinmap.write_bytes(GOOD[:1500] + bytes(500))
    with kiosk_process(tmp_path, "--headless", "--pinmap", str(pinmap)) as kiosk:
        assert len(kiosk.get("/api/slots")["slots"]) == 4
        until(lambda: "last good copy" in part(kiosk)["detail"], "health says so")
        until(lambda: any("last good copy" in fault for fault in faults(kiosk)), "pages and screens say so")
        assert "last good copy" in (tmp_path / "data" / "kiosk.log").read_text(encoding="utf-8")
        pinmap.write_bytes(GOOD)
        until(lambda: part(kiosk)["status"] == "ok", "it is mended")
        until(lambda: not faults(kiosk), "nobody is told any more")
        kiosk.stop()


def test_a_mistake_saved_while_it_ran_is_told_at_once_and_keeps_no_kiosk_from_starting(
    tmp_path: Path, pinmap: Path
) -> None:
    with kiosk_process(tmp_path, "--headless", "--pinmap", str(pinmap)) as kiosk:
        until((tmp_path / "data" / "pinmap.good.json").exists, "the copy is kept")
        pinmap.write_bytes(OTHER)
        until(lambda: any("slots[0].relay.pin" in fault for fault in faults(kiosk)), "the operator is told")
        kiosk.kill()
    with kiosk_process(tmp_path, "--headless", "--pinmap", str(pinmap)) as kiosk:
        until(lambda: "last good copy" in part(kiosk)["detail"], "it runs all the same")


def test_wires_changed_while_no_kiosk_ran_are_not_guessed(tmp_path: Path, pinmap: Path) -> None:
    ran_well(tmp_path, pinmap)
    pinmap.write_bytes(OTHER)
    done = command(tmp_path / "data", "run", "--simulate", "--headless", "--pinmap", str(pinmap))
    assert done.returncode == 1
    assert "other wires: slots.slot1.relay.pin" in done.stderr
