"""The two fidelities of the simulator: each a second opinion on the other.

With sound drivers the facts are the same, whole. With a bug planted into a driver they differ, and the first fact that
does is named with both versions.
"""

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner

from hardware import rfid_frames
from hardware.card_reader import TapFilter
from hardware.coin_pulses import PulseTrains
from hardware.current_sensor import CurrentSensor
from hardware.door import Door
from hardware.lock import LockTiming
from hardware.relay import Relay
from hardware.rfid_frames import Frame
from kiosk.cli import main
from kiosk.simulation.days import Plan
from kiosk.simulation.fidelity import run
from sessions.ports import Reading
from sessions.units import Milliamps, MonoNs

Patch = pytest.MonkeyPatch


@pytest.mark.parametrize("seed", range(400, 405))
def test_days_of_all_faults_give_the_same_facts_through_every_driver(seed: int) -> None:
    outcome = run(Plan(seed, 3, fidelity="wire"))
    assert outcome.failures == []
    assert outcome.sessions > 20
    assert outcome.faults


@pytest.mark.parametrize("kind", ["sensor", "reader", "lock", "door", "thread", "power", "relay"])
def test_many_faults_of_a_kind_give_the_same_facts(kind: str) -> None:
    assert run(Plan(500, 1, faults=(kind, "people"), as_often=15, fidelity="wire")).failures == []


def test_slots_beyond_the_first_board_have_drivers_too() -> None:
    assert run(Plan(7, 1, slots=6, customers=60, fidelity="wire")).failures == []


def scaled_sensor(patch: Patch) -> None:
    """Currents come out a tenth too large."""
    real = CurrentSensor._reading

    def scaled(self: CurrentSensor, mono: MonoNs, shunt: int, bus: int) -> Reading:
        reading = real(self, mono, shunt, bus)
        return reading._replace(mA=Milliamps(1.1 * (reading.mA or 0)))

    patch.setattr(CurrentSensor, "_reading", scaled)


def short_pulse(patch: Patch) -> None:
    """A lock gets its current for too short a time to free its latch."""
    patch.setattr(LockTiming, "pulse_ns", property(lambda self: 60_000_000))


def bad_checksums(patch: Patch) -> None:
    """Frames are believed whatever their checksum says."""
    judge = rfid_frames._judge

    def believe(body: bytes) -> Frame | rfid_frames.BadFrame:
        judged = judge(body)
        wrong = isinstance(judged, rfid_frames.BadFrame) and judged.why == "bad checksum"
        return Frame(body.decode("ascii")[:10]) if wrong else judged

    patch.setattr(rfid_frames, "_judge", believe)


def bouncing_switch(patch: Patch) -> None:
    """A door's switch counts at its first reading."""
    patch.setattr(Door, "polled", lambda self, level, mono: self.settled(level, mono))


def repeating_card(patch: Patch) -> None:
    """Every frame is a tap."""
    patch.setattr(TapFilter, "is_tap", lambda self, uid, mono: True)


def lost_pulse(patch: Patch) -> None:
    """A coin's first pulse is told, and not counted."""
    real = PulseTrains._pulse

    def lose(self: PulseTrains, began: MonoNs, ended: MonoNs) -> object:
        told = real(self, began, ended)
        self._pulses -= self._pulses == 3
        return told

    patch.setattr(PulseTrains, "_pulse", lose)


def sticking_relay(patch: Patch) -> None:
    """A relay that was switched on is never switched off."""
    real = Relay.set
    patch.setattr(Relay, "set", lambda self, on: real(self, on or self.on))


BUGS = (scaled_sensor, short_pulse, bad_checksums, bouncing_switch, repeating_card, lost_pulse, sticking_relay)


@pytest.mark.parametrize("bug", BUGS)
def test_a_wrong_driver_is_found_and_the_first_fact_named(bug: Callable[[Patch], None], monkeypatch: Patch) -> None:
    plan = Plan(10, 1, faults=("reader",), as_often=10, fidelity="wire")
    assert run(plan).failures == []
    bug(monkeypatch)
    failures = run(plan).failures
    assert failures, f"nobody noticed {bug.__name__}"
    said = failures[0].what
    if "fidelity" in said:
        assert "  rules: " in said
        assert "  wire: " in said
    else:
        assert "InvariantBroken" in said, said


def test_the_command_runs_and_compares_both() -> None:
    told = CliRunner().invoke(main, ["simulate", "--fidelity", "wire", "--json", "--seed", "3"])
    assert told.exit_code == 0
    assert json.loads(told.stdout)["invariant_failures"] == 0


def test_a_difference_fails_the_command_and_says_how_to_see_it_again(monkeypatch: Patch) -> None:
    scaled_sensor(monkeypatch)
    told = CliRunner().invoke(main, ["simulate", "--fidelity", "wire", "--faults", "none"])
    assert told.exit_code == 1
    assert "the drivers say something else" in told.output
    assert "--faults none --fidelity wire" in told.output
