"""The wiring plan, printed and drawn: every wire is there, none covers another, and the shipped picture is current."""

import itertools
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from hardware.check_pins import claims
from hardware.pinmap import check_text, load_pinmap
from hardware.specs import Pinmap
from hardware.svg_sheet import Box, fitted, text_width
from hardware.wiring_picture import WIDTH, draw, wiring_svg
from hardware.wiring_plan import WARNING, plan
from hardware.wiring_text import wiring_text
from tests.hardware.pinmap_files import ACCEPTED, SHIPPED, edited

EIGHT_SLOTS = Path(__file__).with_name("eight_slots.json")
PICTURE = SHIPPED.parent / "docs" / "wiring.svg"


def good(name: str) -> Pinmap:
    pinmap = check_text(edited(ACCEPTED[name])[0], "pinmap.json").pinmap
    assert pinmap is not None
    return pinmap


PINMAPS = {"eight slots behind a mux": load_pinmap(EIGHT_SLOTS), **{name: good(name) for name in ACCEPTED}}


@pytest.mark.parametrize("name", PINMAPS)
def test_every_claimed_pin_has_its_wire_and_no_other(name):
    pinmap = PINMAPS[name]
    drawn = plan(pinmap)
    on_header = {pin.name: len(pin.wires) for pin in drawn.header if pin.wires}
    on_chips = {(chip.name, pin) for chip in drawn.chips for pin, wire in enumerate(chip.pins) if wire}
    claimed = [claim for claim in claims(pinmap) if claim.expander is None]
    usual = {"GPIO2", "GPIO3"} | ({"GPIO14", "GPIO15"} if "GPIO14" in on_header else set())
    assert on_header.keys() - usual == {claim.name for claim in claimed} - usual
    assert sum(on_header.values()) - sum(on_header[pin] for pin in usual) == len(
        [claim for claim in claimed if claim.name not in usual]
    )
    assert on_chips == {(claim.expander, claim.pin) for claim in claims(pinmap) if claim.expander is not None}


@pytest.mark.parametrize("name", PINMAPS)
def test_no_text_covers_another_or_leaves_the_paper(name):
    sheet = draw(plan(PINMAPS[name]))
    for (one, first), (other, second) in itertools.combinations(sheet.texts, 2):
        assert not first.covers(second), (one, other)
    paper = Box(0, 0, WIDTH, sheet.bottom + 40)
    for text, box in sheet.texts:
        assert paper.left <= box.left <= box.right <= paper.right, text
        assert box.bottom <= paper.bottom


@pytest.mark.parametrize("name", PINMAPS)
def test_the_picture_is_well_formed_and_begins_with_the_warning(name):
    root = ET.fromstring(wiring_svg(plan(PINMAPS[name])))
    texts = [each.text or "" for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert set(WARNING) <= set(texts[:7])
    for slot in PINMAPS[name].slots:
        assert any(slot.name in text for text in texts)


def test_the_shipped_picture_is_of_the_shipped_pinmap():
    told = "run: kiosk pinmap wiring pinmap.json --svg docs/wiring.svg"
    assert PICTURE.read_text(encoding="utf-8") == wiring_svg(plan(load_pinmap(SHIPPED))), told


def test_the_text_begins_with_the_warning_and_shows_the_header_as_it_lies():
    text = wiring_text(plan(load_pinmap(SHIPPED)))
    lines = text.splitlines()
    assert lines[0] == "WARNING"
    assert "never touch a GPIO pin" in lines[2]
    assert any("slot1.relay   GPIO17 (11)(12) GPIO18   buzzer" in line for line in lines)
    assert any(line.split()[:4] == ["J8:33", "GPIO13", "slot4.display", "CLK"] for line in lines)
    assert all(line == line.rstrip() for line in lines)


@pytest.mark.parametrize("name", PINMAPS)
def test_the_text_fits_a_terminal_of_80_columns(name):
    assert [line for line in wiring_text(plan(PINMAPS[name])).splitlines() if len(line) > 80] == []


@pytest.mark.parametrize(
    ("wire", "needs"),
    [
        ("slot1.relay", ["IN", "orange", "10 kohm to ground"]),
        ("slot1.lock", ["driver", "violet", "10 kohm to ground, MOSFET, diode at the coil"]),
        ("slot2.display DIO", ["yellow", "470 ohm in series"]),
        ("water.cup ECHO", ["turquoise", "divider 10/20 kohm"]),
        ("temperature1", ["DQ", "grey", "4.7 kohm to 3.3 V"]),
        ("reader TX", ["green", "divider 10/20 kohm"]),
        ("coin.enable", ["inhibit", "10 kohm to ground"]),
    ],
)
def test_what_belongs_into_a_wire_is_said(wire, needs):
    text = wiring_text(plan(load_pinmap(SHIPPED))).replace("\n" + " " * 12, " ")  # what was wrapped is put back
    lines = [" ".join(line.split()) for line in text.splitlines() if line.startswith("  J8")]
    line = next(line for line in lines if f" {wire} " in line)
    assert all(need in line for need in needs)


def test_resistors_hold_off_by_polarity():
    edits = {
        **ACCEPTED["a relay of the other polarity where pins boot high"],
        '"lock": {"pin": 24}': '"lock": {"pin": 4, "active": "low"}',
        '"temperature": [{"kind": "ds18b20", "pin": 4, "warn_C": 45, "trip_C": 60}]': '"temperature": []',
    }
    pinmap = check_text(edited(edits)[0], "pinmap.json").pinmap
    assert pinmap is not None
    wires = {wire.holder: wire for pin in plan(pinmap).header for wire in pin.wires}
    assert [need.text for need in wires["slot1.relay"].needs] == ["10 kohm to 3.3 V", "VCC 3.3 V, JD-VCC 5 V"]
    assert wires["slot1.lock"].needs[0].text == "10 kohm to 3.3 V"
    assert wires["slot2.lock"].needs[0].text == "10 kohm to ground"


def test_addresses_are_shown_as_straps_and_a_mux_once():
    text = wiring_text(plan(load_pinmap(EIGHT_SLOTS)))
    assert "A2 to ground, A1 to ground, A0 to 3.3 V" in text
    assert text.count("TCA9548A") == 1
    assert "mux 0x70/3" in text


def test_a_text_is_cut_to_its_room():
    assert fitted("short", 10, 100) == "short"
    cut = fitted("a very long name of a part", 10, 60)
    assert cut.endswith("…")
    assert text_width(cut, 10) <= 60
