"""Coin pulses: widths, trains, who they belong to, and a real pin with true timing."""

import random
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.bench.bench import Bench
from hardware.bench.coins import CoinChute
from hardware.bench.gpio import BenchFactory
from hardware.bench.wires import header_wire
from hardware.coin_acceptor import PulseCoinAcceptor
from hardware.coin_pulses import CoinTiming, PulseTrains
from hardware.coin_specs import CoinSpec
from hardware.errors import BenchRefused
from hardware.gpio import Header
from hardware.wiring import COIN_ENABLE, wire
from sessions.ports import CoinPulseStarted, CoinSeen, DeviceReport, Trouble
from sessions.units import MinorUnits, MonoNs, SlotName
from tests.hardware.pinmaps import DOCUMENT, small_kiosk
from tests.hardware.wait import Inbox, wait_for

MS = 1_000_000
UNIT = MinorUnits(100)
LATE = 60_000


def told(pulses: list[tuple[int, int]], look_at: int = LATE) -> tuple[list[CoinPulseStarted | CoinSeen], PulseTrains]:
    """What trains come of pulses given as (start, length) in milliseconds after the mute time."""
    trains = PulseTrains(CoinTiming(), UNIT, MonoNs(0))
    zero = trains.deaf_until
    out = []
    for start, length in pulses:
        out += trains.edge(MonoNs(zero + start * MS), True)
        out += trains.edge(MonoNs(zero + (start + length) * MS), False)
    out += trains.look(MonoNs(zero + look_at * MS))
    return out, trains


def values(seen: list[CoinPulseStarted | CoinSeen]) -> list[int]:
    return [each.value for each in seen if isinstance(each, CoinSeen)]


def train(count: int, start: int = 0) -> list[tuple[int, int]]:
    return [(start + 100 * n, 50) for n in range(count)]


@pytest.mark.parametrize(
    ("pulses", "expected"),
    [
        (train(1), [100]),
        (train(5), [500]),
        (train(5) + train(5, 1000), [500, 500]),
        (train(5) + train(5, 500), [1000]),
        ([(0, 20)], [100]),
        ([(0, 130)], [100]),
        ([(0, 50), (349, 50)], [200]),
        ([(0, 50), (350, 50)], [100, 100]),
        ([(0, 50), (120, 5), (200, 50)], [200]),
    ],
)
def test_pulses_become_trains(pulses, expected):
    seen, _ = told(pulses)
    assert values(seen) == expected


@pytest.mark.parametrize("pulse", [(0, 0), (0, 19), (0, 131), (0, 5000)])
def test_a_pulse_of_a_wrong_width_is_a_fault_and_no_money(pulse):
    seen, trains = told([pulse])
    assert seen == []
    assert trains.faults == 1


def test_the_first_pulse_is_told_before_the_train_is_over_and_both_have_one_identity():
    trains = PulseTrains(CoinTiming(), UNIT, MonoNs(0))
    start = MonoNs(trains.deaf_until + 10 * MS)
    assert trains.edge(start, True) == []
    (started,) = trains.edge(MonoNs(start + 50 * MS), False)
    assert isinstance(started, CoinPulseStarted)
    assert started.mono == start
    assert trains.look_at == start + 350 * MS
    assert trains.look(MonoNs(start + 349 * MS)) == []
    (seen,) = trains.look(MonoNs(start + 350 * MS))
    assert isinstance(seen, CoinSeen)
    assert seen.train_id == started.train_id
    assert seen.first_pulse == start
    assert trains.look_at is None


def test_identities_are_unique_also_between_runs():
    ids = [each.train_id for _ in range(3) for each in told(train(1) + train(1, 5000))[0] if isinstance(each, CoinSeen)]
    assert len(set(ids)) == 6


def test_pulses_after_power_on_are_not_heard():
    trains = PulseTrains(CoinTiming(), UNIT, MonoNs(0))
    for start in range(0, 2_900, 100):
        assert trains.edge(MonoNs(start * MS), True) == []
        assert trains.edge(MonoNs((start + 50) * MS), False) == []
    assert trains.faults == 0


