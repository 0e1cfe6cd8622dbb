"""Data that a restart takes away: it is recognised, and nothing is sold on it."""

from pathlib import Path

import pytest

from kiosk.app import _volatile
from kiosk.durable import volatile_because
from kiosk.options import RunOptions
from kiosk.settings_model import Settings
from tests.kiosk.running import running_kiosk, wait_for

CARD = "22 1 179:2 / / rw,noatime shared:1 - ext4 /dev/mmcblk0p2 rw\n"
DATA = Path("/var/lib/kiosk")
OVERLAY = "22 1 0:25 / / rw - overlay overlay rw\n"
KEPT = {
    "an SD card": CARD,
    "a disk of its own below an overlay": OVERLAY + "30 22 8:1 / /var/lib/kiosk rw - ext4 /dev/sda1 rw\n",
    "an SD card beside a RAM disk": CARD
    + "30 22 0:30 / /tmp rw - tmpfs tmpfs rw\n31 22 0:30 / /var/lib/kiosk2 rw - tmpfs x rw\n",
    "a disk over a RAM disk": CARD
    + "30 22 0:3 / /var/lib rw - tmpfs tmpfs rw\n31 30 8:1 / /var/lib rw - btrfs /dev/sda1 rw\n",
    "no word of it": "",
    "a line of another shape": "22 1\n" + CARD,
}
LOST = {
    "an overlay": "22 1 0:25 / / ro,relatime - overlay overlay rw,lowerdir=/lower,upperdir=/upper/data\n",
    "a RAM disk": CARD + "30 22 0:30 / /var rw - tmpfs tmpfs rw\n",
    "compressed memory": CARD + "30 22 253:0 / /var/lib rw - ext4 /dev/zram0 rw\n",
    "a RAM disk with a space in its name": CARD + "30 22 0:30 / /my\\040data rw - tmpfs tmpfs rw\n",
}


@pytest.mark.parametrize("mounts", KEPT.values(), ids=KEPT)
def test_a_disk_keeps_what_is_stored(mounts):
    assert volatile_because(DATA, mounts) is None


@pytest.mark.parametrize("name", LOST)
def test_memory_does_not(name):
    directory = Path("/my data/kiosk") if "space" in name else DATA
    why = volatile_because(directory, LOST[name])
    assert why is not None
    assert str(directory) in why
    assert "raspi-config" in why


def test_a_kiosk_on_memory_sells_nothing_and_takes_no_coin(tmp_path):
    with running_kiosk(tmp_path, "/var/lib/kiosk is on overlay, which a restart empties.") as kiosk:
        wait_for(lambda: kiosk.get("/api/session")["data"]["mode"] == "out_of_service")
        assert kiosk.wiring.outputs.on("coin.enable") is False
        kiosk.done("/api/bench/tap", {"uid": "0A00C8F1B2"})
        refused = kiosk.post("/api/slots/slot1/start", {"seconds": 60})
        assert refused.status_code >= 400
        assert "on overlay" in str(kiosk.facade.health())
        # A disk that ailed and works again is still memory.
        kiosk.inbox.put(lambda: kiosk.kiosk._storing(None))
        wait_for(lambda: kiosk.conductor.state.causes)
        assert kiosk.get("/api/session")["data"]["mode"] == "out_of_service"


def test_a_kiosk_on_a_disk_sells(tmp_path):
    with running_kiosk(tmp_path) as kiosk:
        wait_for(lambda: kiosk.wiring.outputs.on("coin.enable"))
        assert kiosk.get("/api/session")["data"]["mode"] == "idle"


@pytest.mark.parametrize(
    ("simulate", "mounts", "sells"), [(True, "tmpfs", True), (False, "tmpfs", False), (False, "ext4", True)]
)
def test_only_a_real_kiosk_minds(tmp_path, monkeypatch, simulate, mounts, sells):
    file = tmp_path / "mountinfo"
    file.write_text(CARD.replace("ext4", mounts))
    monkeypatch.setattr("kiosk.app.MOUNTS", file)
    options = RunOptions(data_dir=tmp_path / "data", settings=Settings(), pinmap=Path("pinmap.json"), simulate=simulate)
    assert (_volatile(options) is None) is sells
