"""The pictures of the building guide are of the shipped pinmap, can be read, and each is shown in its step."""

import itertools

import pytest

from docs import circuits
from hardware.svg_sheet import Box


@pytest.mark.parametrize("name", circuits.PICTURES)
def test_each_picture_is_current(name):
    drawn = (circuits.FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    assert drawn == circuits.PICTURES[name]().svg(), "run python -m docs.generate"


@pytest.mark.parametrize("name", circuits.PICTURES)
def test_no_text_covers_another_or_leaves_the_paper(name):
    sheet = circuits.PICTURES[name]().sheet
    paper = Box(0, 0, sheet.width, sheet.bottom + 24)
    for text, box in sheet.texts:
        assert paper.left <= box.left, text
        assert box.right <= paper.right, text
    for (one, first), (other, second) in itertools.combinations(sheet.texts, 2):
        assert not first.covers(second), (one, other)


def test_the_guide_shows_each_picture_once_and_no_other():
    guide = (circuits.FOLDER.parent / "build-one.md").read_text(encoding="utf-8")
    assert [guide.count(f"(circuits/{name}.svg)") for name in circuits.PICTURES] == [1] * len(circuits.PICTURES)
    assert {path.stem for path in circuits.FOLDER.glob("*.svg")} == set(circuits.PICTURES)


def test_the_port_is_in_the_order_that_proves_on_off_and_welded():
    x = {text: box.left for text, box in circuits.port().sheet.texts}
    assert x["usb +"] < x["fuse 3 A"] < x["COM"] < x["NO"] < x["4.7 kohm"] < x["VIN+"] < x["VIN-"] < x["red"]