def test_a_line_that_hangs_ends_the_train_it_began_in():
    trains = PulseTrains(CoinTiming(), UNIT, MonoNs(0))
    zero = trains.deaf_until
    trains.edge(MonoNs(zero), True)
    trains.edge(MonoNs(zero + 50 * MS), False)
    trains.edge(MonoNs(zero + 100 * MS), True)
    (seen,) = trains.look(MonoNs(zero + 1000 * MS))
    assert isinstance(seen, CoinSeen)
    assert seen.value == 100
    assert trains.faults == 1
    assert trains.edge(MonoNs(zero + 2000 * MS), False) == []
    assert trains.faults == 1


def test_an_edge_that_comes_late_bends_no_pulse():
    trains = PulseTrains(CoinTiming(), UNIT, MonoNs(0))
    zero = trains.deaf_until
    trains.edge(MonoNs(zero), True)
    assert trains.look(MonoNs(zero + 400 * MS)) == []
    assert [type(told) for told in trains.edge(MonoNs(zero + 50 * MS), False)] == [CoinPulseStarted]
    assert values(trains.look(MonoNs(zero + 500 * MS))) == [100]
    assert trains.faults == 0


@given(st.lists(st.tuples(st.integers(1, 600), st.integers(0, 200)), max_size=60))
def test_no_good_pulse_is_lost_or_doubled(gaps_and_lengths):
    pulses, at = [], 0
    for gap, length in gaps_and_lengths:
        pulses.append((at + gap, length))
        at += gap + length
    seen, trains = told(pulses, look_at=at + 1000)
    good = [length for _, length in pulses if 20 <= length <= 130]
    assert sum(values(seen)) == 100 * len(good)
    assert trains.faults == len(pulses) - len(good)
    assert len([each for each in seen if isinstance(each, CoinPulseStarted)]) == len(values(seen))


@pytest.mark.parametrize(
    ("pulses", "switched", "value", "suspects"),
    [
        ([(1000, 50)], [950], [], 1),
        ([(1000, 50)], [1010], [], 1),
        ([(1000, 50)], [899], [100], 0),
        ([(1000, 50)], [1051], [100], 0),
        ([(1000, 50), (1100, 50)], [950, 1060], [], 2),
        ([(1000, 50), (1100, 50), (1200, 50)], [990], [300], 0),
    ],
)
def test_a_pulse_beside_a_locks_switching_counts_only_in_a_train_that_others_prove(pulses, switched, value, suspects):
    trains = PulseTrains(CoinTiming(), UNIT, MonoNs(0))
    zero = trains.deaf_until
    out = []
    edges = [(start + length * end, not end) for start, length in pulses for end in (False, True)]
    for at, what in sorted([*edges, *((at, None) for at in switched)], key=lambda each: each[0]):
        if what is None:
            trains.switched(MonoNs(zero + at * MS))
        else:
            out += trains.edge(MonoNs(zero + at * MS), what)
    out += trains.look(MonoNs(zero + 5000 * MS))
    assert values(out) == value
    assert trains.suspects == suspects
    started = [each for each in out if isinstance(each, CoinPulseStarted)]
    assert [each.mono for each in started] == [zero + pulses[0][0] * MS] * len(value), "the owner is the first pulse's"


@pytest.mark.parametrize(
    ("coins", "width", "value"),
    [
        ([50, 50, 50], 50, 100),
        ([50, 50, 50], 62, 100),
        ([50, 50, 50], 63, None),
        ([50, 50, 50], 37, None),
        ([50, 50], 50, None),
        ([40, 120, 100, 100], 100, 100),
    ],
)
def test_a_pulse_beside_a_locks_switching_is_a_coin_where_it_is_as_long_as_this_acceptors(coins, width, value):
    """A coin of one pulse just when a door opens is a customer's money."""
    trains = PulseTrains(CoinTiming(), UNIT, MonoNs(0))
    for number, length in enumerate(coins):
        start = trains.deaf_until + number * 1000 * MS
        trains.edge(MonoNs(start), True)
        trains.edge(MonoNs(start + length * MS), False)
    start = trains.deaf_until + 20_000 * MS
    trains.look(MonoNs(start - 1000 * MS))
    trains.switched(MonoNs(start - 50 * MS))
    trains.edge(MonoNs(start), True)
    started = trains.edge(MonoNs(start + width * MS), False)
    seen = trains.look(MonoNs(start + 5000 * MS))
    assert (len(started), values(seen), trains.suspects) == ((1, [value], 0) if value else (0, [], 1))


