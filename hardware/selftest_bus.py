"""The self-test of an I2C bus: who answers, against who should, and which strap is set wrong; and of its expanders."""

from collections.abc import Iterator, Sequence

from hardware.check_buses import RANGES, Station, stations, straps
from hardware.i2c import answering
from hardware.problems import listed
from hardware.selftest_check import Check, Watch, failed, measured, passed
from hardware.specs import Pinmap
from hardware.wiring import Wiring
from sessions.units import MonoNs

ANSWER_S = 2.5
"""An expander in trouble is asked once a second."""


class BusTest:
    """The questions to all buses and expanders. ``silent`` names expanders that do not answer, once they were asked."""

    def __init__(self, pinmap: Pinmap, wiring: Wiring, watch: Watch) -> None:
        self._pinmap = pinmap
        self._wiring = wiring
        self._watch = watch
        self.silent: set[str] = set()

    def run(self) -> Iterator[Check]:
        """Ask everything; nothing is switched."""
        for number in self._wiring.buses:
            yield self._scan(number)
        for name in self._pinmap.expanders:
            check = self._expander(name)
            if check.result == "fail":
                self.silent.add(name)
            yield check

    def _scan(self, number: int) -> Check:
        expected = [each for each in stations(self._pinmap) if each.bus == number and each.channel is None]
        found = answering(self._wiring.buses[number])
        missing = [station for station in expected if station.address not in found]
        behind = {each.address for each in stations(self._pinmap) if each.bus == number and each.channel is not None}
        known = {station.address for station in expected} | behind
        strangers = [address for address in found if address not in known]
        hints = []
        if not found:
            hints.append("Nobody answers. Check SDA, SCL, their pull-ups and the 3.3 V.")
        elif missing:
            called = listed([_called(station) for station in missing], last="and")
            hints.append(f"Nothing answers at {called}. Check plug, supply and address.")
        if strangers:
            hints.append(
                f"At {listed([f'0x{address:02x}' for address in strangers], last='and')} answers something that the"
                " pinmap does not have."
            )
        hints += _moved(missing, strangers)
        device, advice = f"i2c{number}", " ".join(hints)
        value = " ".join(f"0x{address:02x}" for address in found) or "nobody"
        return failed(device, "scan", advice, value) if missing else passed(device, "scan", value, advice or None)

    def _expander(self, name: str) -> Check:
        expander, spec = self._wiring.expanders[name], self._pinmap.expanders[name]
        since = MonoNs(self._watch.clock())
        answered = self._watch.until(lambda: (expander.answered_at or 0) > since, ANSWER_S)
        took_ms = (self._watch.clock() - since) / 1e6
        address = f"Its address 0x{spec.address:02x} needs {_expander_straps(spec.address)}"
        advice = f"It does not answer. Check its plug and 3.3 V. {address}, and RESET high."
        if not answered:
            return failed(name, "answers", advice, "no answer")
        return measured(name, "answers", round(took_ms), "ms", (None, ANSWER_S * 1000), advice)


def _moved(missing: Sequence[Station], strangers: Sequence[int]) -> Iterator[str]:
    """Who of the missing may be a stranger whose straps are set otherwise."""
    for station in missing:
        same_chip = [address for address in strangers if address in RANGES[station.chip]]
        if len(same_chip) == 1:
            name = station.holder.removeprefix("expanders.")
            yield (
                f"Perhaps that at 0x{same_chip[0]:02x} is {name}: it has {_straps(station, same_chip[0])} and needs"
                f" {_straps(station, station.address)}."
            )


def _called(station: Station) -> str:
    name = station.holder.removeprefix("expanders.")
    return f"0x{station.address:02x} ({name}: {_straps(station, station.address)})"


def _straps(station: Station, address: int) -> str:
    return straps(address) if station.chip == "ina219" else _expander_straps(address)


def _expander_straps(address: int) -> str:
    """How an MCP23017's or a TCA9548A's address pins are tied: 0x21 -> `A2 low, A1 low, A0 high`."""
    return ", ".join(f"A{bit} {'high' if address >> bit & 1 else 'low'}" for bit in (2, 1, 0))
