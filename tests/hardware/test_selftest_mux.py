"""The self-test's scan behind a mux: every channel singly, and a plug on the wrong channel is named."""

import time
from pathlib import Path

from hardware.bench.bench import Bench
from hardware.bench.mcp23017 import Mcp23017
from hardware.bench.tca9548a import Tca9548a
from hardware.pinmap import load_pinmap
from hardware.selftest_bus import BusTest
from hardware.selftest_check import Check, Watch
from hardware.specs import Pinmap
from hardware.wiring import wire
from tests.hardware.wait import Inbox

PINMAP = load_pinmap(Path(__file__).with_name("eight_slots.json"))
BY_ITSELF = {"i2c1", "i2c1.mux70.0", "i2c1.mux70.1", "i2c1.mux70.2", "i2c1.mux70.3"}


def moved(slot: str, **sensor: object) -> Pinmap:
    """The pinmap with a slot's sensor elsewhere."""
    slots = tuple(
        spec.model_copy(update={"sensor": spec.sensor.model_copy(update=sensor)}) if spec.name == slot else spec
        for spec in PINMAP.slots
    )
    return PINMAP.model_copy(update={"slots": slots})


def on_channel(slot: str, channel: int) -> Pinmap:
    spec = next(spec for spec in PINMAP.slots if spec.name == slot)
    assert spec.sensor.mux is not None
    return moved(slot, mux=spec.sensor.mux.model_copy(update={"channel": channel}))


def scans(bench: Bench) -> dict[str, Check]:
    """What the scan finds on a bench, by device."""
    wiring = wire(PINMAP, bench, Inbox())
    wiring.start()
    try:
        checks = list(BusTest(PINMAP, wiring, Watch(time.monotonic_ns, time.sleep)).run())
    finally:
        wiring.stop()
    return {check.device: check for check in checks if check.check == "scan"}


def failures(found: dict[str, Check]) -> set[str]:
    return {device for device, check in found.items() if check.result == "fail"}


def test_each_channel_is_scanned_by_itself_and_what_is_before_the_mux_counts_nowhere_else():
    with Bench(PINMAP) as bench:
        found = scans(bench)
    assert found.keys() == BY_ITSELF
    assert failures(found) == set()
    assert {device: check.value for device, check in found.items()} == {
        "i2c1": "0x20 0x21 0x40 0x41 0x44 0x45 0x70",
        **dict.fromkeys(BY_ITSELF - {"i2c1"}, "0x4a"),
    }


def test_a_plug_on_the_wrong_channel_is_named_on_both():
    with Bench(on_channel("slot6", 5)) as bench:
        found = scans(bench)
    assert failures(found) == {"i2c1.mux70.1"}
    said = found["i2c1.mux70.1"].advice or ""
    assert "Nothing answers at 0x4a (slot6.sensor: A1 to SDA, A0 to SDA) on channel 1 of 0x70." in said
    assert "Perhaps what answers on channel 5 of 0x70 is slot6.sensor: move its plug." in said
    assert found["i2c1.mux70.5"].advice == (
        "At 0x4a on channel 5 of 0x70 answers something that the pinmap does not have there. Perhaps it is"
        " slot6.sensor, which belongs on channel 1 of 0x70."
    )


def test_a_wrong_strap_behind_a_mux_is_told_with_its_straps():
    with Bench(moved("slot7", address=0x4B)) as bench:
        found = scans(bench)
    assert failures(found) == {"i2c1.mux70.2"}
    said = found["i2c1.mux70.2"].advice or ""
    assert "Perhaps that at 0x4b is slot7.sensor: it has A1 to SDA, A0 to SCL and needs A1 to SDA, A0 to SDA." in said


def test_a_sensor_before_its_mux_is_one_that_every_channel_hears():
    with Bench(moved("slot8", mux=None)) as bench:
        found = scans(bench)
    assert "i2c1.mux70.3" in failures(found)
    assert "Perhaps that at 0x4a is slot8.sensor: it belongs behind the mux, on channel 3 of 0x70." in (
        found["i2c1"].advice or ""
    )


def test_a_stranger_on_an_empty_channel_is_no_failure_and_a_silent_mux_has_no_channels():
    with Bench(PINMAP) as bench:
        mux = bench.bus(1).answering(0x70)
        assert isinstance(mux, Tca9548a)
        mux.segments[7].attach(0x23, Mcp23017())
        found = scans(bench)
        assert failures(found) == set()
        assert found["i2c1.mux70.7"].value == "0x23"
        bench.fault("i2c1.mux70", "nack", True)
        found = scans(bench)
        assert found.keys() == {"i2c1"}
        assert "0x70" in (found["i2c1"].advice or "")
