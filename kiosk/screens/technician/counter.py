"""Between the technicians' screens and the kiosk: touches in, commands out, on the owner's thread."""

from collections.abc import Callable
from typing import Protocol

from kiosk.i18n import _, language, set_language
from kiosk.screens.intents import Intent, SignOut, Touched
from kiosk.screens.technician import acts as a
from kiosk.screens.technician import wording
from kiosk.screens.technician.desk import LOGS, SELFTEST, Desk, answered, follow, step
from kiosk.screens.technician.model import StaffModel
from kiosk.screens.technician.notes import Notes
from kiosk.screens.technician.plot_sheet import Limits
from kiosk.screens.technician.plots import Plots
from kiosk.screens.technician.sheets import technician_screen
from sessions import commands as c
from sessions.conductor import Conductor
from sessions.errors import InvariantBroken, SessionsError
from sessions.gauge import Gauge
from sessions.units import MonoNs, SlotName
from sessions.views import KioskView

END_READINGS = 50
"""So many readings a mean has that ends a draw: five seconds of them (`DetectionRules.end_window_s`)."""


class BackRoom(Protocol):
    """What takes its time, done on other threads. Nothing here waits."""

    def notes(self) -> Notes:
        """What is known of the machine by now; looks again soon."""
        ...

    def begin_test(self, slot: SlotName | None) -> None:
        """Begins a self-test of a slot or of everything; what it finds is among the notes."""
        ...

    def answer(self, question: int, said: str) -> None:
        """Answers what the self-test asks."""
        ...

    def end_test(self) -> None:
        """Ends the self-test that was begun here, if it still runs."""
        ...

    def forget_test(self) -> None:
        """Takes what the last self-test found off the notes."""
        ...

    def export_logs(self) -> None:
        """Writes the logs onto a USB stick; how that goes is among the notes."""
        ...

    def prove(self, digest: str, pin: str, done: Callable[[bool], None]) -> None:
        """Holds a PIN against its hash; ``done`` is told on the owner's thread."""
        ...


class TechnicianCounter:
    """Serves technicians at the touchscreen; `take` says whether a touch was theirs."""

    def __init__(
        self, conductor: Conductor, room: BackRoom, draw: Callable[[], None], next_id: Callable[[], str]
    ) -> None:
        self.desk: Desk | None = None
        self._plots = Plots()
        self._conductor, self._room, self._draw, self._next_id = conductor, room, draw, next_id

    def take(self, intent: Intent, view: KioskView, now: MonoNs) -> bool:
        """Answers a touch, if it is a technician's."""
        if self.desk is None and not isinstance(intent, a.Act):
            return False
        if self.desk is not None and self.desk.here is not None:
            self._conductor.touch(self.desk.here.stay)
        if not isinstance(intent, a.Act | SignOut | Touched):
            return False
        if not self._of_the_room(intent):
            pin = self.desk.typed if self.desk is not None else ""
            self.desk, command = step(self.desk, intent, view, now)
            if command is not None:
                self._execute(command, pin)
        self._draw()
        return True

    def model(self, view: KioskView, now: MonoNs, speech: str) -> StaffModel | None:
        """What to show now, in that language; None where customers' screens are shown."""
        self._plots.observe(view, now)
        before, self.desk = self.desk, follow(self.desk, view, now)
        if self.desk is None:
            if before is not None:
                self._room.end_test()
            return None
        if speech != language():
            set_language(speech)
        limits = self._limits(view, self.desk.slot)
        return technician_screen(self.desk, view, self._room.notes(), now, self._plots, limits)

    def _of_the_room(self, intent: Intent) -> bool:
        """What is no decision of the kiosk's: it ends or answers what a command has begun."""
        if self.desk is None or self.desk.here is None:
            return False
        match intent:
            case a.Answer(question, said):
                self._room.answer(question, said)
            case a.EndTest():
                self._room.end_test()
            case a.NewTest():
                self._room.forget_test()
            case _:
                return False
        return True

    def _limits(self, view: KioskView, name: SlotName | None) -> Limits:
        slot = view.slot(name) if name is not None else None
        if slot is None:
            return Limits()
        rules, known = self._conductor.rules, slot.session is not None and slot.session.used_ms > 0
        gauge = Gauge(rules.detection, self._conductor.sensing.zero(slot.name), known)
        base = gauge.base_mA
        return Limits(base, base + gauge.end_mA(END_READINGS), base + gauge.limit_mA, rules.slot(slot.name).max_mA)

    def _execute(self, command: c.Command, pin: str) -> None:
        try:
            answer = self._conductor.execute(command, self._next_id())
        except InvariantBroken:
            raise
        except SessionsError as refusal:
            self._answered(wording.refusal(refusal.code, str(refusal)))
            return
        if isinstance(command, c.TryPin):
            # The try is stored before it is known to be right: pulling the plug gains nothing.
            digest = self._conductor.state.pin.digest
            self._conductor.when_durable(answer.seq, lambda: self._room.prove(digest, pin, self._proved))
        else:
            self._conductor.when_durable(answer.seq, lambda: self._done(command))

    def _proved(self, right: bool) -> None:
        if right and self.desk is not None:
            self._execute(c.EnterByPin(), "")
        else:
            self._answered(_("That is not the PIN."))

    def _done(self, command: c.Command) -> None:
        if self.desk is not None and isinstance(command, c.ActByHand):
            what, _space, slot = command.what.partition(" ")
            if what == SELFTEST:
                self._room.begin_test(SlotName(slot) if slot else None)
            elif what == LOGS:
                self._room.export_logs()
        self._answered(None)

    def _answered(self, refusal: str | None) -> None:
        self.desk = answered(self.desk, refusal)
        self._draw()