def test_a_line_that_hangs_is_stuck_after_a_second_until_it_lets_go():
    trains = PulseTrains(CoinTiming(), UNIT, MonoNs(0))
    zero = trains.deaf_until
    trains.edge(MonoNs(zero), True)
    assert trains.look(MonoNs(zero + 500 * MS)) == []
    assert trains.look_at == zero + 1000 * MS
    assert not trains.stuck(MonoNs(zero + 999 * MS))
    assert trains.stuck(MonoNs(zero + 1000 * MS))
    trains.edge(MonoNs(zero + 3000 * MS), False)
    assert not trains.stuck(MonoNs(zero + 3000 * MS))
    assert trains.look_at is None


def test_widths_of_good_and_bad_pulses_are_kept_for_the_self_test():
    _, trains = told([(0, 30), (200, 5), (400, 60), (600, 200)])
    assert (list(trains.widths_ms), list(trains.spark_widths_ms)) == ([30, 60], [5])
    assert (trains.good, trains.faults) == (2, 2)


SPEC = CoinSpec.model_validate(
    {
        "pin": 9,
        "power_on_mute_ms": 300,
        "value": {"minor_units": 100},
        "enable": {"pin": 21, "active": "high", "off_means": "refuses"},
    }
)


class Rig:
    """An acceptor and its driver on one bench header; `before` is what its line does before the kiosk starts."""

    def __init__(self, before: Callable[[CoinChute], None] = lambda chute: None) -> None:
        self.inbox = Inbox()
        factory = BenchFactory()
        self.chute = CoinChute(SPEC, factory.wire(9), header_wire(factory.wire(21)), random.Random(1))
        before(self.chute)
        self.header = Header(factory)
        self.driver = PulseCoinAcceptor(
            self.header.input(9, "coin", pull_up=True),
            self.inbox,
            UNIT,
            enable_line=self.header.output(21, "coin.enable"),
            timing=CoinTiming(mute_ms=300),
        )
        self.driver.start()

    @property
    def coins(self) -> list[int]:
        return [seen.value for seen in self.inbox.of(CoinSeen)]


@pytest.fixture
def rig() -> Iterator[Rig]:
    rig = Rig()
    yield rig
    rig.chute.close()
    rig.driver.stop()
    rig.header.close()


def test_a_coin_waits_out_the_power_on_time_and_is_counted(rig):
    rig.driver.enable(True)
    assert not rig.driver.enabled
    assert rig.chute.drop(5) == 5
    wait_for(lambda: rig.coins, "the train")
    assert rig.coins == [500]
    (started,), (seen,) = rig.inbox.of(CoinPulseStarted), rig.inbox.of(CoinSeen)
    assert started.train_id == seen.train_id
    assert started.mono == seen.first_pulse < seen.mono
    assert rig.driver.trains.faults == 0


def test_no_unit_is_lost_while_the_machine_is_busy(rig, monkeypatch):
    oversleeping = SimpleNamespace(sleep=lambda seconds: time.sleep(seconds + 0.2))
    monkeypatch.setattr("hardware.bench.coins.time", oversleeping)
    rig.driver.enable(True)
    rig.chute.drop(3)
    wait_for(lambda: sum(rig.coins) == 300, "three units")
    assert rig.driver.trains.faults == 0


def test_coins_dropped_quickly_one_after_another_all_count(rig):
    rig.driver.enable(True)
    for _ in range(3):
        rig.chute.drop(1)
    wait_for(lambda: sum(rig.coins) == 300, "three units")


