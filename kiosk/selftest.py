"""The self-test inside the running kiosk: on slots that nobody uses, with the owner's hand on the relays.

The questions are `hardware.selftest`'s, asked in a thread of the pool; every switch is made on the owner's thread,
between two decisions. So a customer who takes a slot in the middle of its test gets it, and the rest of the test is
left out.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Protocol, TypeVar

from sessions.conductor import Conductor
from sessions.errors import IllegalTransition, UnknownSlot
from sessions.journaling import SelfTest
from sessions.machine import POWERED
from sessions.ports import Json, SlotPort
from sessions.units import SlotName

Given = TypeVar("Given")

OWNER_S = 5.0
"""The owner's turns take milliseconds; one that does not come round for so long is about to end."""


class Check(Protocol):
    """What `hardware.selftest.run_checks` gives."""

    @property
    def result(self) -> str: ...

    def as_json(self) -> Json: ...


class SelfTests:
    """Runs self-tests, one at a time.

    ``ask`` is `hardware.selftest.run_checks` over this kiosk's devices; ``keep`` stores what came of it.
    """

    def __init__(
        self,
        ask: Callable[..., Sequence[Check]],
        slots: Mapping[SlotName, SlotPort],
        conductor: Conductor,
        keep: Callable[[SelfTest], None],
    ) -> None:
        self._ask = ask
        self._slots = slots
        self._conductor = conductor
        self._keep = keep
        self._one = threading.Lock()
        self._stopping = threading.Event()

    def run(self, args: Json) -> Json:
        """Test every device, or those of ``args["slot"]``; blocks for some seconds, on any thread but the owner's.

        Gives ``{"passed", "checks"}``. Raises `UnknownSlot`, and `IllegalTransition` when the kiosk stops meanwhile.
        """
        slot = args.get("slot")
        if slot is not None and not (isinstance(slot, str) and slot in self._slots):
            raise UnknownSlot(f"There is no slot '{slot}'. There are: {', '.join(self._slots)}.")
        with self._one:
            taken, powered = self._on_owner(lambda: (self._taken(), self._conductor.state.mode in POWERED))
            checks = self._ask(
                slots=None if slot is None else {SlotName(slot)},
                skip=taken,
                power=powered,
                set_power=self._switch,
                pause=self._pause,
            )
            outcome = tuple(check.as_json() for check in checks)
            passed = all(check.result != "fail" for check in checks)
            self._keep(SelfTest(self._conductor.now().utc, passed, outcome))
        return {"passed": passed, "checks": list(outcome)}

    @property
    def running(self) -> bool:
        """Whether a test runs now."""
        return self._one.locked()

    def stop(self) -> None:
        """End the test that runs: the kiosk is stopping and has switched everything off."""
        self._stopping.set()

    def _taken(self) -> dict[SlotName, str]:
        return {name: why for name in self._slots if (why := self._used_by(name)) is not None}

    def _used_by(self, name: SlotName) -> str | None:
        state = self._conductor.state
        if state.slot(name).session is not None:
            return f"A session has it ({state.slot(name).state.value}). Test it when it is free."
        return "A customer has reserved it. Test it when it is free." if name in state.claims else None

    def _switch(self, name: SlotName, on: bool) -> bool:
        return self._on_owner(lambda: self._switch_here(name, on))

    def _switch_here(self, name: SlotName, on: bool) -> bool:
        """On the owner's thread: the slot's state and its relay change nowhere else.

        Whoever has taken the slot since may not have power yet: then it is still the test that switches off.
        """
        conductor = self._conductor
        if on and (self._used_by(name) is not None or conductor.state.mode not in POWERED):
            return False
        if conductor.outputs.powered(name):
            return False
        self._slots[name].set_power(on)
        # Or the voltage would be taken for a welded contact.
        conductor.sensing.power_switched(name, on, conductor.now().mono)
        return True

    def _on_owner(self, act: Callable[[], Given]) -> Given:
        done: Future[Given] = Future()
        # What waited too long is done all the same, and in order: after each on comes its off.
        self._conductor.owner.post(lambda: done.set_result(act()))
        return done.result(OWNER_S)

    def _pause(self, seconds: float) -> None:
        if self._stopping.wait(seconds):
            raise IllegalTransition("The kiosk is being stopped; the self-test was not finished.")
