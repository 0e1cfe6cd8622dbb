"""`kiosk detect`: recordings judged, and recordings that are none refused by line and column."""

import json
from pathlib import Path

import pytest

from kiosk.simulation.waveforms import Sensor, make, write_csv
from tests.kiosk.cli.conftest import Terminal


def recorded(path: Path, kind: str = "brief", *, door: list[tuple[float, float]] | None = None) -> Path:
    """A recording of a phone, with the door open in these spans of time."""
    waveform = make(kind, 4, Sensor(offset_mA=-3.0, gaps_per_hour=0), length_s=60)
    write_csv(waveform, path)
    if door is not None:
        head, *lines = path.read_text(encoding="utf-8").splitlines()
        opened = [any(a <= float(line.split(",")[0]) <= b for a, b in door) for line in lines]
        rows = [f"{line},{int(is_open)}" for line, is_open in zip(lines, opened, strict=True)]
        path.write_text("\n".join([f"{head},door", *rows]), encoding="utf-8")
    return path


def verdicts(terminal: Terminal, path: Path) -> list[str]:
    return [json.loads(line)["verdict"] for line in terminal.good("detect", path).splitlines()]


def test_a_line_a_verdict(terminal: Terminal, tmp_path: Path) -> None:
    lines = [json.loads(line) for line in terminal.good("detect", recorded(tmp_path / "a.csv")).splitlines()]
    assert [line["verdict"] for line in lines] == ["plugged", "unplugged_prompt", "unplugged"]
    assert all(set(line) == {"t_s", "verdict", "dated_t_s", "evidence"} for line in lines)
    assert lines[-1]["t_s"] - lines[-1]["dated_t_s"] >= 180
    document = terminal.json("detect", tmp_path / "a.csv")
    assert document["verdicts"] == lines
    assert abs(document["zero_mA"] + 3) < 0.5


def test_behind_a_door_that_stays_shut_nothing_is_unplugged(terminal: Terminal, tmp_path: Path) -> None:
    shut = recorded(tmp_path / "shut.csv", door=[(2, 12)])
    assert verdicts(terminal, shut) == ["plugged", "not_drawing"]
    later = recorded(tmp_path / "later.csv", door=[(2, 12), (120, 125)])
    assert verdicts(terminal, later)[:3] == ["plugged", "not_drawing", "unplugged_prompt"]


def test_a_recording_that_begins_with_a_draw_is_judged_all_the_same(terminal: Terminal, tmp_path: Path) -> None:
    rows = [f"{t / 10},{800 + t % 7 if t < 300 else 2}" for t in range(2400)]
    (tmp_path / "a.csv").write_text("\n".join(["t_s,mA", *rows]), encoding="utf-8")
    assert verdicts(terminal, tmp_path / "a.csv") == ["plugged", "unplugged_prompt", "unplugged"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1"),
        ("time,mA\n0,1\n", "'t_s'"),
        ("t_s,mA,mA\n0,1,1\n", "'mA'"),
        ("t_s,mA\n", "no reading"),
        ("t_s,mA\n500,1\n\n4,2\n", "line 4, column t_s"),
        ("t_s,mA\n0,1\n1,much\n", "line 3, column mA: 'much'"),
        ("t_s,mA\n0,inf\n", "line 2, column mA"),
        ("t_s,mA\n,1\n", "line 2, column t_s"),
        ("t_s,mA\nnan,1\n", "line 2, column t_s"),
        ("t_s,mA,door\n0,1,ajar\n", "line 2, column door: 'ajar'"),
        ("t_s,mA\n0,1,2\n", "line 2: it has 3 cells"),
        ("t_s,mA\n150.0,1\n150.1,2\n15", "line 4: the file ends within"),
        ("t_s,mA\n150.0,1\n150.1", "line 3: the file ends within"),
    ],
)
def test_what_is_no_recording_is_refused_by_line_and_column(
    terminal: Terminal, tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    assert said in terminal.refused("detect", tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("begins", "said"),
    [
        ("t_s,mA\n0,1\n".encode("utf-16"), "line 1: byte 0xff is no text in UTF-8. It seems to be UTF-16."),
        (b"t_s,mA\n" + b"0,1\n" * 5000 + "1,né\n".encode("latin-1"), "line 5002: byte 0xe9"),
        (b"\x00\x8f\xff", "line 1: byte 0x8f"),
    ],
)
def test_what_is_no_text_is_told_by_line_and_byte(terminal: Terminal, tmp_path: Path, begins: bytes, said: str) -> None:
    (tmp_path / "a.csv").write_bytes(begins)
    assert said in terminal.refused("detect", tmp_path / "a.csv")


def test_gaps_may_be_empty_or_nan_and_columns_in_any_order(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("note,mA,t_s\nx,,0\ny,NaN,1\nz,3,2\n", encoding="utf-8")
    document = terminal.json("detect", tmp_path / "a.csv")
    assert (document["readings"], document["gaps"]) == (3, 2)


def test_what_cannot_be_meant_is_wrong_use(terminal: Terminal, tmp_path: Path) -> None:
    assert terminal.refused("detect", tmp_path / "none.csv", code=2)
    plain = recorded(tmp_path / "a.csv")
    for option in ("--zero", "--noise"):
        for said in ("nan", "inf", "1e308"):
            assert terminal.refused("detect", plain, option, said, code=2)


@pytest.mark.parametrize("cell", ["1_0", "٥", "0x10", "1e11", "-1e308"])
def test_what_no_logger_writes_is_no_current(terminal: Terminal, tmp_path: Path, cell: str) -> None:
    (tmp_path / "a.csv").write_text(f"t_s,mA\n0,1\n1,{cell}\n", encoding="utf-8")
    assert "line 3, column mA" in terminal.refused("detect", tmp_path / "a.csv")


def test_a_loggers_own_mistakes_are_borne(terminal: Terminal, tmp_path: Path) -> None:
    plain = recorded(tmp_path / "plain.csv")
    head, *lines = plain.read_text(encoding="utf-8").splitlines()
    lines[50:50] = [lines[49], lines[45], f"{lines[49].split(',')[0]},error"]
    (tmp_path / "dirty.csv").write_text("\n".join([head, *lines]), encoding="utf-8")
    assert verdicts(terminal, tmp_path / "dirty.csv") == verdicts(terminal, plain)
    assert terminal.json("detect", tmp_path / "dirty.csv")["left_out"] == 3


def test_a_spreadsheets_ways_are_understood(terminal: Terminal, tmp_path: Path) -> None:
    plain = recorded(tmp_path / "plain.csv")
    text = plain.read_text(encoding="utf-8").replace(",", ";").replace(".", ",").replace("t_s", "T_S")
    (tmp_path / "sheet.csv").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert terminal.good("detect", tmp_path / "sheet.csv") == terminal.good("detect", plain)


def test_time_may_begin_before_zero(terminal: Terminal, tmp_path: Path) -> None:
    rows = [f"{t / 10},{800 + t % 7 if 0 <= t < 300 else t % 3 - 1}" for t in range(-200, 2400)]
    (tmp_path / "a.csv").write_text("\n".join(["t_s,mA", *rows]), encoding="utf-8")
    assert verdicts(terminal, tmp_path / "a.csv") == ["plugged", "unplugged_prompt", "unplugged"]
