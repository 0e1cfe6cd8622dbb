"""Reader, coins, water, guards, expanders and names of slots changed while the kiosk runs, over the real drivers."""

import shutil
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from hardware.rewiring import Rewirer
from kiosk.clock import monotonic
from kiosk.commands import new_command_id
from sessions import commands as c
from sessions.commands import Actor
from sessions.events import CoinAccepted
from sessions.units import SlotName, Unit
from tests.kiosk.reloading import Reloading, reloading
from tests.kiosk.running import PATIENCE_S, PINMAP, RunningKiosk, running_kiosk, wait_for

CARD, OTHER = "em4100:00C8F1B2", "em4100:00C8F1B3"
BOARD = {
    '"kind": "pulse", "pin": 9, "idle": "high", "pulse_ms": [20, 130], "train_gap_ms": 300, "power_on_mute_ms": 3000,'
    '\n    "value": {"mode": "per_pulse", "minor_units": 100},\n   ': (
        '"kind": "serial", "port": "/dev/ttyUSB0", "minor_units": 100,'
    )
}
TYPING = {
    '"kind": "rdm6300", "port": "/dev/ttyAMA0", "pins": [14, 15], "level": "divider"': (
        '"kind": "wedge", "device": "/dev/input/event3", "digits": "decimal"'
    )
}


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Reloading]:
    file = tmp_path / "pinmap.json"
    shutil.copy(PINMAP, file)
    with running_kiosk(tmp_path / "data") as kiosk:
        yield reloading(kiosk, file)


def parts(at: Reloading) -> dict[str, Any]:
    found: dict[str, Any] = at.kiosk.get("/health")["parts"]
    return found


def credit(kiosk: RunningKiosk, uid: str) -> int:
    """What is on a card, in seconds, once somebody holds it to the reader."""
    kiosk.done("/api/bench/tap", {"uid": uid})
    card = kiosk.card(uid)
    visit = wait_for(lambda: (v := kiosk.get("/api/session")["data"]["visit"]) and v["card"] == card and v)
    return int(visit["charge_s"])


def has(at: Reloading, seconds: int) -> bool:
    return bool(at.kiosk.get("/api/session")["data"]["visit"]["charge_s"] == seconds)


def accepted(at: Reloading) -> list[str]:
    """The coins that are stored, by their identities."""
    return [fact.body.coin for fact in at.kiosk.store.facts() if isinstance(fact.body, CoinAccepted)]


def selling(at: Reloading) -> bool:
    return bool(at.kiosk.get("/api/session")["data"]["mode"] in ("idle", "serving"))


def test_an_expander_at_another_address_takes_all_that_is_on_it_along_while_nobody_uses_it(at):
    at.save({'"address": "0x20"': '"address": "0x21"', '"near_mm": 120': '"near_mm": 90', "[20, 130]": "[20, 120]"})
    at.taken()
    assert selling(at)
    at.charge("slot2", CARD)
    assert at.shown("slot2")["relay"]
    at.kiosk.done("/api/bench/fault", {"device": "safety.stop", "kind": "open", "on": True})
    wait_for(lambda: at.kiosk.get("/api/session")["data"]["mode"] == "paused")
    assert at.kiosk.ends == []


def test_another_kind_of_reader_reads_while_a_phone_charges(at):
    session = at.charge("slot3", CARD)
    at.sign_out()
    at.save(TYPING)
    at.taken()
    assert credit(at.kiosk, OTHER) == 0
    at.sign_out()
    at.save({})
    at.taken()
    assert credit(at.kiosk, OTHER) == 0
    assert at.kiosk.slot("slot3")["session_id"] == session
    assert at.shown("slot3")["relay"]
    assert at.kiosk.ends == []


def test_a_coin_acceptor_becomes_a_board_and_back_and_each_coin_counts_once(at):
    expected = 0
    for edits in ({}, BOARD, {}, BOARD):
        at.save(edits)
        at.taken()
        wait_for(lambda: at.kiosk.wiring.outputs.on("coin.enable"))
        assert credit(at.kiosk, CARD) == expected
        at.kiosk.done("/api/bench/coin", {"value": 5})
        expected += 300
        wait_for(partial(has, at, expected))
        at.sign_out()
    assert len(set(accepted(at))) == len(accepted(at)) == 4


def test_a_coin_that_falls_while_the_acceptor_changes_is_neither_lost_nor_doubled(at):
    wait_for(lambda: at.kiosk.wiring.outputs.on("coin.enable"))
    fallen: list[int] = []

    def drop() -> None:
        for _ in range(6):
            answer = at.kiosk.post("/api/bench/coin", {"value": 1})
            fallen.append(answer.status_code)

    person = threading.Thread(target=drop)
    person.start()
    at.save({"[20, 130]": "[20, 120]"})
    at.taken()
    person.join()
    counted = fallen.count(200)
    assert counted
    wait_for(lambda: len(accepted(at)) >= counted)
    assert credit(at.kiosk, CARD) == 60 * counted == 60 * len(set(accepted(at)))


def test_a_device_that_somebody_may_be_about_to_use_waits_until_they_have_gone(at):
    at.kiosk.sign_in(CARD, 1)
    at.save(BOARD | TYPING)
    at.told("waits: somebody is signed in who may need the reader")
    at.kiosk.done("/api/bench/coin", {"value": 1})
    wait_for(lambda: at.kiosk.get("/api/session")["data"]["visit"]["charge_s"] == 120)
    at.sign_out()
    at.taken()
    assert credit(at.kiosk, CARD) == 120


