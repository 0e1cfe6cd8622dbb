"""A start with a broken pinmap: the last good copy, and never one that may not fit the wires any more."""

from pathlib import Path

import pytest

from hardware.boot_config import read_boot
from hardware.errors import PinmapError
from hardware.pinmap_fallback import GoodCopy, pinmap_to_start
from tests.hardware.pinmap_files import GOOD_TEXT, RELAY1

GOOD = GOOD_TEXT.encode()


def start(folder: Path, data: bytes, copy: bytes | None = GOOD, *, refused: bool = False, boot=None):
    path = folder / "pinmap.json"
    path.write_bytes(data)
    return pinmap_to_start(path, GoodCopy("pinmap.good.json", copy, refused) if copy is not None else None, boot)


def changed(old: str, new: str) -> bytes:
    assert old in GOOD_TEXT
    return GOOD_TEXT.replace(old, new, 1).encode()


def test_a_good_file_needs_no_copy(tmp_path):
    begun = start(tmp_path, GOOD)
    assert begun.notice is None
    assert len(begun.pinmap.slots) == 4


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        bytes(4096),
        GOOD[: len(GOOD) // 2],
        GOOD[:2000] + bytes(48),
        changed('"pi4b"', '"pi4b'),
        changed("},\n", "}\n"),
        GOOD_TEXT.replace('"', "'").encode(),
        changed('"trigger": "coin.accepted"', '"trigger": "coin.acepted"'),
    ],
    ids=["empty", "zeros", "half", "half and zeros", "a quote", "a comma", "all quotes", "no wire"],
)
def test_a_file_that_says_nothing_else_of_the_wires_falls_back(tmp_path, broken):
    begun = start(tmp_path, broken)
    assert begun.notice is not None
    assert "last good copy" in begun.notice
    assert str(tmp_path / "pinmap.json") in begun.notice
    assert len(begun.pinmap.slots) == 4


@pytest.mark.parametrize(
    ("broken", "what"),
    [
        (changed(RELAY1, '{"name": "slot1", "relay": {"pin": 170}'), r"slots\.slot1\.relay\.pin"),
        (changed('"pi4b"', '"pi5",,'), "board"),
        (changed('"outputs": {', '"outputs": {"horn": {"pin": 170},'), r"outputs\.horn\.pin is new"),
    ],
)
def test_a_file_that_was_changed_while_no_kiosk_ran_keeps_it_from_starting(tmp_path, broken, what):
    with pytest.raises(PinmapError, match=f"not used, for this file has other wires: .*{what}") as raised:
        start(tmp_path, broken)
    assert "Mend the file" in str(raised.value)
    assert start(tmp_path, broken, refused=True).notice, "a kiosk went on with the former wires although it was there"


def test_without_a_copy_or_with_a_bad_one_the_file_is_what_is_told_of(tmp_path):
    with pytest.raises(PinmapError, match="the file is empty") as raised:
        start(tmp_path, b"", None)
    assert "copy," not in str(raised.value)
    with pytest.raises(PinmapError, match=r"the last good copy, pinmap\.good\.json, is not used"):
        start(tmp_path, b"", b"{")


def test_a_copy_that_is_not_that_of_the_boot_files_is_not_used(tmp_path):
    root = tmp_path / "boot" / "firmware"
    root.mkdir(parents=True)
    (root / "config.txt").write_text("gpio=17=op,dh\ndtoverlay=gpio-fan,gpiopin=19\n", encoding="utf-8")
    boot = read_boot(tmp_path, "pi4b")
    assert boot is not None
    with pytest.raises(PinmapError, match="is not used"):
        start(tmp_path, b"", boot=boot)
