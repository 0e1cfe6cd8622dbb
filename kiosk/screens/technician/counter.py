"""Between the technicians' screens and the kiosk: touches in, commands out, on the owner's thread."""

from collections.abc import Callable
from typing import Protocol

from kiosk.screens.intents import Intent, SignOut, Touched
from kiosk.screens.technician import acts as a
from kiosk.screens.technician.desk import SELFTEST, Desk, answered, follow, step
from kiosk.screens.technician.model import Notes, TechnicianModel, technician_screen
from sessions import commands as c
from sessions.conductor import Conductor
from sessions.errors import InvariantBroken, SessionsError
from sessions.units import MonoNs
from sessions.views import KioskView

WRONG = "That is not the PIN."


class BackRoom(Protocol):
    """What takes its time, done on other threads."""

    def notes(self) -> Notes:
        """What is known of the machine by now; looks again soon."""
        ...

    def begin_test(self) -> None:
        """Begins a self-test; what it finds is among the notes."""
        ...

    def end_test(self) -> None:
        """Ends the self-test that was begun here, if it still runs."""
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
        self._conductor, self._room, self._draw, self._next_id = conductor, room, draw, next_id

    def take(self, intent: Intent, view: KioskView, now: MonoNs) -> bool:
        """Answers a touch, if it is a technician's."""
        if self.desk is None and not isinstance(intent, a.Act):
            return False
        if self.desk is not None and self.desk.here is not None:
            self._conductor.touch(self.desk.here.stay)
        if not isinstance(intent, a.Act | SignOut | Touched):
            return False
        pin = self.desk.typed if self.desk is not None else ""
        self.desk, command = step(self.desk, intent, view, now)
        if command is not None:
            self._execute(command, pin)
        self._draw()
        return True

    def model(self, view: KioskView, now: MonoNs) -> TechnicianModel | None:
        """What to show now; None where customers' screens are shown."""
        before, self.desk = self.desk, follow(self.desk, view, now)
        if self.desk is None and before is not None:
            self._room.end_test()
        return None if self.desk is None else technician_screen(self.desk, view, self._room.notes(), now)

    def _execute(self, command: c.Command, pin: str) -> None:
        try:
            answer = self._conductor.execute(command, self._next_id())
        except InvariantBroken:
            raise
        except SessionsError as refusal:
            self._answered(str(refusal))
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
            self._answered(WRONG)

    def _done(self, command: c.Command) -> None:
        if self.desk is not None and isinstance(command, c.ActByHand) and command.what == SELFTEST:
            self._room.begin_test()
        self._answered(None)

    def _answered(self, refusal: str | None) -> None:
        self.desk = answered(self.desk, refusal)
        self._draw()
