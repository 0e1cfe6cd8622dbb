"""The machine as the technicians' screens tell it: heat, disk, network, and where the console can be reached."""

import pytest

from kiosk.screens.technician.notes import Link
from kiosk.screens.technician.qr import qr_rows
from kiosk.vitals import celsius, links, look, reachable

LAN = (Link("wlan0"), Link("eth0", "192.168.1.20", True))


@pytest.mark.parametrize(
    ("console", "known", "address"),
    [
        ("", LAN, ""),
        ("http://127.0.0.1:8080", LAN, ""),
        ("http://[::1]:8080", LAN, ""),
        ("http://localhost:8080", LAN, ""),
        ("http://0.0.0.0:8080", LAN, "http://192.168.1.20:8080/"),
        ("http://[::]:8080", LAN, "http://192.168.1.20:8080/"),
        ("http://0.0.0.0:8080", (Link("eth0"),), ""),
        ("http://192.168.1.20:8080", LAN, "http://192.168.1.20:8080"),
        ("https://kiosk.example:443", LAN, "https://kiosk.example:443"),
    ],
)
def test_a_console_that_others_can_reach_has_an_address_for_them(console, known, address):
    assert reachable(console, known) == address


def test_heat_is_read_in_degrees_and_unknown_where_nothing_measures_it(tmp_path):
    thermometer = tmp_path / "temp"
    assert celsius(thermometer) is None
    thermometer.write_text("48312\n")
    assert celsius(thermometer) == pytest.approx(48.312)
    thermometer.write_text("hot\n")
    assert celsius(thermometer) is None


def test_every_interface_but_the_machines_own_is_named():
    assert "lo" not in [link.name for link in links()]


def test_a_look_has_all_that_the_notes_need(tmp_path):
    health = {"parts": {"store": {"status": "degraded", "detail": "It was restored.", "queue": 3}}}
    seen = look(tmp_path, health, "http://203.0.113.7:8080/")
    assert seen["console_code"]
    assert (seen["parts"][0].name, seen["parts"][0].detail) == ("store", "It was restored.")


def test_a_code_is_square_and_has_its_three_eyes():
    rows = qr_rows("http://192.168.1.20:8080/")
    assert {len(row) for row in rows} == {len(rows)}
    eye = "1111111"
    assert (rows[0][:7], rows[0][-7:], rows[-1][:7]) == (eye, eye, eye)
