"""Reader frames and typed card numbers, good tables and bad tables."""

import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.errors import CardNumberError, HardwareError
from hardware.rfid_frames import BadFrame, Frame, FrameParser, frame_bytes, parse_typed_uid, typed_uid_readings

VECTORS = json.loads((Path(__file__).parent.parent / "vectors" / "rdm6300.json").read_text())["frames"]
DIGITS = st.integers(0, 0xFF_FFFF_FFFF).map(lambda number: f"{number:010X}")


def digits_in(parsed: list[Frame | BadFrame]) -> list[str]:
    return [each.digits for each in parsed if isinstance(each, Frame)]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.get("why", vector["uid"]))
def test_the_recorded_bytes_give_the_recorded_uid(vector):
    data = bytes.fromhex(vector["bytes"])
    whole = FrameParser().feed(data)
    assert digits_in(whole) == ([vector["uid"]] if vector["uid"] else [])
    if vector["uid"] is None:
        assert any(isinstance(each, BadFrame) for each in whole)
    parser = FrameParser()
    assert [each for byte in data for each in parser.feed(bytes([byte]))] == whole


@pytest.mark.parametrize("vector", [each for each in VECTORS if each["uid"]], ids=lambda vector: vector["uid"])
def test_the_bench_writes_the_recorded_bytes(vector):
    assert bytes.fromhex(vector["bytes"]).endswith(frame_bytes(vector["uid"]))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("02 30 41 30 30 43 02", "cut"),
        ("02 30 41 03", "too short"),
        ("02 30 41 30 30 43 38 46 31 42 32 30 30 03", "bad checksum"),
        ("02 5a 5a 30 30 43 38 46 31 42 32 38 31 03", "not hexadecimal"),
        ("02" + " 30" * 13, "too long"),
    ],
)
def test_a_bad_frame_says_why(text, why):
    assert FrameParser().feed(bytes.fromhex(text)) == [BadFrame(why)]


@given(st.binary(max_size=200), DIGITS)
def test_a_whole_frame_is_found_after_any_bytes(noise, digits):
    parser = FrameParser()
    parser.feed(noise)
    # The noise may have ended inside a frame; the frame's own STX ends that one.
    assert digits_in(parser.feed(frame_bytes(digits)))[-1] == digits


@given(st.lists(DIGITS, max_size=5), st.data())
def test_frames_come_out_whole_however_they_are_cut(cards, data):
    stream = b"".join(map(frame_bytes, cards))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    parser = FrameParser()
    parsed = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        parsed += parser.feed(stream[start:end])
    assert parsed == [Frame(digits) for digits in cards]


def test_memory_stays_bounded_whatever_arrives():
    parser = FrameParser()
    tracemalloc.start()
    try:
        for _ in range(50):
            parser.feed(b"\x02" + b"0" * 9999)
            parser.feed(b"\xff" * 10_000)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 20_000


@pytest.mark.parametrize(
    ("text", "uid"),
    [
        ("0A00C8F1B2", "em4100:00C8F1B2"),
        ("0a00c8f1b2", "em4100:00C8F1B2"),
        ("0013169074", "em4100:00C8F1B2"),
        ("13169074", "em4100:00C8F1B2"),
        ("00C8F1B2", "em4100:00C8F1B2"),
        ("em4100:00C8F1B2", "em4100:00C8F1B2"),
        (" EM4100: 00c8f1b2 ", "em4100:00C8F1B2"),
        ("0A:00:C8:F1:B2", "em4100:00C8F1B2"),
        ("0A 00 C8 F1 B2\n", "em4100:00C8F1B2"),
        ("4294967295", "em4100:FFFFFFFF"),
        ("4294967296", "em4100:94967296"),
        ("7", "em4100:00000007"),
        ("iso14443:04a1b2c3", "iso14443:04A1B2C3"),
        ("iso14443:04:A1:B2:C3:D4:E5:F6", "iso14443:04A1B2C3D4E5F6"),
        ("ISO14443:04A1B2C3D4E5F6A7B8C9", "iso14443:04A1B2C3D4E5F6A7B8C9"),
    ],
)
def test_what_people_type_is_one_card(text, uid):
    assert parse_typed_uid(text) == uid
    assert typed_uid_readings(text)[0] == uid
    assert parse_typed_uid(uid) == uid


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("0013169074", ["em4100:00C8F1B2", "em4100:13169074"]),
        ("9999999999", ["em4100:99999999"]),
        ("12345678", ["em4100:00BC614E", "em4100:12345678"]),
        ("0A00C8F1B2", ["em4100:00C8F1B2"]),
        ("0000000000", ["em4100:00000000"]),
    ],
)
def test_every_reading_of_a_typed_number_comes_likeliest_first(text, readings):
    assert typed_uid_readings(text) == readings


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        ":::",
        "card",
        "0A00C8F1B",
        "0A00C8F1B2C",
        "12345678901",
        "0A00C8F1BZ",
        "-13169074",
        "1.5",
        "٣٣٣٣",
        "em4100:",
        "em4100:C8F1B2",
        "em4100:0A00C8F1B2",
        "iso14443:04A1B2",
        "mifare:04A1B2C3",
        "0A00C8F1B2" * 1000,
    ],
)
def test_what_cannot_be_a_card_is_refused_without_being_repeated(text):
    with pytest.raises(CardNumberError) as caught:
        parse_typed_uid(text)
    assert isinstance(caught.value, HardwareError)
    assert isinstance(caught.value, ValueError)
    assert len(str(caught.value)) > 30
    if len(text) > 6:
        assert text not in str(caught.value)


@given(st.integers(0, 0xFFFF_FFFF))
def test_decimal_and_hexadecimal_readers_agree(number):
    assert parse_typed_uid(f"{number:010d}") == Frame(f"0A{number:08X}").uid
