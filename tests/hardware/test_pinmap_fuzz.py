"""Whatever a file contains, the checker answers with sentences: never an exception, never a problem without a place."""

import copy
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hardware.boot_config import read_boot
from hardware.boot_wanted import wanted_lines
from hardware.jsontext import read
from hardware.pinmap import Report, check_text
from hardware.pinmap_words import EXAMPLES
from hardware.wiring_picture import wiring_svg
from hardware.wiring_plan import plan
from hardware.wiring_text import wiring_text
from tests.hardware.pinmap_files import GOOD_TEXT

GOOD: dict[str, Any] = json.loads(GOOD_TEXT)
SIGNS = st.sampled_from(
    ["{", "}", "[", "]", '"', ",", ":", "'", "#", "//", "/*", "\\", "\n", "0", "-", "e", "NaN", "=", "“", "\0"]
)
WORDS = st.sampled_from(
    ["note", "pin", "GPIO17", "J8:11", "0x40", "io1", "usb", "high", "one_shot", "rdm6300", "", *EXAMPLES]
)
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), WORDS, st.text(max_size=5))
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3), max_leaves=6
)


LINES = st.sampled_from(
    [
        *("[pi4]", "[all]", "[none]", "[", "include config.txt", "=", "#", "\0"),
        *("dtparam=spi=on", "dtparam=", "dtparam=i2s", "enable_uart=0", "enable_dpi_lcd=1"),
        *("gpio=17=op,dh", "gpio=0-99=", "gpio=x", "dtoverlay=", "dtoverlay=w1-gpio,gpiopin=x", "dtoverlay=uart3"),
        *("dtoverlay=gpio-fan,gpiopin=999", "dtoverlay=i2c6,pins_22_23", "dtoverlay=i2c-gpio,bus=3"),
    ]
)


def paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for key, entry in inner for deeper in paths(entry, (*path, key)))]


PATHS = st.sampled_from(paths(GOOD)[1:])


def assert_tellable(report: Report, text: str) -> None:
    lines = text.split("\n")
    assert report.valid == (not report.errors) == (report.pinmap is not None)
    for problem in (*report.errors, *report.warnings):
        assert problem.message
        assert problem.hint
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
        sentence = problem.sentence("pinmap.json")
        assert "\n" not in sentence
        assert "object at 0x" not in sentence
        sentence.encode()


@given(st.binary(max_size=300))
def test_any_bytes(data):
    report = check_text(data, "pinmap.json")
    assert not report.valid
    assert report.errors


@given(st.text(st.characters(codec="utf-8"), max_size=100) | st.lists(SIGNS | WORDS, max_size=40).map("".join))
def test_any_text(text):
    assert_tellable(check_text(text, "pinmap.json"), text)


@settings(max_examples=300)
@given(st.lists(st.tuples(st.integers(0, len(GOOD_TEXT)), st.integers(0, 12), SIGNS | WORDS), min_size=1, max_size=4))
def test_the_shipped_file_after_slips_of_the_hand(slips):
    text = GOOD_TEXT
    for at, length, instead in slips:
        text = text[:at] + instead + text[at + length :]
    assert_tellable(check_text(text, "pinmap.json"), text)


@settings(max_examples=300)
@given(st.lists(st.tuples(PATHS, VALUES | st.just(...)), min_size=1, max_size=4), WORDS)
def test_the_shipped_file_with_other_values_in_it(changes, new_key):
    document = copy.deepcopy(GOOD)
    for path, value in changes:
        parent: Any = document
        for part in path[:-1]:
            inside = isinstance(parent, dict) and part in parent
            inside = inside or (isinstance(parent, list) and isinstance(part, int) and part < len(parent))
            parent = parent[part] if inside else None
        if isinstance(parent, dict) and value is ...:
            parent[new_key] = parent.pop(path[-1], 0)
        elif isinstance(parent, dict):
            parent[path[-1]] = value
    text = json.dumps(document, indent=1)
    report = check_text(text, "pinmap.json")
    assert_tellable(report, text)
    if report.pinmap is not None:
        drawn = plan(report.pinmap)
        assert wiring_text(drawn)
        assert wiring_svg(drawn)
        assert wanted_lines(report.pinmap)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(LINES | st.text(max_size=20), max_size=20), st.text(max_size=60), st.sampled_from(["pi4b", "pi5", None])
)
def test_whatever_the_boot_files_say_the_checker_answers_in_sentences(tmp_path, lines, cmdline, board):
    (tmp_path / "config.txt").write_text("\n".join(lines), encoding="utf-8", errors="replace")
    (tmp_path / "cmdline.txt").write_text(cmdline, encoding="utf-8", errors="replace")
    boot = read_boot(tmp_path, board)
    assert boot is not None
    assert_tellable(check_text(GOOD_TEXT, "pinmap.json", boot), GOOD_TEXT)


@given(
    VALUES.filter(lambda value: "NaN" not in json.dumps(value) and "Infinity" not in json.dumps(value)), st.booleans()
)
def test_right_json_is_read_as_the_standard_library_reads_it(value, pretty):
    text = json.dumps({"a": value}, indent=2 if pretty else None, ensure_ascii=pretty)
    document = read(text)
    if not document.faults:
        assert document.value == json.loads(text)
    else:
        assert all("too large or too precise" in fault.message for fault in document.faults)
