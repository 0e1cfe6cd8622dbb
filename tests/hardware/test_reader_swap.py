"""A card reader changed while the kiosk runs, over real terminals: no tap is lost or comes twice."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from hardware.bench.bench import Bench
from hardware.bench.pn532 import BenchPn532
from hardware.bench.reader import BenchRdm6300, BenchReader
from hardware.errors import RewiringError
from hardware.pinmap_changes import changes
from hardware.port_worker import open_serial
from hardware.reader_specs import Pn532Spec, Rdm6300Spec
from hardware.rewiring import Rewirer
from hardware.specs import Pinmap
from hardware.wiring import Wiring, wire
from sessions.ports import CardSeen, DeviceReport
from tests.hardware.pinmaps import small_kiosk
from tests.hardware.wait import Inbox, wait_for

FIRST, SECOND, THIRD = "em4100:00C8F1B2", "em4100:00C8F1B3", "em4100:00C8F1B4"
ISO = "iso14443:04A1B2C3D4E5F6"


class Pi(Bench):
    """A bench whose ports are those that the pinmap names, as on a Pi."""

    def port(self, device: str, port: str) -> str:
        return port


class Swapping:
    def __init__(self, bench: Bench, wiring: Wiring, pinmap: Pinmap, seen: Inbox) -> None:
        self.wiring = wiring
        self.pinmap = pinmap
        self.seen = seen
        self._rewirer = Rewirer(wiring, pinmap, seen, bench._parts._clock, up_s=1.5)

    def to(self, reader: object) -> None:
        new = self.pinmap.model_copy(update={"reader": reader})
        self._rewirer.rewire(new, changes(self.pinmap, new))
        self.pinmap = new

    @property
    def uids(self) -> list[str]:
        ids = [each.tap_id for each in self.seen.of(CardSeen)]
        assert len(set(ids)) == len(ids), "an identity is one tap's"
        return [each.uid for each in self.seen.of(CardSeen)]

    def taps(self, *uids: str) -> None:
        wait_for(lambda: self.uids == list(uids), f"the taps {uids}")


@pytest.fixture
def readers() -> Iterator[list[BenchRdm6300]]:
    with ExitStack() as stack:
        made = [BenchRdm6300(), BenchRdm6300()]
        for each in made:
            stack.callback(each.close)
        yield made


@contextmanager
def kiosk_at(reader: BenchReader) -> Iterator[Swapping]:
    pinmap = small_kiosk(reader=spec(reader).model_dump())
    seen = Inbox()
    with Pi(pinmap) as bench:
        wiring = wire(pinmap, bench, seen)
        wiring.start()
        try:
            wait_for(lambda: wiring.reader is not None and wiring.reader.connected, "the reader")
            yield Swapping(bench, wiring, pinmap, seen)
        finally:
            wiring.stop()


def spec(reader: BenchReader, level: str = "divider") -> Rdm6300Spec | Pn532Spec:
    if isinstance(reader, BenchPn532):
        return Pn532Spec.model_validate({"kind": "pn532", "port": reader.port, "byte_order": "msb"})
    return Rdm6300Spec.model_validate({"kind": "rdm6300", "port": reader.port, "level": level})


def test_a_reader_elsewhere_takes_over_and_the_former_port_is_let_go_of(readers):
    here, there = readers
    with kiosk_at(here) as kiosk:
        here.tap(FIRST)
        kiosk.taps(FIRST)
        kiosk.to(spec(there))
        there.tap(SECOND)
        kiosk.taps(FIRST, SECOND)
        here.tap(THIRD)
        with open_serial(here.port, 9600):
            pass
        there.tap(FIRST)
        kiosk.taps(FIRST, SECOND, FIRST)
        kiosk.to(spec(here))
        here.tap(SECOND)
        kiosk.taps(FIRST, SECOND, FIRST, SECOND)


def test_while_a_port_is_tried_that_is_not_there_the_former_reader_reads_on(readers):
    here, there = readers
    there.unplug()
    with kiosk_at(here) as kiosk:
        wait_for(lambda: len(kiosk.seen.of(DeviceReport)) > 3, "the first reports")
        before = [each for each in kiosk.seen.of(DeviceReport) if each.device == "reader"]
        failed: list[str] = []

        def swap() -> None:
            with pytest.raises(RewiringError) as raised:
                kiosk.to(spec(there))
            failed.append(str(raised.value))

        thread = threading.Thread(target=swap)
        thread.start()
        here.tap(FIRST)
        kiosk.taps(FIRST)
        thread.join()
        assert failed == [f"The card reader at {there.port} is not there. Check its plug and cable; it is used again as"
                          " soon as it is back."]  # fmt: skip
        here.tap(SECOND)
        kiosk.taps(FIRST, SECOND)
        reports = [each for each in kiosk.seen.of(DeviceReport) if each.device == "reader"]
        assert {each.trouble for each in reports[len(before) :]} <= {None}, "nobody hears of one that was only tried"


def test_a_card_that_lies_there_while_its_reader_changes_is_one_tap(readers):
    here, _ = readers
    with kiosk_at(here) as kiosk:
        lies = threading.Thread(target=here.tap, args=(FIRST, 4.0))
        lies.start()
        kiosk.taps(FIRST)
        for level in ("shifter", "native", "divider"):
            kiosk.to(spec(here, level))
        lies.join()
        here.tap(SECOND)
        kiosk.taps(FIRST, SECOND)


def test_another_kind_of_reader_and_none_at_all(readers):
    here, _ = readers
    chip = BenchPn532()
    try:
        with kiosk_at(here) as kiosk:
            kiosk.to(spec(chip))
            chip.tap(ISO)
            kiosk.taps(ISO)
            kiosk.to(small_kiosk(reader={"kind": "none"}).reader)
            assert kiosk.wiring.reader is None
            assert "reader" not in {worker.name for worker in kiosk.wiring.workers}
            kiosk.to(spec(here))
            here.tap(FIRST)
            kiosk.taps(ISO, FIRST)
    finally:
        chip.close()
