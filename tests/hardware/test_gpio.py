"""Pins, their holders, outputs that end off, and the RPi.GPIO that the display driver sees."""

import gc
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from gpiozero import PinInvalidPin, PinSetInput

from hardware.bench.gpio import BenchFactory, WireMemory
from hardware.errors import PinTaken
from hardware.gpio import Header, serve_rpi_gpio


@pytest.fixture
def factory():
    factory = BenchFactory()
    yield factory
    factory.close()


def test_a_pin_taken_twice_names_both_holders(factory):
    header = Header(factory)
    header.output(17, "slot2.relay")
    with pytest.raises(PinTaken, match=r"GPIO17 is already used by slot2\.relay; give fan another"):
        header.output(17, "fan")
    with pytest.raises(PinTaken):
        header.claim(17, "slot2.relay")


def test_displays_share_a_clock_but_nobody_else_does(factory):
    header = Header(factory)
    assert header.claim(13, "slot1.display", shared=True) is header.claim(13, "slot2.display", shared=True)
    with pytest.raises(PinTaken, match=r"slot1\.display"):
        header.claim(13, "fan")


def test_a_pin_that_is_not_on_the_header(factory):
    with pytest.raises(PinInvalidPin):
        Header(factory).output(40, "fan")


@pytest.mark.parametrize(("active_high", "off_level"), [(True, False), (False, True)])
def test_an_output_is_off_from_the_start_and_off_for_good_once_shut(factory, active_high, off_level):
    output = Header(factory).output(17, "slot1.relay", active_high=active_high)
    wire = factory.wire(17)
    assert (wire.driven_by_kiosk, wire.state, output.on) == (True, off_level, False)
    output.set(True)
    assert (wire.state, output.on) == (not off_level, True)
    output.shut()
    output.set(True)
    assert (wire.state, output.on) == (off_level, False)


def test_an_output_shut_while_another_thread_turns_it_on_ends_off(factory):
    output = Header(factory).output(17, "slot1.relay")
    wire = factory.wire(17)
    # The watcher is the other thread, at the worst of all moments: between the write and its end.
    wire.watch(lambda level: output.shut() if level else None)
    output.set(True)
    assert not wire.state


@pytest.mark.parametrize("active_high", [True, False])
def test_closing_lets_go_of_every_pin_and_leaves_outputs_driven_to_off(factory, active_high):
    header = Header(factory)
    output = header.output(17, "slot1.relay", active_high=active_high)
    output.set(True)
    header.close()
    output.set(True)
    output.shut()
    wire = factory.wire(17)
    assert (wire.driven_by_kiosk, wire.state, output.on) == (True, not active_high, False)
    header.output(17, "fan").set(True)
    assert wire.state
    header.close()


class TestBenchPin:
    def test_an_input_follows_the_world_then_its_pull(self, factory):
        line = Header(factory).input(4, "slot1.door", pull_up=True)
        wire = factory.wire(4)
        levels: list[bool | str] = []
        wire.watch(levels.append)
        line.when_activated = lambda: levels.append("active")
        wire.drive(False)
        assert line.is_active
        wire.drive(None)
        assert wire.state
        assert levels == [False, "active", True]

    def test_the_world_does_not_move_an_output_but_is_felt_once_it_is_an_input(self, factory):
        pin = factory.wire(4)
        pin.output_with_state(True)
        pin.drive(False)
        assert pin.state
        pin.input_with_pull("up")
        assert not pin.state

    def test_an_input_cannot_be_set(self, factory):
        with pytest.raises(PinSetInput):
            factory.wire(4).state = 1

    def test_its_memory_does_not_grow(self, factory):
        pin = factory.wire(4)
        pin.output_with_state(False)
        for n in range(1000):
            pin.state = n & 1
        assert len(pin.states) == 1


KILLED = """
import os, signal, sys
from pathlib import Path
from hardware.bench.gpio import BenchFactory, WireMemory
from hardware.gpio import Header
header = Header(BenchFactory(WireMemory(Path(sys.argv[1]))))
header.output(17, "slot1.relay").set(True)
header.output(27, "slot2.relay", active_high=False)
header.output(22, "slot3.relay").shut()
os.kill(os.getpid(), signal.SIGKILL)
"""


class TestWireMemory:
    def test_a_killed_process_leaves_its_outputs_driven(self, tmp_path):
        path = tmp_path / "bench-pins"
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        killed = subprocess.run([sys.executable, "-c", KILLED, path], env=environment, timeout=60, check=False)
        assert killed.returncode == -signal.SIGKILL
        memory = WireMemory(path)
        assert memory.driven() == {17: True, 27: True, 22: False}
        factory = BenchFactory(memory)
        assert factory.wire(17).driven_by_kiosk
        assert factory.wire(17).state
        relay = Header(factory).output(17, "slot1.relay")
        assert not relay.on
        assert memory.level(17) is False
        factory.close()
        assert memory.driven() == {}

    def test_another_process_s_view_follows(self, tmp_path):
        ours, theirs = WireMemory(tmp_path / "bench-pins"), WireMemory(tmp_path / "bench-pins")
        output = Header(BenchFactory(ours)).output(5, "fan")
        output.set(True)
        assert theirs.driven() == {5: True}
        output.shut()
        assert theirs.driven() == {5: False}


@pytest.fixture
def rpi_gpio():
    serve_rpi_gpio()
    import RPi.GPIO

    return RPi.GPIO


class TestRpiGpio:
    def test_it_is_served_once(self, rpi_gpio):
        serve_rpi_gpio()
        assert sys.modules["RPi.GPIO"] is rpi_gpio

    def test_a_repeated_setup_changes_nothing_and_the_last_cleanup_lets_go(self, factory, rpi_gpio):
        clock = factory.wire(13)
        rpi_gpio.setup(clock, rpi_gpio.OUT, initial=rpi_gpio.LOW)
        rpi_gpio.output(clock, rpi_gpio.HIGH)
        rpi_gpio.setup(clock, rpi_gpio.OUT, initial=rpi_gpio.LOW)
        assert rpi_gpio.input(clock) == 1
        rpi_gpio.cleanup(clock)
        assert clock.driven_by_kiosk
        rpi_gpio.cleanup(clock)
        assert not clock.driven_by_kiosk
        rpi_gpio.cleanup(clock)

    def test_a_collected_driver_leaves_the_shared_clock_to_the_others(self, factory, rpi_gpio):
        from tm1637 import TM1637

        clk, mine, other = factory.wire(13), factory.wire(5), factory.wire(6)
        gone, stays = TM1637(clk, mine), TM1637(clk, other)
        del gone
        gc.collect()
        assert clk.driven_by_kiosk
        assert not mine.driven_by_kiosk
        stays.show("FULL")

    def test_counts_hold_when_threads_meet(self, factory, rpi_gpio):
        pin = factory.wire(13)
        rpi_gpio.setup(pin, rpi_gpio.OUT)

        def come_and_go():
            for _ in range(500):
                rpi_gpio.setup(pin, rpi_gpio.OUT)
                rpi_gpio.cleanup(pin)

        threads = [threading.Thread(target=come_and_go) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert pin.driven_by_kiosk
        rpi_gpio.cleanup(pin)
        assert not pin.driven_by_kiosk
