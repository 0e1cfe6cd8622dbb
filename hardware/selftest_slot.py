"""The self-test of one slot: taken out of use, asked part by part, and given back however it ends."""

from collections.abc import Generator, Iterator

from hardware.selftest_check import Check, skipped
from hardware.selftest_display import DisplayTest
from hardware.selftest_door import DoorTest, LockTest
from hardware.selftest_relay import RelayTest
from hardware.selftest_sensor import SensorTest
from hardware.selftest_tools import Tools
from hardware.slot import SlotHardware
from hardware.slot_specs import SlotSpec

_SILENT = "Only the sensor could tell, and it cannot be believed. Mend that first."


class SlotTest:
    """The questions to one slot. ``power`` False switches neither relay nor lock."""

    def __init__(self, spec: SlotSpec, slot: SlotHardware, tools: Tools, *, power: bool = True) -> None:
        self._spec = spec
        self._slot = slot
        self._tools = tools
        self._power = power

    def run(self) -> Generator[Check, None, None]:
        """Ask everything. The slot is given back afterwards, everything off, also when this is interrupted."""
        name, hands = self._slot.name, self._tools.hands
        reason = hands.take(name)
        if reason is not None:
            yield skipped(name, "everything", reason)
            return
        try:
            yield from self._power_path()
            yield from self._door_and_lock()
            if self._spec.display is not None and self._slot.display is not None:
                yield from DisplayTest(self._spec.display, self._slot, self._tools).run()
        finally:
            hands.give_back(name)

    def _power_path(self) -> Iterator[Check]:
        name = self._slot.name
        sensor = SensorTest(self._spec.sensor, self._slot.sensor, self._tools)
        yield from sensor.run(self._tools.hands.quiet_since(name))
        if sensor.good:
            yield from RelayTest(self._spec, self._slot, self._tools, sensor.samples).run(self._power)
        else:
            yield from (skipped(f"{name}.relay", check, _SILENT) for check in ("off", "on", "off again"))
            yield skipped(f"{name}.port", "supply", _SILENT)

    def _door_and_lock(self) -> Iterator[Check]:
        door = None
        if self._spec.door is not None and self._slot.door is not None:
            door = DoorTest(self._spec.door, self._slot, self._tools)
            shut = door.shut()
            yield shut
            if shut.result != "pass" and self._slot.lock is not None:
                reason = "Only a shut door can be seen to open. Mend the door first."
                yield skipped(self._slot.lock.device, "opens", reason)
                return
        if self._slot.lock is None:
            return
        if self._power:
            yield from LockTest(self._spec, self._slot, self._tools, door).run()
        else:
            yield skipped(self._slot.lock.device, "opens", "No lock is given current in this test.")
