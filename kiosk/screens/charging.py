"""The charging screen: sole owner of the session records, and what turns touches into commands.

It holds ``sessions``, a dict of the records by session id, and lends Tk's ``after`` to the jobs that drive them
(`sessions.jobs`): the countdown on each slot's display, the detection on each current sensor, the usage marks for
store and cloud. It decides nothing itself, the engine does; it draws nothing itself, the stage does, which may be
rebuilt at any time without a session noticing.

Everything here runs on the Tk thread. Other threads reach it through `post` alone.
"""

import time
import tkinter as tk
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Protocol

from kiosk.screens import intents as i
from kiosk.screens import navigation, thirst
from kiosk.screens.navigation import Navigation, Poured
from kiosk.screens.notices import NOTICE_FOR, Note
from kiosk.screens.reading import AS_WRITTEN, Reading
from kiosk.screens.technician.counter import BackRoom, TechnicianCounter
from kiosk.screens.technician.model import StaffModel
from sessions import commands as c
from sessions.conductor import Conductor
from sessions.errors import InvariantBroken, NoVisit, SessionsError, UnknownSlot
from sessions.events import Fact, SessionSettled, VisitEnded
from sessions.ports import AfterId
from sessions.registry import Record
from sessions.units import MonoNs, SessionId
from sessions.views import KioskView
from sessions.water_states import WATER, WaterState

READER = "reader"
"""The card reader's name among the faults."""


class Wakeable(Protocol):
    """An inbox that other threads put callables into; its file is readable while there are any."""

    def fileno(self) -> int: ...

    def put(self, callback: Callable[[], None]) -> None: ...

    def drain(self) -> None: ...


class Drawn(Protocol):
    """What shows the screens."""

    def render(self, view: KioskView, nav: Navigation, now: MonoNs) -> None: ...

    def show_staff(self, model: StaffModel) -> None: ...


