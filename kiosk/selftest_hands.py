"""The owner's hand on the relays, while a self-test runs in another thread.

Every switch is made on the owner's thread, between two decisions, and only in slots that the rules have taken out of
use for the test (`sessions.testing`). Switching off never waits for anybody: whatever the owner is doing, a slot that
is given back has neither power nor an open lock.
"""

import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from typing import Protocol, TypeVar

from kiosk.commands import ANSWER_TIMEOUT_S, CommandBus
from sessions import commands as c
from sessions.conductor import Conductor
from sessions.errors import SessionsError
from sessions.machine import POWERED
from sessions.ports import SlotPort, WaterPort
from sessions.units import MonoNs, SlotName
from sessions.water_states import WATER

Given = TypeVar("Given")

LOOK_S = 0.1
OWNER_S = 5.0
"""The owner's turns take milliseconds; one that does not come round for so long is about to end."""
COIN_ENABLE = "coin.enable"
TESTER = c.Actor("selftest", staff=True)

_log = logging.getLogger(__name__)


class SwitchedOutputs(Protocol):
    """The kiosk's own outputs: `hardware.outputs.KioskOutputs`."""

    def set(self, name: str, on: bool) -> None: ...

    def on(self, name: str) -> bool: ...


class OwnersHands:
    """Implements `hardware.selftest_tools.Hands` over a running kiosk."""

    def __init__(
        self,
        conductor: Conductor,
        slots: Mapping[SlotName, SlotPort],
        outputs: SwitchedOutputs,
    ) -> None:
        self._conductor = conductor
        self._slots = slots
        self._outputs = outputs
        self._bus = CommandBus(conductor.owner.post, conductor)
        self._quiet: dict[SlotName, MonoNs] = {}
        self._closed = False

    def close(self) -> None:
        """Wait for the owner no more: its loop has ended."""
        self._closed = True

    def take(self, name: SlotName) -> str | None:
        """Take a slot out of use, durably: only then may it have power."""
        self._quiet[name] = self._on_owner(lambda: self._unpowered_since(name))
        try:
            self._awaited(self._bus.submit(c.BeginSlotTest(name, TESTER)), ANSWER_TIMEOUT_S)
        except TimeoutError:
            self.give_back(name)
            return "The kiosk could not store in time that it is tested. Look at the disk first."
        except SessionsError as refusal:
            return str(refusal)
        return None

    def give_back(self, name: SlotName) -> None:
        """Everything off, and the slot as it was before."""
        if name == WATER:
            self.pump(False)
        else:
            self._slots[name].set_power(False)
            self._slots[name].set_unlocked(False)
        try:
            self._on_owner(lambda: self._given_back(name))
        except TimeoutError:
            if not self._closed:
                _log.warning("%s could not be given back in time; the next start does it", name)

    def quiet_since(self, name: SlotName) -> MonoNs:
        """Since when the slot has had no power."""
        return self._quiet[name]

    def power(self, name: SlotName, on: bool) -> bool:
        """Switch a slot's relay."""
        return self._on_owner(lambda: self._power(name, on))

    def mains(self, on: bool) -> bool:
        """Hold the main contactor open, or let it follow the state again."""
        return self._on_owner(lambda: self._hold_mains(open_it=not on)) == on

    def leave_mains(self) -> None:
        """Let it follow the state again."""
        try:
            self._on_owner(lambda: self._hold_mains(open_it=False))
        except TimeoutError:
            if not self._closed:
                _log.warning("The main contactor could not be given back in time; the next start closes it")

    def unlock(self, name: SlotName, on: bool) -> bool:
        """Pulse a lock, or let it be."""
        if not on:
            self._slots[name].set_unlocked(False)
            return True
        return self._on_owner(lambda: self._unlock(name))

    def pump(self, on: bool) -> bool:
        """Switch the pump of the dispenser."""
        if self._water is None:
            return False
        if not on:
            self._water.set_pump(False)
            return True
        return self._on_owner(self._pump_on)

    def show(self, name: SlotName, text: str) -> None:
        """Show a text; what belongs there comes back with the slot."""
        self._slots[name].show(text)

    def output(self, name: str, on: bool) -> bool:
        """Switch an output. Whether coins are accepted is the kiosk's own decision: that is only told."""
        if name == COIN_ENABLE:
            return self._outputs.on(name)
        self._on_owner(lambda: self._outputs.set(name, on))
        return True

    @property
    def _water(self) -> WaterPort | None:
        pouring = self._conductor.pouring
        return pouring.port if pouring is not None else None

    # On the owner's thread.

    def _unpowered_since(self, name: SlotName) -> MonoNs:
        state = self._conductor.state
        slot = state.water if name == WATER else state.slot(name)
        return max(slot.since_mono if slot.boot_id == state.boot_id else MonoNs(0), state.started_mono)

    def _may_switch(self, name: SlotName) -> bool:
        state = self._conductor.state
        return state.slot(name).testing and state.mode in POWERED

    def _power(self, name: SlotName, on: bool) -> bool:
        if on and not self._may_switch(name):
            return False
        self._slots[name].set_power(on)
        # Or the voltage would be taken for a welded contact.
        self._conductor.sensing.power_switched(name, on, self._conductor.now().mono)
        return True

    def _hold_mains(self, *, open_it: bool) -> bool:
        self._conductor.hold_mains_open(open_it)
        return self._conductor.outputs.mains_on

    def _pump_on(self) -> bool:
        state = self._conductor.state
        if self._water is None or not state.water.testing or state.mode not in POWERED:
            return False
        self._water.set_pump(True)
        return True

    def _unlock(self, name: SlotName) -> bool:
        if not self._may_switch(name):
            return False
        self._slots[name].set_unlocked(True)
        return True

    def _given_back(self, name: SlotName) -> None:
        if name != WATER:
            self._conductor.sensing.power_switched(name, False, self._conductor.now().mono)
        self._conductor.tell(c.EndSlotTest(name, TESTER))
        self._conductor.show_again(name)

    def _on_owner(self, act: Callable[[], Given]) -> Given:
        done: Future[Given] = Future()
        # What waited too long is done all the same, and in order: after each on comes its off.
        self._conductor.owner.post(lambda: done.set_result(act()))
        return self._awaited(done, OWNER_S)

    def _awaited(self, answer: Future[Given], seconds: float) -> Given:
        """Raises `TimeoutError` when it does not come, at once when the kiosk has ended."""
        end = time.monotonic() + seconds
        while not self._closed and time.monotonic() < end:
            with suppress(TimeoutError):
                return answer.result(LOOK_S)
        return answer.result(0)
