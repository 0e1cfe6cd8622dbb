"""Card readers and coin devices of every kind, wired as a kiosk wires them: used, broken in every way, well again."""

import copy
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from hardware.bench.bench import Bench
from hardware.bench.pn532 import BenchPn532
from hardware.bench.reader import BenchReader
from hardware.bench.wedge import BenchWedge
from hardware.specs import Pinmap
from hardware.wiring import COIN_ENABLE, Wiring, wire
from sessions.ports import CardSeen, CoinSeen, DeviceReport, Trouble
from tests.faults.process import PINMAP, command, kiosk_process, until
from tests.hardware.pinmaps import small_kiosk
from tests.hardware.wait import Inbox, wait_for

READERS: dict[str, dict[str, Any]] = {
    "rdm6300": {"kind": "rdm6300", "port": "/dev/ttyAMA0"},
    "pn532": {"kind": "pn532", "port": "/dev/ttyAMA0", "byte_order": "msb"},
    "wedge": {"kind": "wedge", "device": "/dev/input/by-id/usb-reader-event-kbd"},
    "wedge in hex": {"kind": "wedge", "device": "/dev/input/by-id/usb-reader-event-kbd", "digits": "hex"},
}
COINS: dict[str, dict[str, Any]] = {
    "pulse": {
        "pin": 9,
        "power_on_mute_ms": 200,
        "value": {"minor_units": 100},
        "enable": {"pin": 21, "active": "high", "off_means": "refuses"},
    },
    "serial": {"kind": "serial", "port": "/dev/ttyUSB0", "minor_units": 100},
}
CARD = "0013169074"
LATE_S = 30.0


class Kiosk:
    """A wired bench whose coins all count as stored."""

    def __init__(self, pinmap: Pinmap, bench: Bench) -> None:
        self.bench = bench
        self.inbox = Inbox()
        self.wiring: Wiring = wire(pinmap, bench, self.inbox, coin_stored=self._is_stored)
        self.wiring.start()
        self.wiring.outputs.set(COIN_ENABLE, True)
        wait_for(lambda: self.wiring.reader is not None and self.wiring.reader.connected, "the reader")

    def _is_stored(self, coin: str) -> bool:
        return coin in [seen.train_id for seen in self.inbox.of(CoinSeen)]

    def troubles(self, device: str) -> list[Trouble | None]:
        return [report.trouble for report in self.inbox.of(DeviceReport) if report.device == device]

    @property
    def uids(self) -> list[str]:
        return [seen.uid for seen in self.inbox.of(CardSeen)]

    @property
    def coins(self) -> list[int]:
        return [seen.value for seen in self.inbox.of(CoinSeen)]


@contextmanager
def kiosk_with(**parts: Any) -> Iterator[Kiosk]:
    pinmap = small_kiosk(**parts)
    with Bench(pinmap, seed=3) as bench:
        kiosk = Kiosk(pinmap, bench)
        try:
            yield kiosk
        finally:
            kiosk.wiring.stop()
    assert not any(worker.alive for worker in kiosk.wiring.workers)


@pytest.mark.parametrize("kind", READERS)
def test_a_tap_at_the_bench_is_a_tap_whichever_reader_there_is(kind: str) -> None:
    with kiosk_with(reader=READERS[kind]) as kiosk:
        uid = kiosk.bench.tap(CARD)
        wait_for(lambda: kiosk.uids == [uid], "the tap")
        assert kiosk.bench.tap(CARD) == uid
        wait_for(lambda: kiosk.uids == [uid, uid], "the second tap")
        assert uid.endswith(":00C8F1B2")
        assert kiosk.troubles("reader") == [None]