def test_the_acceptor_refuses_while_it_is_not_enabled(rig, monkeypatch):
    monkeypatch.setattr("hardware.bench.coins.PATIENCE_S", 0.1)
    rig.driver.enable(True)
    wait_for(lambda: rig.chute.accepts, "the line")
    rig.driver.enable(False)
    assert not rig.chute.accepts
    with pytest.raises(BenchRefused, match="refuses coins"):
        rig.chute.drop(1)
    assert rig.coins == []


@pytest.mark.parametrize("value", [0, -1, 0.5, 2.25])
def test_a_coin_the_acceptor_does_not_know_is_refused(rig, value):
    with pytest.raises(BenchRefused, match="knows no coin"):
        rig.chute.drop(value)


def test_static_on_the_line_is_reported_and_coins_still_count(rig):
    rig.driver.enable(True)
    wait_for(lambda: rig.chute.accepts, "the line")
    rig.chute.static(True)
    wait_for(lambda: rig.driver.trains.faults >= 20, "twenty wrong pulses", timeout_s=20)
    rig.chute.static(False)
    wait_for(lambda: Trouble.NOISE in [report.trouble for report in rig.inbox.of(DeviceReport)], "the report")
    # On a busy machine a spark may last as long as a pulse: what counts is that the coin does.
    before = sum(rig.coins)
    rig.chute.drop(1)
    wait_for(lambda: sum(rig.coins) > before, "the coin")


def troubles(rig: Rig) -> list[Trouble | None]:
    return [report.trouble for report in rig.inbox.of(DeviceReport)]


def test_a_line_that_hangs_is_reported_once_and_coins_are_refused_until_it_lets_go(rig):
    rig.driver.enable(True)
    wait_for(lambda: rig.chute.accepts, "the line")
    rig.chute.stuck(True)
    wait_for(lambda: Trouble.STUCK in troubles(rig), "the report")
    assert not rig.chute.accepts
    assert rig.driver.check.line == "stuck"
    [report] = [report for report in rig.inbox.of(DeviceReport) if report.trouble is Trouble.STUCK]
    assert "hangs at low" in report.detail
    beat = rig.driver.last_beat
    wait_for(lambda: rig.driver.last_beat > beat, "another round")
    rig.chute.stuck(False)
    wait_for(lambda: rig.chute.accepts, "coins to be accepted again")
    rig.chute.drop(5)
    wait_for(lambda: rig.coins == [500], "the coin")
    assert troubles(rig) == [None, Trouble.STUCK, None]


def test_a_line_that_hung_before_the_kiosk_started_is_found():
    rig = Rig(lambda chute: chute.stuck(True))
    try:
        rig.driver.enable(True)
        wait_for(lambda: Trouble.STUCK in troubles(rig), "the report")
        assert not rig.chute.accepts
    finally:
        rig.chute.close()
        rig.driver.stop()
        rig.header.close()


def test_a_hanging_line_keeps_no_thread_busy(rig):
    rig.driver.enable(True)
    rig.chute.stuck(True)
    wait_for(lambda: Trouble.STUCK in troubles(rig), "the report")
    assert rig.driver._patience_s() >= 0.1


def test_a_ringing_line_is_reported_and_makes_no_coin(rig):
    rig.driver.enable(True)
    wait_for(lambda: rig.chute.accepts, "the line")
    rig.chute.flood(True)
    wait_for(lambda: Trouble.NOISE in troubles(rig), "the report", timeout_s=20)
    rig.chute.flood(False)
    assert rig.driver.trains.faults >= 20


def test_a_broken_wire_gives_nothing_and_an_acceptor_without_power_gives_the_coin_back(rig, monkeypatch):
    monkeypatch.setattr("hardware.bench.coins.PATIENCE_S", 0.1)
    rig.driver.enable(True)
    wait_for(lambda: rig.chute.accepts, "the line")
    rig.chute.silent(True)
    rig.chute.drop(5)
    rig.chute.silent(False)
    rig.chute.unplug(True)
    with pytest.raises(BenchRefused, match="refuses coins"):
        rig.chute.drop(5)
    rig.chute.unplug(False)
    rig.chute.drop(1)
    wait_for(lambda: rig.coins == [100], "the one coin that gave pulses")


