"""Somebody who tries everything: touches each thing that can be touched, wherever it leads, on a real window with a
real finger (xdotool), while a whole kiosk on a virtual clock decides what happens and a simulated person takes part.
"""

import subprocess
import tkinter as tk
from collections import Counter
from dataclasses import dataclass
from time import monotonic

from kiosk.screens import intents as i
from kiosk.screens import navigation
from kiosk.screens.buttons import HOLD_S, Button
from kiosk.screens.models import MessageModel
from kiosk.screens.navigation import Navigation
from kiosk.screens.notices import NOTICE_FOR, Note
from kiosk.screens.page import Page, Touchable
from kiosk.screens.parts import SignOutPart
from kiosk.screens.samples import SITE
from kiosk.screens.stage import Stage
from kiosk.simulation.kiosk import SimKiosk
from sessions import commands as c
from sessions.errors import SessionsError
from sessions.machine import SlotState
from sessions.pictures import kiosk_view
from sessions.rules import Rules, SlotRules
from sessions.units import MonoNs, SlotName
from sessions.views import KioskView

PATIENCE_S = 10.0
CARDS = ("em4100:00C8F1B2", "em4100:00ABCDEF", "em4100:00000003")


class Walker:
    """Walks through a kiosk of ``count`` slots on a screen of that size. `touched` and `seen` tell what it tried."""

    def __init__(self, root: tk.Tk, size: tuple[int, int], count: int) -> None:
        slots = tuple(SlotRules(SlotName(f"slot{n}"), "USB-C", True, True) for n in range(1, count + 1))
        self.kiosk = SimKiosk(Rules(slots), seed=7)
        self.nav = Navigation()
        self.heard: list[i.Intent] = []
        self.touched: Counter[tuple[str, str]] = Counter()
        self.seen: Counter[str] = Counter()
        self._root = root
        self.stage = Stage(root, size, SITE, self.heard.append)
        self.stage.place(x=0, y=0, relwidth=1, relheight=1)
        self.stage.build_all()
        self.draw()

    @property
    def view(self) -> KioskView:
        return kiosk_view(self.kiosk.conductor, "none")

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
        model = self.stage.model
        return model.name if isinstance(model, MessageModel) else type(model).__name__

    def draw(self) -> None:
        """Shows what there is to show now, as the charging screen does."""
        self.nav, remember = navigation.remembering(navigation.follow(self.nav, self.view, self.now))
        self.stage.render(self.view, self.nav, self.now)
        self.stage.settle()
        self._root.update()
        if remember is not None:
            self.kiosk.ask(remember)
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
        for heard in list(self.heard):
            self._mean(heard)
        self.pass_time(0.3)

    def _finger(self, *words: object) -> None:
        subprocess.run(["xdotool", *map(str, words)], check=True, timeout=20)

    def _until_heard(self, intent: object) -> None:
        end = monotonic() + HOLD_S + PATIENCE_S
        while intent not in self.heard:
            self._root.update()
            if monotonic() > end:
                raise AssertionError(f"{self.screen}: a touch meant {self.heard} and not {intent}")

    def _mean(self, intent: i.Intent) -> None:
        if self.nav.visit is not None:
            self.kiosk.conductor.touch(self.nav.visit.visit_id)
        self.nav, command = navigation.step(self.nav, intent, self.view, self.now)
        self.draw()
        if command is not None:
            refusal = self._execute(command)
            self.nav = navigation.answered(self.nav, intent, refusal, self.now)

    def _execute(self, command: c.Command) -> str | None:
        try:
            self.kiosk.conductor.execute(command)
        except SessionsError as refused:
            return refused.code
        return None

    def tap(self, card: str) -> None:
        """A card at the reader."""
        if self.kiosk.tap(card) is None:
            self.nav = navigation.tell(self.nav, NOTICE_FOR.get("unknown_card", Note.TRY_AGAIN), self.now)
        self.pass_time(0.3)

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