class ChargingScreen:
    """Owns the records under Tk. ``fatal`` is told of an exception in any callback: the process must end then."""

    def __init__(
        self, root: tk.Tk, inbox: Wakeable, fatal: Callable[[BaseException], None], reading: Reading = AS_WRITTEN
    ) -> None:
        self.sessions: dict[SessionId, Record] = {}
        self.nav = Navigation(reading=reading, usual=reading)
        self._root = root
        self._inbox = inbox
        self._numbers = count(1)
        self._run_id = f"{time.monotonic_ns():x}"
        self._conductor: Conductor | None = None
        self._picture: Callable[[], KioskView] | None = None
        self._stage: Drawn | None = None
        self._technicians: TechnicianCounter | None = None
        self._drawing: AfterId | None = None
        root.report_callback_exception = lambda kind, error, trace: fatal(error)
        root.tk.createfilehandler(inbox, tk.READABLE, lambda file, mask: inbox.drain())

    def after(self, delay_ms: int, callback: Callable[[], None]) -> AfterId:
        """Tk's ``after``."""
        return self._root.after(max(0, delay_ms), callback)

    def after_cancel(self, after_id: AfterId) -> None:
        """Tk's ``after_cancel``."""
        self._root.after_cancel(after_id)

    def post(self, callback: Callable[[], None]) -> None:
        """Runs the callback soon on the Tk thread; callable from any thread, never blocks."""
        self._inbox.put(callback)

    def run(self) -> None:
        """Tk's main loop, until `quit`."""
        self._root.mainloop()

    def quit(self) -> None:
        """Ends `run`."""
        self._root.quit()

    def attach(
        self, conductor: Conductor, picture: Callable[[], KioskView], stage: Drawn, room: BackRoom | None = None
    ) -> None:
        """Begins to work: ``picture`` gives the latest view, ``stage`` shows it, technicians need ``room``."""
        self._conductor, self._picture, self._stage = conductor, picture, stage
        if room is not None:
            self._technicians = TechnicianCounter(conductor, room, self.draw, self._next_id)
        self.draw()

    def decided(self, facts: Sequence[Fact]) -> None:
        """Something was decided: notes why somebody was signed out and how a pour ended, to say it before the screen
        changes.
        """
        for fact in facts:
            body = fact.body
            if isinstance(body, VisitEnded) and self.nav.visit is not None and body.visit == self.nav.visit.visit_id:
                self.nav = navigation.left(self.nav, body.reason, fact.at.mono)
            elif isinstance(body, SessionSettled) and body.slot == WATER:
                end = Poured(body.used, body.returned, body.stop_reason, durable=False)
                self.nav = navigation.poured(self.nav, body.card, end, fact.at.mono)
                if self._conductor is not None:
                    self._conductor.when_durable(fact.seq, partial(self._kept, end))

    def _kept(self, end: Poured) -> None:
        """How a pour ended is durable: what went back to the card may be told now."""
        if self.nav.poured is end:
            self.nav = replace(self.nav, poured=replace(end, durable=True))
            self.draw()

    def refused(self, command: c.Command, refusal: SessionsError) -> None:
        """The kiosk itself was refused something, such as a card that is not served here."""
        if isinstance(command, c.Tap):
            self.nav = navigation.tell(self.nav, NOTICE_FOR.get(refusal.code, Note.TRY_AGAIN), self._now())
            self.draw()

    def draw(self) -> None:
        """Draws soon; many calls in one turn are one drawing."""
        if self._drawing is None and self._stage is not None:
            self._drawing = self.after(0, self._draw)

    def on_intent(self, intent: i.Intent) -> None:
        """A touch. The screen answers at once; the command it asks for is decided now and confirmed once it is
        durable.
        """
        conductor, picture = self._conductor, self._picture
        if conductor is None or picture is None:
            return
        if self._technicians is not None and self._technicians.take(intent, picture(), self._now()):
            return
        if self.nav.visit is not None:
            conductor.touch(self.nav.visit.visit_id)
        self.nav, command = navigation.step(self.nav, intent, picture(), self._now())
        self.draw()
        if command is not None:
            # Drawn first: what the finger did must be seen before anything is decided about it.
            self.after(0, lambda: self._execute(intent, command))

    def _execute(self, intent: i.Intent, command: c.Command) -> None:
        conductor = self._conductor
        if conductor is None:
            return
        try:
            answer = conductor.execute(command, self._next_id())
        except InvariantBroken:
            raise
        except SessionsError as refusal:
            self._answered(intent, refusal.code)
            return
        conductor.when_durable(answer.seq, lambda: self._answered(intent, None))

    def _note(self, command: c.Command) -> None:
        """What a card shall remember, or its coins buy; nobody waits for it, and a visit that has just ended, or a
        water that was just taken from the pinmap, needs no answer.
        """
        if self._conductor is not None:
            with suppress(NoVisit, UnknownSlot):
                self._conductor.execute(command, self._next_id())

    def _next_id(self) -> str:
        return f"touch:{self._run_id}:{next(self._numbers)}"

    def _answered(self, intent: i.Intent, refusal: str | None) -> None:
        self.nav = navigation.answered(self.nav, intent, refusal, self._now())
        self.draw()

    def _draw(self) -> None:
        self._drawing = None
        conductor, picture, stage = self._conductor, self._picture, self._stage
        if conductor is None or picture is None or stage is None:
            return
        view, now = picture(), self._now()
        self.nav = navigation.reader(self.nav, away=READER in conductor.state.faults)
        self.nav, remember = navigation.remembering(navigation.follow(self.nav, view, now))
        self.nav, coins = navigation.coins_for(self.nav)
        self._keep_company(conductor, view)
        speech = self.nav.reading.language
        sheet = self._technicians.model(view, now, speech) if self._technicians is not None else None
        if sheet is not None:
            stage.show_staff(sheet)
        else:
            stage.render(view, self.nav, now)
        for command in (remember, coins):
            if command is not None:
                self.after(0, partial(self._note, command))

    def _keep_company(self, conductor: Conductor, view: KioskView) -> None:
        """Whoever holds a cup under running water is there, although they touch nothing."""
        visit = self.nav.visit
        pour = thirst.own_pour(view, visit) if visit is not None else None
        if visit is not None and pour is not None and pour.state == WaterState.DISPENSING:
            conductor.touch(visit.visit_id)

    def _now(self) -> MonoNs:
        return MonoNs(time.monotonic_ns())
