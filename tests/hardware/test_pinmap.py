"""The checker against what operators write: every file that is good, and every one that is not."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from hardware.checks import RULES
from hardware.errors import HardwareError, PinmapError
from hardware.jsontext import MAX_BYTES
from hardware.pinmap import MAX_TOLD, check_file, check_text, load_pinmap
from hardware.pinmap_words import EXAMPLES
from hardware.reader_specs import NoReaderSpec, Rdm6300Spec
from hardware.slot_specs import SlotSpec
from hardware.spec_base import Spec
from hardware.specs import Pinmap
from tests.hardware.pinmap_files import ACCEPTED, GOOD_TEXT, SHIPPED, WARNED, Broken, edited
from tests.hardware.pinmap_rule_mistakes import RULE_MISTAKES
from tests.hardware.pinmap_text_mistakes import TEXT_MISTAKES
from tests.hardware.pinmap_value_mistakes import VALUE_MISTAKES

MISTAKES = {**TEXT_MISTAKES, **VALUE_MISTAKES, **RULE_MISTAKES}

SMALLEST = {
    "version": 1,
    "board": "zero2w",
    "supplies": {"usb": {"V": 5.2, "max_mA": 3000}},
    "slots": [
        {
            "name": "a",
            "relay": {"pin": 17, "active": "high"},
            "sensor": {"address": "0x40", "shunt_ohm": 0.05, "max_mA": 2400, "supply": "usb"},
        }
    ],
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_good_files_are_good_and_without_a_warning(name):
    report = check_text(edited(ACCEPTED[name])[0], "pinmap.json")
    assert (report.errors, report.warnings) == ((), ())
    assert report.valid
    assert isinstance(report.pinmap, Pinmap)


@pytest.mark.parametrize("name", WARNED)
def test_files_that_deserve_a_word_are_good_nonetheless(name):
    edits, path, message = WARNED[name]
    report = check_text(edited(edits)[0], "pinmap.json")
    assert report.errors == ()
    assert [(warning.path, warning.severity) for warning in report.warnings] == [(path, "warning")]
    assert message in report.warnings[0].message


@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_is_told_once_with_its_place_and_what_to_write(name):
    broken: Broken = MISTAKES[name]
    text, place = edited(broken.edits)
    report = check_text(text, "pinmap.json")
    assert [problem.path for problem in report.errors] == [broken.path]
    problem = report.errors[0]
    assert broken.message in problem.message
    assert broken.hint in problem.hint
    if place is not None:
        assert (problem.line, problem.column) == place
    assert report.pinmap is None


def test_every_rule_has_a_file_that_breaks_it():
    broken = {mistake.rule for mistake in RULE_MISTAKES.values()}
    warned = [check_text(edited(edits)[0], "pinmap.json").pinmap for edits, _, _ in WARNED.values()]
    told = {rule.id for rule in RULES for pinmap in warned if pinmap and any(rule.check(pinmap))}
    assert broken | told == {rule.id for rule in RULES}


def test_there_are_enough_broken_files():
    assert len(MISTAKES) >= 100


def test_all_mistakes_of_a_file_are_told_at_once_and_in_order():
    names = [
        "line comment",
        "too large",
        "unknown key",
        "an address twice",
        "a burning coil",
        "wrong reader",
        "a trigger that is not",
    ]
    edits = {old: new for name in names for old, new in MISTAKES[name].edits.items()}
    text, _ = edited({old: new.replace("¦", "") for old, new in edits.items()})
    report = check_text(text, "pinmap.json")
    assert {problem.path for problem in report.errors} == {MISTAKES[name].path for name in names}
    assert [problem.line for problem in report.errors] == sorted(problem.line for problem in report.errors)


def test_one_wrong_default_is_one_problem_however_many_slots_have_it():
    report = check_text(GOOD_TEXT.replace('"max_mA": 2400', '"max_mA": "much"'), "pinmap.json")
    assert [problem.path for problem in report.errors] == ["slot_defaults.sensor.max_mA"]


def test_a_default_is_checked_even_where_every_slot_overrides_it():
    document = json.loads(json.dumps(SMALLEST))
    document["slot_defaults"] = {"sensor": {"shunt_ohm": 7}, "lock": {"pulse": 3}}
    report = check_text(json.dumps(document), "pinmap.json")
    assert [problem.path for problem in report.errors] == ["slot_defaults.sensor.shunt_ohm", "slot_defaults.lock.pulse"]


def test_who_makes_one_mistake_many_times_is_spared_most_of_it():
    report = check_text(json.dumps({"version": 1, "board": "pi5", "slots": [1] * 2000}), "pinmap.json")
    assert len(report.errors) == MAX_TOLD + 1
    assert "1800 more problems" in report.errors[-1].message


def test_slots_are_given_with_their_defaults():
    pinmap = load_pinmap(SHIPPED)
    slot = pinmap.slots[2]
    assert slot.name == "slot3"
    assert (slot.relay.pin, slot.relay.active, slot.relay.port_on_level) == (22, "high", "high")
    assert (slot.sensor.address, slot.sensor.shunt_ohm, slot.sensor.supply) == (0x44, 0.05, "usb")
    assert slot.display is not None
    assert (slot.display.clk, slot.display.dio) == (13, 7)
    assert slot.lock is not None
    assert (slot.lock.pin, slot.lock.pulse_ms, slot.lock.mA) == (16, 500, 800)
    assert slot.door is not None
    assert (slot.door.expander, slot.door.pin, slot.door.closed) == ("io1", 2, "low")
    assert (slot.cable, slot.plug) == ("captive", "Lightning")
    assert isinstance(pinmap.reader, Rdm6300Spec)
    assert pinmap.reader.pins == (14, 15)


def test_a_slot_overrides_its_defaults_key_by_key():
    text, _ = edited({'"lock": {"pin": 24}': '"lock": {"pin": 24, "mA": 900}', '"door": {"pin": 1}': '"door": null'})
    report = check_text(text, "pinmap.json")
    assert report.pinmap is not None
    first, second = report.pinmap.slots[:2]
    assert first.lock is not None
    assert (first.lock.mA, first.lock.pulse_ms) == (900, 500)
    assert second.door is None


def test_pins_are_the_same_however_they_are_written():
    for written in (17, "GPIO17", "gpio17", "BCM17", "J8:11", "BOARD11"):
        document = json.loads(json.dumps(SMALLEST))
        document["slots"][0]["relay"]["pin"] = written
        pinmap = check_text(json.dumps(document), "pinmap.json").pinmap
        assert pinmap is not None
        assert pinmap.slots[0].relay.pin == 17


def test_the_smallest_kiosk_has_one_slot_and_nothing_else():
    pinmap = check_text(json.dumps(SMALLEST), "pinmap.json").pinmap
    assert pinmap is not None
    slot = pinmap.slots[0]
    assert (slot.display, slot.lock, slot.door) == (None, None, None)
    assert (pinmap.coin, pinmap.water, pinmap.expanders, pinmap.outputs) == (None, None, {}, {})
    assert pinmap.reader == NoReaderSpec()
    assert pinmap.i2c[1].hz == 100_000


def test_the_shipped_file_says_what_it_always_said():
    pinmap = load_pinmap(SHIPPED)
    assert [slot.name for slot in pinmap.slots] == ["slot1", "slot2", "slot3", "slot4"]
    assert json.loads(GOOD_TEXT).keys() >= {"coin", "water", "safety", "subscriptions"}


@pytest.mark.parametrize(
    ("contents", "message", "hint", "place"),
    [
        (b"", "the file is empty", "Copy the example", (1, 1)),
        (b" \n\n ", "the file is empty", "Copy the example", (1, 1)),
        (b"[]", "must be one object", "Copy the example", (1, 1)),
        (b'"pinmap"', 'must be one object {\xe2\x80\xa6}, not "pinmap"', "Copy", (1, 1)),
        (b"\x7fELF\x02\x00\x00", "binary", "check its name", (1, 1)),
        (b"\xff\xfe{\x00}\x00", "UTF-16", "UTF-8", (1, 1)),
        (b'{\n "note": "Bl\xe5"}', "0xe5 is not UTF-8", "UTF-8", (2, 13)),
        (b" " * (MAX_BYTES + 1), "larger than 256 KiB", "check its name", (1, 1)),
        (b"[" * 100_000, "more than 32 deep", "five deep", (1, 33)),
        (b"{" * 100_000, "a key is missing", "key", (1, 2)),
    ],
    ids=["empty", "blank", "list", "text", "binary", "utf16", "latin1", "huge", "deep", "deep objects"],
)
def test_files_that_are_no_pinmap_at_all(contents, message, hint, place):
    report = check_text(contents, "pinmap.json")
    problem = report.errors[0]
    assert message.encode().decode() in problem.message or message.encode("latin1").decode() in problem.message
    assert hint in problem.hint
    assert (problem.line, problem.column) == place
    assert len(report.errors) == 1


def test_a_byte_order_mark_is_named_and_read_past():
    report = check_text(
        b"\xef\xbb\xbf" + GOOD_TEXT.replace('"board": "pi4b"', '"board": "pi9"').encode(), "pinmap.json"
    )
    assert ["byte order mark (BOM)" in problem.message for problem in report.errors] == [True, False]
    assert [problem.path for problem in report.errors] == ["$", "board"]


def test_a_hundred_mistakes_end_the_reading():
    report = check_text("{" + '"a" 1,' * 500 + "}", "pinmap.json")
    assert "more than 100 mistakes" in report.errors[-1].message


def test_unreadable_files_are_reports(tmp_path: Path):
    missing = check_file(tmp_path / "nowhere.json")
    folder = check_file(tmp_path)
    named_badly = check_file("with\0nul")
    assert "no such file" in missing.errors[0].message
    assert "a folder" in folder.errors[0].message
    assert "cannot be read" in named_badly.errors[0].message


AS_NOBODY = """
import os, sys
from hardware.pinmap import check_file
if os.geteuid() == 0:
    os.setuid(65534)
