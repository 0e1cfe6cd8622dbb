"""Technicians at a real window, by touch alone: in by card and by PIN, through every sheet, and out again."""

import io
import tkinter as tk
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from zipfile import ZipFile

import pytest
from PIL import Image

from kiosk.screens.samples import SITE
from kiosk.screens.stage import Stage
from kiosk.screens.technician import acts as a
from kiosk.screens.technician.samples import sheets
from kiosk.screens.theme import DARK
from kiosk.simulation.places import BENCH_STICK
from sessions.technician import FREE_TRIES
from sessions.units import SlotName
from tests.faults.process import ANNA, BEN, BEN_UID, KioskProcess, Reader, command, kiosk_process, until
from tests.test_touch import Finger, program

PIN, WRONG = "2580", "1379"
ONE, TWO = SlotName("slot1"), SlotName("slot2")
CORNER = (20, 20)
SIZES = pytest.mark.parametrize("size", [(800, 480), (480, 800)], ids=["lying", "upright"])


class Places:
    """Where the keys of each sheet are on a screen of a size: asked of the sheets themselves."""

    def __init__(self, size: tuple[int, int]) -> None:
        root = tk.Tk()
        root.withdraw()
        stage = Stage(root, size, replace(SITE), lambda intent: None)
        self._places: dict[tuple[str, object], tuple[int, int]] = {}
        for name, model in sheets():
            stage.show(model)
            assert stage.page is not None
            for touchable in stage.page.touchables:
                intent = getattr(touchable, "intent", None)
                if intent is not None:
                    self._places[name, intent] = (touchable.box.cx, touchable.box.cy)
        stage.destroy()
        root.update()
        root.destroy()

    def of(self, sheet: str, intent: a.Act) -> tuple[int, int]:
        return self._places[sheet, intent]


