"""The self-test of what belongs to no slot: buses, card reader, coins, water, guards, the kiosk's own outputs."""

from collections.abc import Generator, Iterator

from hardware.selftest_bus import BusTest
from hardware.selftest_check import Check, skipped
from hardware.selftest_coin import CoinTest
from hardware.selftest_outputs import OutputsTest
from hardware.selftest_reader import ReaderTest
from hardware.selftest_safety import SafetyTest
from hardware.selftest_tools import WATER, Tools
from hardware.selftest_water import WaterTest
from hardware.specs import Pinmap
from hardware.wiring import Wiring


class KioskTest:
    """The questions to the kiosk as a whole; reader and coin line are listened to from construction on."""

    def __init__(self, pinmap: Pinmap, wiring: Wiring, tools: Tools) -> None:
        self._pinmap = pinmap
        self._wiring = wiring
        self._tools = tools
        kind = pinmap.reader.kind if pinmap.reader.kind != "none" else "rdm6300"
        self._reader = ReaderTest(kind, wiring.reader, tools) if wiring.reader is not None else None
        self._coin = None
        if pinmap.coin is not None and wiring.coin is not None:
            self._coin = CoinTest(pinmap.coin, wiring.coin, wiring.outputs, tools)

    def run(self) -> Generator[Check, None, None]:
        """Ask everything."""
        buses = BusTest(self._pinmap, self._wiring, self._tools.watch)
        yield from buses.run()
        if self._reader is not None:
            yield from self._reader.run()
        if self._coin is not None:
            yield from self._coin.run()
        yield from self._water()
        yield from SafetyTest(self._pinmap, self._wiring, self._tools.watch).run()
        yield from OutputsTest(self._pinmap, self._wiring, self._tools, buses.silent).run()

    def _water(self) -> Iterator[Check]:
        """The dispenser, out of use meanwhile like a slot."""
        spec, water, hands = self._pinmap.water, self._wiring.water, self._tools.hands
        if spec is None or water is None:
            return
        reason = hands.take(WATER)
        if reason is not None:
            yield skipped(WATER, "everything", reason)
            return
        try:
            yield from WaterTest(spec, water, self._tools, hands.pump).run()
        finally:
            hands.give_back(WATER)