print(check_file(sys.argv[1]).errors[0].hint)
"""


def test_a_file_that_may_not_be_read_says_how_to_allow_it(tmp_path: Path):
    secret = tmp_path / "pinmap.json"
    secret.write_text("{}")
    secret.chmod(0)
    command = [sys.executable, "-c", AS_NOBODY, str(secret)]
    told = subprocess.run(command, capture_output=True, text=True, cwd=SHIPPED.parent, check=True, timeout=60)
    assert f"chmod a+r {secret}" in told.stdout


def test_loading_a_bad_file_raises_all_its_problems(tmp_path: Path):
    file = tmp_path / "pinmap.json"
    file.write_text('{"version": 2, "board": "pi9", "slots": []}')
    with pytest.raises(PinmapError) as raised:
        load_pinmap(file)
    assert isinstance(raised.value, HardwareError)
    assert isinstance(raised.value, ValueError)
    assert [problem.path for problem in raised.value.problems] == ["version", "board", "slots"]
    assert str(raised.value).count("\n") == 2
    assert f"{file}:1:13 version: must be 1, not 2. Write 1." in str(raised.value)


def all_models(model: type[Spec] = Spec) -> list[type[Spec]]:
    found = [inner for sub in model.__subclasses__() for inner in (sub, *all_models(sub))]
    return [each for each in found if each.__module__.startswith("hardware.")]


@pytest.mark.parametrize("model", all_models(), ids=lambda model: model.__name__)
def test_every_required_key_has_an_example_and_something_to_stand_in_for_it(model):
    required = {name for name, field in model.model_fields.items() if field.is_required()} - {"kind"}
    assert required <= EXAMPLES.keys()
    assert required <= model.STAND_IN.keys()
    assert SlotSpec in all_models()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"{GOOD_TEXT.rstrip()}\n// the end\n", ["$"]),
        (json.dumps({**SMALLEST, "slots": {}}), ["slots"]),
        (json.dumps({key: value for key, value in SMALLEST.items() if key != "slots"}), ["slots"]),
    ],
    ids=["a comment after the last bracket", "slots are no list", "no slots at all"],
)
def test_one_mistake_is_told_once_and_where_it_is(text, told):
    assert [problem.path for problem in check_text(text, "pinmap.json").errors] == told


@pytest.mark.parametrize(
    ("spoil", "says", "hint"),
    [
        (lambda text: text.replace('"', "'"), "' is not the quote JSON uses, and so at", "replace them all"),
        (lambda text: re.sub(r'"([^"\n]*)"', r"“\1”", text), "“ is not the quote JSON uses, and so at", "replace them"),
        (lambda text: re.sub(r",\n", ",  // here\n", text), "JSON has no comments, and so at", "Delete them all"),
        (lambda text: re.sub(r'(["\d])}', r"\1,}", text), "trailing comma), and so at", "Delete every comma"),
        (lambda text: re.sub(r'"(\w+)":', r"\1:", text), "in double quotes, and so at", "every key"),
        (lambda text: text.replace("},\n", "}\n"), "a comma is missing before", "between any two entries"),
        (lambda text: "\ufeff" + text, "byte order mark", "without BOM"),
        (lambda text: text.encode("utf-16"), "UTF-16, not UTF-8", "iconv"),
        (lambda text: text.encode("utf-16-be"), "UTF-16, not UTF-8", "Notepad"),
        (lambda text: text.encode("utf-32"), "UTF-32, not UTF-8", "nano"),
        (lambda text: bytes(4096), "4096 zero bytes: it was being saved as the power went", "pinmap.good.json"),
        (lambda text: text.encode()[:2000] + bytes(48), "48 zero bytes", "backup"),
    ],
)
def test_what_is_wrong_all_over_a_file_is_told_once_with_how_to_mend_it_all(spoil, says, hint):
    report = check_text(spoil(GOOD_TEXT), "pinmap.json")
    [problem] = report.errors
    assert says in problem.message
    assert hint in problem.hint


def test_a_habit_hides_no_other_mistake():
    text = GOOD_TEXT.replace('"', "'").replace("'pin': 27", "'pin': 170")
    assert [problem.path for problem in check_text(text, "pinmap.json").errors] == ["note", "slots[1].relay.pin"]
