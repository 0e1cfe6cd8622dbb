"""The self-test of an I2C bus: who answers, against who should, and which strap is set wrong; and of its expanders.

Behind a mux each channel is a bus of its own: it is opened and scanned singly, so that a chip whose plug is on the
wrong channel is found and named.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from hardware.check_buses import RANGES, Station, stations, straps
from hardware.i2c import answering
from hardware.mux import CHANNELS, MuxChannel
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
        for number, bus in self._wiring.buses.items():
            before = answering(bus)
            yield self._scan(number, before)
            yield from self._channels(number, bus, before)
        for name in self._pinmap.expanders:
            check = self._expander(name)
            if check.result == "fail":
                self.silent.add(name)
            yield check

    def _scan(self, number: int, found: Sequence[int]) -> Check:
        expected = [each for each in stations(self._pinmap) if each.bus == number and each.channel is None]
        missing = [station for station in expected if station.address not in found]
        known = {station.address for station in expected}
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
        hints += self._before_its_mux(number, strangers)
        return _judged(f"i2c{number}", found, missing, hints)

    def _before_its_mux(self, number: int, strangers: Sequence[int]) -> Iterator[str]:
        """Who of the strangers before all muxes belongs behind one: then every channel hears it."""
        for station in stations(self._pinmap):
            if station.bus == number and station.channel is not None and station.address in strangers:
                yield (
                    f"Perhaps that at 0x{station.address:02x} is {station.holder}: it belongs behind the mux, on"
                    f" {_channel(station.channel)}."
                )

    def _channels(self, number: int, bus: Any, before: Sequence[int]) -> Iterator[Check]:
        """Every channel of every mux that answers, those that nothing belongs on as well."""
        behind = [each for each in stations(self._pinmap) if each.bus == number and each.channel is not None]
        for mux in sorted({each.channel[0] for each in behind if each.channel is not None} & set(before)):
            heard = {channel: _heard(bus, mux, channel, before) for channel in range(CHANNELS)}
            for channel, found in heard.items():
                here = [each for each in behind if each.channel == (mux, channel)]
                if here or found:
                    yield self._scan_channel(number, (mux, channel), here, heard, behind)

    def _scan_channel(
        self,
        number: int,
        at: tuple[int, int],
        here: Sequence[Station],
        heard: dict[int, Sequence[int]],
        behind: Sequence[Station],
    ) -> Check:
        mux, channel = at
        found = heard[channel]
        missing = [station for station in here if station.address not in found]
        strangers = [address for address in found if address not in {station.address for station in here}]
        hints = []
        if missing:
            called = listed([_called(station) for station in missing], last="and")
            hints.append(f"Nothing answers at {called} on {_channel(at)}. Check plug, supply and address.")
        for station in missing:
            for other in _unclaimed(station, heard, behind):
                hints.append(f"Perhaps what answers on {_channel((mux, other))} is {station.holder}: move its plug.")
        for address in strangers:
            hints.append(f"At 0x{address:02x} on {_channel(at)} answers something that the pinmap does not have there.")
            for station in behind:
                if station.address == address and channel in _unclaimed(station, heard, behind):
                    hints.append(f"Perhaps it is {station.holder}, which belongs on {_channel(station.channel)}.")
        hints += _moved(missing, strangers)
        return _judged(f"i2c{number}.mux{mux:02x}.{channel}", found, missing, hints)

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


def _judged(device: str, found: Sequence[int], missing: Sequence[Station], hints: Sequence[str]) -> Check:
    value, advice = " ".join(f"0x{address:02x}" for address in found) or "nobody", " ".join(hints)
    return failed(device, "scan", advice, value) if missing else passed(device, "scan", value, advice or None)


def _heard(bus: Any, mux: int, channel: int, before: Sequence[int]) -> Sequence[int]:
    """Who answers on a channel that does not before the muxes. A mux that falls silent meanwhile has nobody."""
    return [address for address in answering(MuxChannel(bus, mux, channel)) if address not in before]


def _unclaimed(station: Station, heard: dict[int, Sequence[int]], behind: Sequence[Station]) -> Sequence[int]:
    """The channels on which the address of a station that is silent on its own answers, although nobody of that address
    belongs there."""
    if station.channel is None or station.address in heard.get(station.channel[1], ()):
        return ()
    mux, address = station.channel[0], station.address
    taken = {each.channel for each in behind if each.address == address}
    return [channel for channel, found in heard.items() if address in found and (mux, channel) not in taken]


def _channel(at: tuple[int, int] | None) -> str:
    return f"channel {at[1]} of 0x{at[0]:02x}" if at is not None else "no channel"


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
