"""Somebody who tries everything: touches each thing that can be touched, wherever it leads, on a real window with a
real finger (xdotool), while a whole kiosk on a virtual clock decides what happens and a simulated person takes part.
The charging screen between them is the real one; only its clock is the kiosk's.
"""

import subprocess
import tkinter as tk
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from hardware.bench.plumbing import Cup
from kiosk.loops import Inbox
from kiosk.screens import intents as i
from kiosk.screens.buttons import HOLD_S, Button
from kiosk.screens.charging import ChargingScreen
from kiosk.screens.models import AnyModel, MessageModel
from kiosk.screens.navigation import Navigation
from kiosk.screens.page import Page, Touchable
from kiosk.screens.parts import SignOutPart
from kiosk.screens.samples import SITE
from kiosk.screens.stage import Stage
from kiosk.screens.technician.model import PlotModel, TechnicianModel
from kiosk.simulation.kiosk import SimKiosk
from sessions.machine import SlotState
from sessions.pictures import kiosk_view
from sessions.rules import Rules, SlotRules
from sessions.units import MonoNs, SlotName
from sessions.views import KioskView

PATIENCE_S = 10.0
CARDS = ("em4100:00C8F1B2", "em4100:00ABCDEF", "em4100:00000003")


def some_slots(count: int) -> tuple[SlotRules, ...]:
    """So many slots with lock and door."""
    return tuple(SlotRules(SlotName(f"slot{n}"), "USB-C", True, True) for n in range(1, count + 1))


class _VirtualScreen(ChargingScreen):
    """The charging screen by another clock than the machine's."""

    def __init__(self, root: tk.Tk, inbox: Inbox, clock: Callable[[], MonoNs]) -> None:
        fails = root.report_callback_exception
        super().__init__(root, inbox, lambda error: None)
        root.report_callback_exception = fails
        self._clock = clock

    def _now(self) -> MonoNs:
        return self._clock()


class Walker:
    """Walks through a kiosk on a screen of that size. `touched` and `seen` tell what it tried; `close` it."""

    def __init__(self, root: tk.Tk, size: tuple[int, int], rules: Rules) -> None:
        self.kiosk = SimKiosk(rules, seed=7)
        self.heard: list[i.Intent] = []
        self.touched: Counter[tuple[str, str]] = Counter()
        self.seen: Counter[str] = Counter()
        self.cloud = "none"
        """How the kiosk's network is."""
        self._root = root
        self._inbox = Inbox()
        self._screen = _VirtualScreen(root, self._inbox, lambda: self.now)
        self.stage = Stage(root, size, SITE, self._hear)
        self.stage.place(x=0, y=0, relwidth=1, relheight=1)
        self.stage.build_all()
        self.kiosk.told = self._screen.decided
        self.kiosk.conductor.listeners.refused = self._screen.refused
        self._screen.attach(self.kiosk.conductor, lambda: self.view, self.stage)
        self.draw()

    def close(self) -> None:
        """Lets go of the window."""
        self._root.tk.deletefilehandler(self._inbox)
        self._inbox.close()

    def _hear(self, intent: i.Intent) -> None:
        self.heard.append(intent)
        self._screen.on_intent(intent)

    @property
    def nav(self) -> Navigation:
        """Where the customer is."""
        return self._screen.nav

    @property
    def model(self) -> AnyModel:
        """What is shown."""
        model = self.stage.model
        assert model is not None
        assert not isinstance(model, TechnicianModel | PlotModel), "the walker leaves the hidden corner alone"
        return model

    @property
    def view(self) -> KioskView:
        return kiosk_view(self.kiosk.conductor, self.cloud)

    @property
    def now(self) -> MonoNs:
        return MonoNs(self.kiosk.owner.mono)

    @property
    def page(self) -> Page:
        assert self.stage.page is not None
        return self.stage.page

    @property
    def screen(self) -> str:
        """The name of what is shown."""
        return self.model.name if isinstance(self.model, MessageModel) else type(self.model).__name__

    def draw(self) -> None:
        """Shows what there is to show now."""
        self._screen.draw()
        self._root.update()
        self.stage.settle()
        self.seen[self.screen] += 1

    def pass_time(self, seconds: float) -> None:
        """Lets time pass, drawn at its end."""
        self.kiosk.run(seconds)
        self.draw()

    def choices(self) -> list[tuple[tuple[str, str], Touchable]]:
        """What can be touched now, and as what each is counted."""
        found = [(touchable, intent_of(touchable)) for touchable in self.page.touchables if touchable.enabled]
        return [((self.screen, type(intent).__name__), touchable) for touchable, intent in found if intent is not None]

    def touch(self, touchable: Touchable) -> None:
        """A finger on it; then whatever it means happens."""
        intent = intent_of(touchable)
        self.heard.clear()
        x = self.page.winfo_rootx() + touchable.box.cx
        y = self.page.winfo_rooty() + touchable.box.cy
        if isinstance(touchable, Button) and touchable.hold:
            self._finger("mousemove", x, y, "mousedown", 1)
            self._until_heard(intent)
            self._finger("mouseup", 1)
        else:
            self._finger("mousemove", x, y, "click", 1)
            self._until_heard(intent)
        self._root.update()
        self.pass_time(0.3)

    def _finger(self, *words: object) -> None:
        subprocess.run(["xdotool", *map(str, words)], check=True, timeout=20)

    def _until_heard(self, intent: object) -> None:
        end = monotonic() + HOLD_S + PATIENCE_S
        while intent not in self.heard:
            self._root.update()
            if monotonic() > end:
                raise AssertionError(f"{self.screen}: a touch meant {self.heard} and not {intent}")

    def press(self, meaning: type[i.Intent], nth: int = 0) -> None:
        """A finger on what means that, the ``nth`` of several."""
        found = [what for (_, name), what in self.choices() if name == meaning.__name__]
        assert len(found) > nth, f"{self.screen} has {[name for (_, name), _ in self.choices()]}"
        self.touch(found[nth])

    def press_nothing(self) -> None:
        """A finger somewhere where there is nothing to touch."""
        boxes = [touchable.box for touchable in self.page.touchables if touchable.enabled]
        spots = ((x, y) for y in range(4, self.page.winfo_height(), 8) for x in range(4, self.page.winfo_width(), 8))
        x, y = next(spot for spot in spots if not any(box.holds(*spot, 30) for box in boxes))
        self.heard.clear()
        self._finger("mousemove", self.page.winfo_rootx() + x, self.page.winfo_rooty() + y, "click", 1)
        self._until_heard(i.Touched())
        self.draw()

    def tap(self, card: str) -> None:
        """A card at the reader."""
        self.kiosk.tap(card)
        self.pass_time(0.3)

    def coin(self, minor: int) -> None:
        """A coin into the slot."""
        self.kiosk.coin(minor)
        self.pass_time(1.0)

    def cup(self, cup: Cup | None) -> None:
        """A cup under the spout, or away."""
        assert self.kiosk.spout is not None
        self.kiosk.spout.place(cup)
        self.pass_time(0.5)

    def take_part(self) -> None:
        """What a person does at the slots: plugs in where it is open and wanted, takes out where it is over."""
        for slot in self.view.slots:
            there = self.kiosk.slot(slot.number)
            if slot.session is None or not there.open_door():
                continue
            if slot.state is SlotState.PREPARING:
                there.plug()
            elif slot.state is SlotState.FINISHING:
                there.unplug()
            self.pass_time(0.5)
            there.shut_door()
        self.pass_time(1.0)