def test_water_waits_for_its_pour_and_then_flows_elsewhere_or_not_at_all(at):
    top_up = c.AddCredit(at.kiosk.card(CARD), Unit.MILLILITRES, 1000, Actor("staff:test", staff=True), "a test")
    at.kiosk.facade.submit(top_up, new_command_id()).result(PATIENCE_S)
    at.kiosk.sign_in(CARD)
    at.kiosk.done("/api/bench/cup", {"present": True})
    poured = at.kiosk.done("/api/water/start", {"ml": 100})["session_id"]
    at.sign_out()
    at.save(WATER_ELSEWHERE)
    at.told("waits: water is being sold")
    wait_for(lambda: at.kiosk.get(f"/api/sessions/{poured}")["state"] == "ended")
    at.taken()
    at.kiosk.done("/api/bench/cup", {"present": True})
    at.kiosk.sign_in(CARD)
    wait_for(lambda: at.kiosk.get("/api/water")["cup"])
    at.kiosk.done("/api/water/start", {"ml": 100})
    wait_for(lambda: at.kiosk.get("/api/bench")["water"]["flowed_ml"] > 50)
    wait_for(lambda: at.kiosk.conductor.state.water.session is None)
    at.sign_out()
    at.save(NO_WATER)
    at.taken()
    assert at.kiosk.conductor.rules.water is None
    assert "water" not in parts(at)
    at.save({})
    at.taken()
    assert parts(at)["water"]["status"] == "ok"


WATER_ELSEWHERE = {'"pump": {"pin": 20': '"pump": {"pin": 19', '"fan": {"pin": 19': '"fan": {"pin": 20'}
NO_WATER = {
    """  "water": {
    "pump": {"pin": 20, "active": "high", "mA": 1500, "supply": "aux"},
    "cup": {"kind": "hcsr04", "trigger": 10, "echo": 11, "level": "divider", "near_mm": 120},
    "flow": {"pin": 12, "pulses_per_l": 5880, "pull_V": 3.3},
    "tray": {"expander": "io1", "pin": 4}
  },
""": ""
}


def test_a_guard_that_does_not_come_up_brings_the_former_one_back(tmp_path):
    file = tmp_path / "pinmap.json"
    shutil.copy(PINMAP, file)
    with running_kiosk(tmp_path / "data") as kiosk:
        rewirer = Rewirer(kiosk.wiring, kiosk.pinmap, kiosk.noticed, monotonic, cut_loop(kiosk), up_s=1.0)
        at = reloading(kiosk, file, rewirer)
        at.save({'"stop": {"expander": "io1", "pin": 9': '"stop": {"expander": "io1", "pin": 10'})
        at.told("could not be wired (The stop button is pressed, or its loop is open)")
        wait_for(lambda: selling(at))
        assert at.reload.pinmap == kiosk.pinmap
        kiosk.done("/api/bench/fault", {"device": "safety.stop", "kind": "open", "on": True})
        wait_for(lambda: kiosk.get("/api/session")["data"]["mode"] == "paused")


def cut_loop(kiosk: RunningKiosk) -> Any:
    """Whoever moved the wires has left the stop button's new one unplugged."""

    def refit(pinmap: Any, change: Any) -> None:
        kiosk.bench.refit(pinmap, change)
        if pinmap != kiosk.pinmap:
            kiosk.bench.fault("safety.stop", "open", True)

    return refit


def test_a_danger_of_a_loop_that_is_elsewhere_now_is_over(at):
    at.kiosk.done("/api/bench/fault", {"device": "safety.smoke", "kind": "open", "on": True})
    wait_for(lambda: at.kiosk.get("/api/session")["data"]["mode"] == "paused")
    at.save({'"smoke": {"expander": "io1", "pin": 8': '"smoke": {"expander": "io1", "pin": 10'})
    at.taken()
    wait_for(lambda: "danger:smoke" not in at.kiosk.conductor.state.causes or selling(at))


def test_a_slot_in_use_keeps_its_name_until_it_is_free(at):
    session = at.charge("slot2", CARD)
    at.kiosk.done("/api/bench/fault", {"device": "slot1.sensor", "kind": "nack", "on": True})
    wait_for(lambda: at.kiosk.slot("slot1")["state"] == "faulted")
    at.save({'"name": "slot1"': '"name": "window"', '"name": "slot2"': '"name": "door"'})
    at.told("slot2 is in use")
    assert names(at) == ["slot1", "slot2", "slot3", "slot4"]
    at.kiosk.done(f"/api/sessions/{session}/stop")
    wait_for(lambda: at.kiosk.slot("slot2")["state"] == "finishing")
    assert names(at) == ["slot1", "slot2", "slot3", "slot4"], "the phone is still in it"
    at.kiosk.done(f"/api/sessions/{session}/unlock")
    at.kiosk.done("/api/bench/slots/slot2/unplug")
    at.taken()
    assert names(at) == ["window", "door", "slot3", "slot4"]
    assert [str(name) for name in at.kiosk.wiring.slots] == names(at)
    wait_for(lambda: not at.kiosk.live.view.faults)
    at.charge("window", OTHER)
    assert at.shown("window")["relay"]
    assert SlotName("slot1") not in at.kiosk.wiring.slots
    assert at.kiosk.ends == []


def names(at: Reloading) -> list[str]:
    return [slot["slot"] for slot in at.kiosk.get("/api/slots")["slots"]]


def test_no_thread_is_left_after_every_device_was_changed_many_times(at):
    at.save({})
    before = {thread.name for thread in threading.enumerate()}
    for _ in range(2):
        for edits in (BOARD | TYPING | NO_WATER, {}):
            at.save(edits)
            at.taken()
    wait_for(lambda: not {thread.name for thread in threading.enumerate()} - before - {"pinmap"})
    assert at.kiosk.ends == []