@pytest.mark.parametrize("active", ["high", "low"])
@pytest.mark.parametrize("off_means", ["refuses", "accepts"])
def test_the_enable_line_refuses_whenever_the_kiosk_does_not_accept(active, off_means):
    spec = CoinSpec.model_validate(
        {**SPEC.model_dump(exclude_none=True), "enable": {"pin": 21, "active": active, "off_means": off_means}}
    )
    kiosk = small_kiosk(coin=spec)
    with Bench(kiosk) as bench:
        chute = bench._parts.coins
        assert isinstance(chute, CoinChute)
        # Nobody drives the line: its resistor holds it off, which must refuse; a line that accepts then is warned of.
        assert chute.accepts is (off_means == "accepts")
        wiring = wire(kiosk, bench, Inbox())
        wiring.start()
        try:
            assert not chute.accepts
            wiring.outputs.set(COIN_ENABLE, True)
            wait_for(lambda: chute.accepts, "the line")
            wiring.outputs.set(COIN_ENABLE, False)
            assert not chute.accepts
            wiring.outputs.set(COIN_ENABLE, True)
            wait_for(lambda: chute.accepts, "the line again")
            wiring.all_off()
            assert not chute.accepts
        finally:
            wiring.stop()
        assert not chute.accepts


def test_a_locks_coil_makes_a_pulse_beside_it_suspect_and_whoever_asks_finds_it(caplog):
    locker, *others = DOCUMENT["slots"]
    locker = {**locker, "lock": {**locker["lock"], "pulse_ms": 60}}
    kiosk = small_kiosk(coin={**SPEC.model_dump(exclude_none=True), "power_on_mute_ms": 0}, slots=[locker, *others])
    with Bench(kiosk) as bench:
        inbox = Inbox()
        wiring = wire(kiosk, bench, inbox)
        line = header_wire(bench.pins().wire(9))
        # The spark of this coil's 60 ms is long enough to be a coin's pulse.
        bench.pins().wire(24).watch(lambda level: line.drive(not level))
        wiring.start()
        try:
            assert isinstance(wiring.coin, PulseCoinAcceptor)
            trains = wiring.coin.trains
            wiring.slots[SlotName("locker")].set_unlocked(True)
            wait_for(lambda: trains.suspects == 1, "the suspect to be counted")
            wait_for(lambda: "Dropped a pulse on the coin line" in caplog.text, "the log line")
            assert wiring.coin.figures["dropped_pulses"] == 1
        finally:
            wiring.stop()
    assert (inbox.of(CoinSeen), inbox.of(CoinPulseStarted)) == ([], [])


def test_an_acceptor_that_gets_its_power_anew_is_not_heard_while_it_wakes():
    enable = {"pin": 21, "active": "high", "off_means": "refuses", "switches": "power"}
    kiosk = small_kiosk(coin={**SPEC.model_dump(exclude_none=True), "enable": enable})
    with Bench(kiosk) as bench:
        chute = bench._parts.coins
        assert isinstance(chute, CoinChute)
        inbox = Inbox()
        wiring = wire(kiosk, bench, inbox)
        wiring.start()
        try:
            assert isinstance(wiring.coin, PulseCoinAcceptor)
            for _ in range(2):
                wiring.outputs.set(COIN_ENABLE, True)
                wait_for(lambda: bench.pins().wire(21).state, "the relay of its power")
                assert (wiring.coin.enabled, chute.accepts) == (False, False)
                chute._pulse(0.05)
                wait_for(lambda: chute.accepts, "the acceptor is awake")
                assert (wiring.coin.enabled, wiring.coin.trains.good) == (True, 0)
                wiring.outputs.set(COIN_ENABLE, False)
                wait_for(lambda: not chute.accepts, "its power is off")
            wiring.outputs.set(COIN_ENABLE, True)
            chute.drop(2)
            wait_for(lambda: sum(seen.value for seen in inbox.of(CoinSeen)) == 200, "the coin")
        finally:
            wiring.stop()
