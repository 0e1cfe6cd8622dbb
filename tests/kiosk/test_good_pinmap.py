"""The kept copy of the pinmap that works."""

from pathlib import Path

from kiosk.good_pinmap import GOOD_NAME, GoodPinmap


def test_what_is_in_use_is_kept_for_its_own_file(tmp_path: Path) -> None:
    kept = GoodPinmap(tmp_path, tmp_path / "pinmap.json")
    assert kept.read() is None
    kept.good(b"one")
    kept.good(b"two")
    assert GoodPinmap(tmp_path, tmp_path / "pinmap.json").read() == b"two"
    assert GoodPinmap(tmp_path, tmp_path / "other.json").read() is None
    assert sorted(path.name for path in tmp_path.iterdir()) == [GOOD_NAME, "pinmap.good.state"]


def test_what_was_refused_is_known_until_something_is_good(tmp_path: Path) -> None:
    file = tmp_path / "pinmap.json"
    kept = GoodPinmap(tmp_path, file)
    kept.good(b"good")
    kept.refused(b"bad")
    again = GoodPinmap(tmp_path, file)
    assert not again.was_refused()
    file.write_bytes(b"worse")
    assert not again.was_refused()
    file.write_bytes(b"bad")
    assert again.was_refused()
    assert again.read() == b"good"
    kept.good(b"good")
    assert not again.was_refused()


def test_a_disk_that_cannot_store_costs_the_copy_and_nothing_else(tmp_path: Path) -> None:
    kept = GoodPinmap(tmp_path / "gone", tmp_path / "pinmap.json")
    kept.good(b"good")
    kept.refused(b"bad")
    assert kept.read() is None


def test_a_damaged_state_is_none(tmp_path: Path) -> None:
    file = tmp_path / "pinmap.json"
    file.write_bytes(b"bad")
    kept = GoodPinmap(tmp_path, file)
    kept.good(b"good")
    (tmp_path / "pinmap.good.state").write_bytes(b"\0\0")
    assert kept.read() is None
    assert not kept.was_refused()
