"""The self-test of what belongs to no slot: buses, expanders, card reader, coin acceptor, outputs."""

from collections.abc import Iterator

from hardware.card_reader import CardReader
from hardware.check_buses import Station, stations, straps
from hardware.coin_acceptor import PulseCoinAcceptor
from hardware.coin_specs import CoinSpec
from hardware.i2c import answering
from hardware.problems import listed
from hardware.selftest_check import Check, Watch, failed, measured, passed, pin_name
from hardware.specs import Pinmap
from hardware.wiring import Wiring
from sessions.units import MonoNs

ANSWER_S = 2.5
"""An expander in trouble is asked once a second."""
PORT_S = 3.0
"""A reader's port that is not there is tried every two seconds."""
LISTENED_S = 1.0
STRAY_BYTES = 20
"""A frame has 14 bytes: one spoilt at the edge of the reader's field is no noise."""
STRAY_PULSES = 1
PULSE_S = 0.5
"""Longer than any coin holds the line."""


class KioskTest:
    """The questions to the kiosk as a whole; it listens from construction on."""

    def __init__(self, pinmap: Pinmap, wiring: Wiring, watch: Watch) -> None:
        self._pinmap = pinmap
        self._wiring = wiring
        self._watch = watch
        self._since = MonoNs(watch.clock())
        self._stray_bytes = wiring.reader.stray_bytes if wiring.reader is not None else 0
        self._stray_pulses = wiring.coin.trains.faults if wiring.coin is not None else 0

    def run(self) -> list[Check]:
        """Ask everything; nothing is switched."""
        heard_s = (self._watch.clock() - self._since) / 1e9
        self._watch.until(lambda: False, LISTENED_S - heard_s)
        checks = [self._bus(number) for number in self._wiring.buses]
        expanders = {name: self._expander(name) for name in self._pinmap.expanders}
        checks += expanders.values()
        if self._wiring.reader is not None:
            checks += self._reader(self._wiring.reader)
        if self._wiring.coin is not None and isinstance(self._pinmap.coin, CoinSpec):
            checks += self._coin(self._wiring.coin, self._pinmap.coin)
        checks += self._outputs({name for name, check in expanders.items() if check.result == "fail"})
        return checks

    def _bus(self, number: int) -> Check:
        expected = {
            station.address: station
            for station in stations(self._pinmap)
            if station.bus == number and station.channel is None
        }
        found = answering(self._wiring.buses[number])
        value = " ".join(f"0x{address:02x}" for address in found) or "nobody"
        missing = [_called(station) for address, station in expected.items() if address not in found]
        strangers = [f"0x{address:02x}" for address in found if address not in expected]
        hints = []
        if not found:
            hints.append("Nobody answers. Check SDA, SCL, their pull-ups and the 3.3 V.")
        elif missing:
            hints.append(f"Nothing answers at {listed(missing, last='and')}. Check plug, supply and address.")
        if strangers:
            hints.append(f"At {listed(strangers, last='and')} answers something that the pinmap does not have.")
        advice = " ".join(hints) or None
        device = f"i2c{number}"
        return failed(device, "scan", advice or "", value) if missing else passed(device, "scan", value, advice)

    def _expander(self, name: str) -> Check:
        expander, spec = self._wiring.expanders[name], self._pinmap.expanders[name]
        since = MonoNs(self._watch.clock())
        if self._watch.until(lambda: (expander.answered_at or 0) > since, ANSWER_S):
            return passed(name, "answers")
        address = f"Its address 0x{spec.address:02x} needs {_expander_straps(spec.address)}"
        return failed(name, "answers", f"It does not answer. Check its plug and 3.3 V. {address}, and RESET high.")

    def _reader(self, reader: CardReader) -> Iterator[Check]:
        if not self._watch.until(lambda: bool(reader.connected), PORT_S):
            advice = f"The card reader at {reader.port} is not there. Check its plug, its supply and the port's name."
            yield failed(reader.name, "port", advice, reader.port)
            return
        yield passed(reader.name, "port", reader.port)
        yield Check(reader.name, "cards", "pass", reader.good_frames, "frames read")
        advice = "It sends what is no card. Keep the antenna from metal and mains, and its cable short and from others."
        stray = reader.stray_bytes - self._stray_bytes
        yield measured(reader.name, "quiet", stray, "stray bytes", (None, STRAY_BYTES), advice)

    def _coin(self, coin: PulseCoinAcceptor, spec: CoinSpec) -> Iterator[Check]:
        wire = f"its wire at {pin_name(spec.pin)}"
        if self._watch.until(lambda: coin.at_rest, PULSE_S):
            yield passed(coin.name, "line", spec.idle)
        else:
            level = "low" if spec.idle == "high" else "high"
            advice = f"The line hangs at {level}. Check {wire}, its pull-up and the 12 V."
            yield failed(coin.name, "line", advice, level)
        advice = f"The line gives pulses that no coin makes. Check {wire}, its shield and its pull-up."
        stray = coin.trains.faults - self._stray_pulses
        yield measured(coin.name, "quiet", stray, "stray pulses", (None, STRAY_PULSES), advice)

    def _outputs(self, silent: set[str]) -> Iterator[Check]:
        for name, spec in self._pinmap.outputs.items():
            if spec.expander in silent:
                yield failed(name, "driven", f"{spec.expander} does not answer. Mend that first.")
            else:
                yield passed(name, "driven", "on" if self._wiring.outputs.on(name) else "off")


def _called(station: Station) -> str:
    where = straps(station.address) if station.chip == "ina219" else _expander_straps(station.address)
    return f"0x{station.address:02x} ({station.holder.removeprefix('expanders.')}: {where})"


def _expander_straps(address: int) -> str:
    """How an MCP23017's address pins are tied: 0x21 -> `A2 low, A1 low, A0 high` (DS20001952D, figure 3-3)."""
    return ", ".join(f"A{bit} {'high' if address >> bit & 1 else 'low'}" for bit in (2, 1, 0))