@dataclass
class Technician:
    """Stands before a kiosk's window."""

    kiosk: KioskProcess
    finger: Finger
    places: Places

    def touch(self, sheet: str, intent: a.Act) -> None:
        self.finger.touch(self.places.of(sheet, intent))

    def tap_in(self) -> bool:
        """Holds Ben's card to the reader for a moment, and says whether the screens are open."""
        self.kiosk.tap(BEN)
        return self.inside

    def turn_to(self, sheet: str, intent: a.Act, sign: Callable[[], bool] | None = None) -> None:
        """Touches what leads to another sheet, and waits for ``sign`` that it is shown: another title without one."""
        before = self.title()
        self.touch(sheet, intent)
        until(sign or (lambda: self.title() != before), f"{intent} shows another sheet")
        assert self.inside, f"{intent} leads out"

    def enter(self, pin: str) -> None:
        """Holds the corner and types a PIN."""
        if not self.inside:
            until(self.holds_corner, "the PIN pad")
        for digit in pin:
            self.touch("technician-pin", a.Digit(digit))
        self.touch("technician-pin", a.Prove())

    def holds_corner(self) -> bool:
        """Holds the corner, as long as it takes a busy kiosk to see three seconds of it."""
        if not self.inside:
            self.finger.hold(CORNER, 3.5)
        return self.inside

    def shown(self) -> Image.Image:
        return Image.open(io.BytesIO(self.kiosk.http.get("/api/screen.png").content)).convert("RGB")

    def title(self) -> bytes:
        """The title's pixels, which no touch changes; beside it the countdown runs."""
        picture = self.shown()
        return picture.crop((8, 8, picture.width // 2, 64)).tobytes()

    @property
    def inside(self) -> bool:
        """Whether the yellow frame is there. The picture wanders by two pixels, the frame is five wide."""
        picture = self.shown()
        middle, edge = picture.height // 2, picture.width - 3
        return picture.getpixel((2, middle)) == picture.getpixel((edge, middle)) == _rgb(DARK.warn)

    def facts(self, kind: str) -> list[dict[str, str]]:
        events = self.kiosk.get("/api/events?limit=1000")["events"]
        return [event["body"] for event in events if event["kind"] == kind]

    def has_tried_since(self, before: int) -> bool:
        """Whether another PIN was tried."""
        return len(self.facts("pin.tried")) > before

    def has_key(self, sheet: str, intent: a.Act) -> bool:
        """Whether a key is shown in that place; looked at beside its words."""
        x, y = self.places.of(sheet, intent)
        return self.shown().getpixel((x - 70, y)) == _rgb(DARK.raised)

    def lays_card_until_not(self, question: a.Act) -> bool:
        """Keeps Anna's card on the reader; whether that is not asked for any more."""
        self.kiosk.tap(ANNA)
        return not self.has_key("technician-selftest-waits", question)

    def leave(self) -> None:
        """Goes out and finds the first screen."""
        self.touch("technician", a.Leave())
        until(lambda: self.facts("technician.left"), "the stay has ended")
        until(lambda: not self.inside, "the first screen")


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


@contextmanager
def at_the_kiosk(
    folder: Path, display: str, size: tuple[int, int] = (800, 480), reader: Reader | None = None
) -> Iterator[Technician]:
    places = Places(size)
    named = f"{size[0]}x{size[1]}"
    with kiosk_process(folder, "--size", named, program=program(display), reader=reader) as kiosk:
        yield Technician(kiosk, Finger(display), places)


@contextmanager
def inside_by_card(folder: Path, display: str, size: tuple[int, int] = (800, 480)) -> Iterator[Technician]:
    """With Ben, who is a technician, in the technicians' screens."""
    with at_the_kiosk(folder, display, size) as ben:
        made = command(ben.kiosk.data, "cards", "add", BEN_UID, "--name", "Ben", "--group", "technician")
        assert made.returncode == 0, made.stderr
        until(ben.tap_in, "Ben's card opens them")
        yield ben


def operator(technician: Technician, *words: str) -> None:
    done = command(technician.kiosk.data, "operators", "pin", *words)
    assert done.returncode == 0, done.stderr


def test_wrong_pins_make_it_wait_also_after_a_restart_until_an_operator_resets_it(tmp_path, display):
    reader = Reader(tmp_path)
    with at_the_kiosk(tmp_path, display, reader=reader) as ted:
        ted.finger.hold(CORNER, 3.5)
        operator(ted, "set", "--pin", PIN)
        assert not ted.inside, "without a PIN the corner did nothing"
        for _ in range(FREE_TRIES):
            before = len(ted.facts("pin.tried"))
            ted.enter(WRONG)
            until(partial(ted.has_tried_since, before), "a try is stored")
        ted.kiosk.kill()
    with at_the_kiosk(tmp_path, display, reader=reader) as ted:
        ted.enter(PIN)
        operator(ted, "reset")
        assert len(ted.facts("pin.tried")) == FREE_TRIES, "none is taken while it waits"
        ted.enter(PIN)
        until(lambda: ted.facts("technician.entered"), "the PIN is right")
        until(lambda: ted.facts("pin.forgiven"), "an operator's act is a fact")
        ted.leave()
    reader.close()


def test_a_pad_that_nobody_touches_shuts(tmp_path, display):
    with at_the_kiosk(tmp_path, display, (480, 800)) as ted:
        operator(ted, "set", "--pin", PIN)
        ted.finger.hold(CORNER, 3.5)
        until(lambda: ted.inside, "the PIN pad")
        until(lambda: not ted.inside, "it shuts")


@SIZES
def test_every_sheet_is_walked_and_left(tmp_path, display, size):
    by_hand = a.ByHand("slot1.relay")
    with inside_by_card(tmp_path, display, size) as ben:
        for sheet in (a.Sheet.OUTPUTS, a.Sheet.SELFTEST, a.Sheet.HEALTH, a.Sheet.NETWORK, a.Sheet.LOGS):
            ben.turn_to("technician", a.Show(sheet))
            ben.turn_to(f"technician-{sheet.value}", a.Show(a.Sheet.OVERVIEW))
        ben.turn_to("technician", a.Show(a.Sheet.SLOTS))
        ben.turn_to("technician-slots", a.Show(a.Sheet.SLOT, ONE))
        ben.turn_to("technician-slot", a.Show(a.Sheet.PLOT, ONE), lambda: not ben.has_key("technician-slot", by_hand))
        ben.touch("technician-plot", a.Zoom())
        ben.turn_to("technician-plot", a.Show(a.Sheet.SLOT), lambda: ben.has_key("technician-slot", by_hand))
        reason = a.Disable("Out of use for now")
        ben.turn_to("technician-slot", a.Show(a.Sheet.REASON), lambda: ben.has_key("technician-reason", reason))
        ben.touch("technician-reason", a.Disable("Cable is broken"))
        until(lambda: ben.kiosk.slot("slot1")["state"] == "unavailable", "it is out of use")
        assert ben.facts("slot.disabled")[0]["by"] == "staff:Ben"
        # The same place as of slot 3, which the sample has out of use.
        ben.touch("technician-slot-disabled", a.Enable())
        until(lambda: ben.kiosk.slot("slot1")["state"] == "available", "it is in use again")
        ben.turn_to("technician-slot", a.Show(a.Sheet.SLOTS))
        ben.turn_to("technician-slots", a.Show(a.Sheet.OVERVIEW))
        ben.leave()
        assert ben.kiosk.get("/health")["status"] == "ok"
        assert ben.kiosk.stop() == 0


def test_a_slot_with_a_session_is_left_alone_and_a_free_one_switched(tmp_path, display):
    with at_the_kiosk(tmp_path, display) as ben:
        made = command(ben.kiosk.data, "cards", "add", BEN_UID, "--name", "Ben", "--group", "technician")
        assert made.returncode == 0, made.stderr
        ben.kiosk.charge("slot1", ANNA, 10, 600)
        until(ben.tap_in, "Ben's card opens them")
        for slot, acts in ((ONE, 0), (TWO, 1)):
            ben.turn_to("technician", a.Show(a.Sheet.SLOTS))
            ben.turn_to("technician-slots", a.Show(a.Sheet.SLOT, slot))
            ben.touch("technician-slot", a.ByHand("slot1.relay"))
            if acts:
                until(lambda: ben.kiosk.bench("slot2")["relay"], "the relay is on")
            ben.turn_to("technician-slot", a.Show(a.Sheet.SLOTS))
            ben.turn_to("technician-slots", a.Show(a.Sheet.OVERVIEW))
            assert len(ben.facts("technician.acted")) == acts
        assert ben.facts("technician.acted") == [{"what": "slot2.relay", "by": "staff:Ben"}]
        ben.leave()
        until(lambda: not ben.kiosk.bench("slot2")["relay"], "leaving switches it off")
        assert ben.kiosk.slot("slot1")["state"] == "charging"


def test_a_self_test_asks_what_only_people_can_see(tmp_path, display):
    with inside_by_card(tmp_path, display) as ben:
        ben.turn_to("technician", a.Show(a.Sheet.SELFTEST))
        ben.touch("technician-selftest", a.Test(ONE))
        until(lambda: ben.kiosk.slot("slot1")["state"] == "unavailable", "slot 1 is tested")
        assert ben.facts("technician.acted") == [{"what": "selftest slot1", "by": "staff:Ben"}]
        until(lambda: ben.has_key("technician-selftest-waits", a.Answer(4, "skip")), "it asks to have the door shut")
        ben.kiosk.post("/api/bench/slots/slot1/door", open=False)
        until(lambda: "8" in ben.kiosk.bench("slot1")["display"], "it asks what the display shows")
        until(lambda: ben.has_key("technician-selftest-asks", a.Answer(3, "no")), "yes or no?")
        ben.touch("technician-selftest-asks", a.Answer(3, "yes"))
        until(lambda: "8" not in ben.kiosk.bench("slot1")["display"], "and believes what it is told")
        ben.touch("technician-selftest-done", a.NewTest())
        ben.turn_to("technician-selftest", a.Show(a.Sheet.OVERVIEW))
        ben.leave()


def test_a_self_test_that_is_ended_leaves_everything_off(tmp_path, display):
    with inside_by_card(tmp_path, display) as ben:
        ben.turn_to("technician", a.Show(a.Sheet.SELFTEST))
        ben.touch("technician-selftest", a.Test(ONE))
        until(lambda: ben.kiosk.bench("slot1")["relay"], "slot 1 is tested")
        ben.touch("technician-selftest-asks", a.EndTest())
        until(lambda: ben.kiosk.slot("slot1")["state"] == "available", "slot 1 is given back")
        left = ben.kiosk.bench("slot1")
        assert (left["relay"], left["lock"]) == (False, "locked")


def test_the_test_card_signs_nobody_in(tmp_path, display):
    with inside_by_card(tmp_path, display) as ben:
        ben.turn_to("technician", a.Show(a.Sheet.SELFTEST))
        ben.touch("technician-selftest", a.Test())
        skip = a.Answer(4, "skip")
        until(lambda: ben.has_key("technician-selftest-waits", skip), "it asks for the test card")
        until(partial(ben.lays_card_until_not, skip), "the card is read")
        assert ben.inside
        assert ben.kiosk.visit() is None
        ben.touch("technician-selftest-asks", a.EndTest())


def test_logs_go_onto_a_stick(tmp_path, display):
    with inside_by_card(tmp_path, display) as ben:
        stick = ben.kiosk.data / BENCH_STICK
        stick.mkdir()
        ben.turn_to("technician", a.Show(a.Sheet.LOGS))
        ben.touch("technician-logs", a.SaveLogs())
        found = until(lambda: list(stick.glob("*.zip")), "an archive")
        with ZipFile(found[0]) as archive:
            assert "logs/kiosk.log" in archive.namelist()
        assert ben.facts("technician.acted") == [{"what": "logs", "by": "staff:Ben"}]


def test_another_card_takes_the_screen(tmp_path, display):
    with inside_by_card(tmp_path, display) as ben:
        ben.kiosk.tap(ANNA)
        until(lambda: ben.kiosk.visit() is not None and not ben.inside, "Anna is served")
        assert ben.facts("technician.left")[0]["reason"] == "replaced"