@pytest.mark.parametrize("fault", ["unplugged", "garbage", "flood", "silent"])
@pytest.mark.parametrize("kind", READERS)
def test_a_broken_reader_makes_no_card_and_is_well_again_by_itself(kind: str, fault: str) -> None:
    with kiosk_with(reader=READERS[kind]) as kiosk:
        reader = kiosk.wiring.reader
        assert reader is not None
        kiosk.bench.fault("reader", fault, True)
        if fault == "unplugged":
            wait_for(lambda: Trouble.UNPLUGGED in kiosk.troubles("reader"), "the loss to be told")
        elif fault != "silent":
            wait_for(lambda: reader.counts.bad or not reader.connected, "something spoilt", LATE_S)
        assert kiosk.uids == []
        kiosk.bench.fault("reader", fault, False)

        def card_comes_through() -> bool:
            kiosk.bench.tap(CARD)
            return any(uid.endswith(":00C8F1B2") for uid in kiosk.uids)

        wait_for(card_comes_through, "a card to be read again", LATE_S)
        assert reader.alive


@pytest.mark.parametrize("kind", COINS)
def test_a_coin_at_the_bench_counts_whichever_device_there_is(kind: str) -> None:
    with kiosk_with(coin=COINS[kind]) as kiosk:
        for value in (5, 1, 1):
            kiosk.bench.coin(value)
        wait_for(lambda: sum(kiosk.coins) == 700, "the coins")


@pytest.mark.parametrize(
    ("kind", "fault", "trouble"),
    [
        ("pulse", "noise", Trouble.NOISE),
        ("pulse", "flood", Trouble.NOISE),
        ("pulse", "stuck", Trouble.STUCK),
        ("serial", "unplugged", Trouble.UNPLUGGED),
        ("serial", "garbage", Trouble.NOISE),
        ("serial", "flood", Trouble.NOISE),
        ("serial", "jammed", Trouble.JAMMED),
    ],
)
def test_a_broken_coin_device_is_told_makes_no_coin_and_is_well_again_by_itself(
    kind: str, fault: str, trouble: Trouble
) -> None:
    with kiosk_with(coin=COINS[kind]) as kiosk:
        wait_for(lambda: kiosk.wiring.outputs.on(COIN_ENABLE), "coins to be accepted")
        kiosk.bench.fault("coin", fault, True)
        wait_for(lambda: trouble in kiosk.troubles("coin"), "the report", LATE_S)
        kiosk.bench.fault("coin", fault, False)
        before = sum(kiosk.coins)
        kiosk.bench.coin(5)
        wait_for(lambda: sum(kiosk.coins) >= before + 500, "the coin")
        wait_for(lambda: kiosk.troubles("coin")[-1] is None, "the report of its end", LATE_S)


def test_every_kind_can_be_broken_on_the_bench() -> None:
    for reader in READERS.values():
        with Bench(small_kiosk(reader=reader)) as bench:
            assert bench.fault_kinds["reader"] == ["unplugged", "garbage", "flood", "silent"]
    for kind, more in (("pulse", ["noise", "flood", "silent", "stuck"]), ("serial", ["garbage", "flood", "silent"])):
        with Bench(small_kiosk(coin=COINS[kind])) as bench:
            assert {"unplugged", *more} <= set(bench.fault_kinds["coin"])


@pytest.mark.parametrize("kind", ["pn532", "wedge"])
def test_a_kiosk_signs_a_card_in_through_another_kind_of_reader(tmp_path: Path, kind: str) -> None:
    document = copy.deepcopy(json.loads(PINMAP.read_text()))
    document["reader"] = {**READERS[kind], **({"pins": [14, 15], "level": "native"} if kind == "pn532" else {})}
    pinmap = tmp_path / "pinmap.json"
    pinmap.write_text(json.dumps(document))
    twin: BenchReader = BenchPn532() if kind == "pn532" else BenchWedge()
    try:
        with kiosk_process(tmp_path, "--headless", "--pinmap", str(pinmap), "--card-reader", twin.port) as kiosk:
            uid = twin.tap(CARD)
            until(kiosk.visit, "the card signs in")
            kiosk.post("/api/bench/coin", value=5)
            shown = json.loads(command(kiosk.data, "cards", "show", uid, "--json").stdout)
            assert shown["charge_s"] == 300
            assert shown["card"] == kiosk.visit()["card"]
    finally:
        twin.close()