def intent_of(touchable: object) -> i.Intent | None:
    """What touching it would mean."""
    if isinstance(touchable, Button):
        return touchable.intent
    if hasattr(touchable, "intent"):
        intent = touchable.intent
        return intent if isinstance(intent, i.Intent) else None
    # The ring has no other meaning; the hidden corner has none for a finger that does not rest on it.
    return i.SignOut() if isinstance(touchable, SignOutPart) else None


@dataclass(frozen=True, slots=True)
class Counts:
    """What Tk holds for a window: what grows here is never given back."""

    items: int
    images: int
    commands: int
    timers: int


MakeWalker = Callable[[tuple[int, int], Rules], Walker]
"""Makes a walker on a screen of that size, before a kiosk of those rules."""


class TirelessWalker(Walker):
    """Whom a day is like any other: customers who come, charge and go, each second of it drawn. Its finger is Tk's
    own, because xdotool would take most of the time.
    """

    EVERY_S = 240
    """A customer comes, or somebody who is there does something."""

    def live(self, seconds: int) -> None:
        """Lives through so many seconds of the kiosk's clock."""
        for second in range(seconds):
            self.pass_time(1.0)
            if second % self.EVERY_S == 0:
                self._do_something(second // self.EVERY_S)

    def _do_something(self, count: int) -> None:
        if self.nav.visit is None:
            self.kiosk.coin(1000)
            self.tap(CARDS[count % len(CARDS)])
        for _touch in range(4):
            self.take_part()
            choices = self.choices()
            if choices:
                counted, touchable = min(choices, key=lambda choice: self.touched[choice[0]])
                self.touched[counted] += 1
                self.touch(touchable)

    def counts(self) -> Counts:
        """What Tk holds now, with every page built and nobody signed in."""
        pages = [child for child in self.stage.winfo_children() if isinstance(child, Page)]
        call = self._root.tk.call
        return Counts(
            items=sum(len(page.find_all()) for page in pages),
            images=len(self._root.tk.splitlist(call("image", "names"))),
            commands=len(self._root.tk.splitlist(call("info", "commands"))),
            timers=len(self._root.tk.splitlist(call("after", "info"))),
        )

    def _finger(self, *words: object) -> None:
        if words[0] == "mousemove":
            self._at = int(str(words[1])) - self.page.winfo_rootx(), int(str(words[2])) - self.page.winfo_rooty()
        x, y = self._at
        if "mouseup" not in words:
            self.page.event_generate("<ButtonPress-1>", x=x, y=y)
        if "mousedown" not in words:
            self.page.event_generate("<ButtonRelease-1>", x=x, y=y)
