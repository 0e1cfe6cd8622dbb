"""Hands of its own: how a self-test switches while no kiosk runs."""

from hardware.selftest_tools import WATER
from hardware.wiring import Wiring
from hardware.workers import Clock
from sessions.units import MonoNs, SlotName

_IN_USE = "It has power already: somebody uses the slot now. Test it when it is free."


class OwnHands:
    """Switches the devices of a wiring that nobody else uses."""

    def __init__(self, wiring: Wiring, clock: Clock) -> None:
        self._wiring = wiring
        self._since = MonoNs(clock())
        self._shown: set[SlotName] = set()

    def take(self, name: SlotName) -> str | None:
        """A slot that has power is somebody's."""
        return _IN_USE if name != WATER and self._wiring.slots[name].relay.on else None

    def give_back(self, name: SlotName) -> None:
        """Everything off."""
        if name == WATER:
            self.pump(False)
            return
        slot = self._wiring.slots[name]
        slot.set_power(False)
        slot.set_unlocked(False)
        if name in self._shown:
            self._shown.discard(name)
            slot.show("")

    def quiet_since(self, name: SlotName) -> MonoNs:
        """Since the test began."""
        return self._since

    def power(self, name: SlotName, on: bool) -> bool:
        """Switch the relay."""
        self._wiring.slots[name].set_power(on)
        return True

    def mains(self, on: bool) -> bool:
        """Switch the main contactor; where there is none the ports are always fed."""
        if self._wiring.contactor is not None:
            self._wiring.contactor.set(on)
        return on or self._wiring.contactor is not None

    def leave_mains(self) -> None:
        """Nobody feeds the ports while no kiosk runs."""
        if self._wiring.contactor is not None:
            self._wiring.contactor.set(False)

    def unlock(self, name: SlotName, on: bool) -> bool:
        """Pulse the lock, or let it be."""
        self._wiring.slots[name].set_unlocked(on)
        return True

    def pump(self, on: bool) -> bool:
        """Switch the pump, which turns itself off when the cup goes."""
        if self._wiring.water is not None:
            self._wiring.water.set_pump(on)
        return True

    def show(self, name: SlotName, text: str) -> None:
        """Show a text; the display is dark again afterwards."""
        self._shown.add(name)
        self._wiring.slots[name].show(text)

    def output(self, name: str, on: bool) -> bool:
        """Switch an output."""
        self._wiring.outputs.set(name, on)
        return True
