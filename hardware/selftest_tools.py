"""What every part of the self-test works with: a clock, whoever switches, and whoever looks.

A self-test never switches anything itself: `Hands` do, because in a running kiosk that is the owner's business. It
never takes silence for an answer either: where only an eye or a hand can tell, a `Person` is asked, and without one the
question is left out with its reason.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from hardware.selftest_check import LOOK_S, Watch
from sessions.units import MonoNs, SlotName

Said = Literal["yes", "no", "skip"]
"""What came of a question: yes, no, or nobody could say."""

LOOK_FOR_S = 60.0
"""How long somebody may take to look at something and answer."""
WATER = SlotName("water")
"""The dispenser is taken and given back like a slot."""
NOBODY = "Nobody was asked: run it where somebody can answer, without --yes."


@dataclass(frozen=True, slots=True)
class Question:
    """Something for a person. `look`: say yes or no. `do`: do it within ``seconds``; the kiosk sees that by itself."""

    device: str
    check: str
    text: str
    kind: Literal["look", "do"] = "look"
    seconds: float = LOOK_FOR_S


class Person(Protocol):
    """Somebody who stands before the kiosk. Nothing here waits."""

    def asked(self, question: Question) -> None:
        """Take note of a question."""
        ...

    def said(self) -> Said | None:
        """What was answered to it; None before that. Of something to do only no and skip count."""
        ...

    def settled(self, said: Said) -> None:
        """It needs no answer any more."""
        ...


class Hands(Protocol):
    """Who switches. A slot is taken, tested and given back; everything in it is off by then."""

    def take(self, name: SlotName) -> str | None:
        """Take a slot out of use. Gives the reason, and takes nothing, when it must be left alone."""
        ...

    def give_back(self, name: SlotName) -> None:
        """End what `take` began, in whatever state the test is: relay off, lock without current, former display."""
        ...

    def quiet_since(self, name: SlotName) -> MonoNs:
        """Since when nothing was switched in the slot."""
        ...

    def power(self, name: SlotName, on: bool) -> bool:
        """Switch a slot's relay. False, and nothing done, while power is withheld."""
        ...

    def mains(self, on: bool) -> bool:
        """Open the main contactor for a test, or let it feed the ports again. Gives whether it was so switched."""
        ...

    def leave_mains(self) -> None:
        """Give the main contactor back to whoever had it before the test."""
        ...

    def unlock(self, name: SlotName, on: bool) -> bool:
        """Want a slot's door unlocked, or locked. False as `power`."""
        ...

    def pump(self, on: bool) -> bool:
        """Switch the water's pump, once `WATER` is taken. False as `power`."""
        ...

    def show(self, name: SlotName, text: str) -> None:
        """Show a text on a slot's display."""
        ...

    def output(self, name: str, on: bool) -> bool:
        """Switch an output of the kiosk. False as `power`."""
        ...


@dataclass(frozen=True, slots=True)
class Load:
    """What is known to be plugged in for calibration: a resistance, or a device that draws a set current."""

    ohm: float | None = None
    mA: float | None = None

    def expected_mA(self, volts: float) -> float:
        """What it draws at so many volts."""
        return self.mA if self.mA is not None else 1000 * volts / (self.ohm or float("inf"))

    def __str__(self) -> str:
        return f"{self.mA:g} mA" if self.mA is not None else f"{self.ohm:g} ohm"


@dataclass(frozen=True, slots=True)
class Tools:
    """The tools of one run. ``unasked`` allows doors to be opened although nobody is there to shut them."""

    watch: Watch
    hands: Hands
    person: Person | None = None
    load: Load | None = None
    unasked: bool = False

    def ask(
        self,
        question: Question,
        until: Callable[[], bool] | None = None,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> Said:
        """Ask, and wait: for an answer, or until ``until`` sees that it was done. `skip` when nobody is there.

        ``meanwhile`` is called all the time. Something to do that is not done in time is a no; a look that nobody takes
        is left out.
        """
        if self.person is None:
            return "skip"
        answer: Said | None = None
        self.person.asked(question)
        try:
            end = self.watch.clock() + round(question.seconds * 1e9)
            while answer is None:
                meanwhile()
                answer = self._answer(self.person.said(), until)
                if answer is None and self.watch.clock() >= end:
                    answer = "skip" if until is None else "no"
                elif answer is None:
                    self.watch.pause(LOOK_S)
        finally:
            self.person.settled(answer or "skip")
        return answer

    @staticmethod
    def _answer(said: Said | None, until: Callable[[], bool] | None) -> Said | None:
        if until is None:
            return said
        return "yes" if until() else said if said != "yes" else None
