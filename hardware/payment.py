"""Builds what cards and coins come through, of whichever kind the pinmap names."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hardware.backend import Backend
from hardware.card_reader import CardReader
from hardware.card_reader_pn532 import Pn532Reader
from hardware.card_reader_rdm6300 import Rdm6300Reader
from hardware.card_reader_wedge import WedgeReader
from hardware.coin_acceptor import PulseCoinAcceptor
from hardware.coin_board import BAUD, CoinValues, SerialCoinBoard
from hardware.coin_pulses import CoinTiming
from hardware.gpio import Header, Output
from hardware.wedge_keys import WedgeFormat
from hardware.workers import Clock, Worker
from sessions.ports import Post
from sessions.units import MinorUnits, MonoNs

if TYPE_CHECKING:
    from hardware.coin_specs import CoinSpec, SerialCoinSpec
    from hardware.reader_specs import ReaderSpec

AnyReader = CardReader[Any]
CoinDevice = PulseCoinAcceptor | SerialCoinBoard


@dataclass(frozen=True, slots=True)
class Payment:
    """What every one of these devices needs. `coin_stored` says whether a coin of that identity is in the store."""

    backend: Backend
    header: Header
    post: Post
    clock: Clock
    run_id: str | None
    coin_stored: Callable[[str], bool]


def reader_port(spec: "ReaderSpec", attached: str | None, to: Payment) -> str | None:
    """Which port the card reader is on, if there is one."""
    if spec.kind == "none" or attached is not None:
        return attached
    return to.backend.port("reader", spec.device if spec.kind == "wedge" else spec.port)


def fit_reader(spec: "ReaderSpec", attached: str | None, to: Payment) -> AnyReader | None:
    """The card reader, if there is one. `attached` is a port to use instead of the pinmap's; where the pinmap has no
    reader, an RDM6300's."""
    port = reader_port(spec, attached, to)
    if port is None:
        return None
    if spec.kind == "pn532":
        return Pn532Reader(port, to.post, byte_order=spec.byte_order, clock=to.clock, run_id=to.run_id)
    if spec.kind == "wedge":
        typed = WedgeFormat(spec.digits, spec.prefix, spec.cards)
        return WedgeReader(port, to.post, typed=typed, clock=to.clock, run_id=to.run_id)
    return Rdm6300Reader(port, to.post, clock=to.clock, run_id=to.run_id)


def fit_coins(
    spec: "CoinSpec | SerialCoinSpec", attached: str | None, enable_line: Output | None, to: Payment
) -> CoinDevice:
    """The coin acceptor or board. `attached` is a board's port to use instead of the pinmap's. Raises `PinTaken`."""
    if spec.kind == "serial":
        values = CoinValues(MinorUnits(spec.minor_units), frozenset(spec.coins))
        return _board(attached or to.backend.port("coin", spec.port), values, spec.baud, enable_line, to)
    if attached is not None:
        values = CoinValues(MinorUnits(spec.value.minor_units), frozenset(spec.value.coins))
        return _board(attached, values, BAUD, enable_line, to)
    return PulseCoinAcceptor(
        to.header.input(spec.pin, "coin", pull_up=spec.idle == "high"),
        to.post,
        MinorUnits(spec.value.minor_units),
        idle_high=spec.idle == "high",
        enable_line=enable_line,
        powers=spec.enable is not None and spec.enable.switches == "power",
        timing=CoinTiming(*spec.pulse_ms, spec.train_gap_ms, spec.power_on_mute_ms),
        clock=to.clock,
        run_id=to.run_id,
    )


def _board(port: str, values: CoinValues, baud: int, enable_line: Output | None, to: Payment) -> SerialCoinBoard:
    return SerialCoinBoard(
        port,
        to.post,
        values,
        baud=baud,
        enable_line=enable_line,
        is_stored=to.coin_stored,
        clock=to.clock,
        run_id=to.run_id,
    )


def go_on_from(former: Worker, now: Worker) -> None:
    """Let a device that takes another's place go on where that was: no number of a tap or a coin comes twice, and a
    card that has lain there all the while is no new tap."""
    if isinstance(former, CardReader) and isinstance(now, CardReader):
        now.go_on_from(former)
    elif isinstance(former, PulseCoinAcceptor) and isinstance(now, PulseCoinAcceptor):
        now.trains.go_on_from(former.trains)


class CoinEnable:
    """What takes coins as one of the kiosk's outputs: on is accepting."""

    def __init__(self, coin: CoinDevice) -> None:
        self._coin = coin

    @property
    def on(self) -> bool:
        """Whether coins are accepted now."""
        return self._coin.enabled

    def set(self, on: bool) -> None:
        """Accept or refuse coins."""
        self._coin.enable(on)

    def shut(self) -> None:
        """Refuse; a wire for it is shut with the other outputs."""
        self._coin.enable(False)


class SparkingOutput:
    """A lock's output that tells the coin line when it is switched: its coil throws sparks into wires beside it."""

    def __init__(self, output: Output, coin: Callable[[], CoinDevice | None], clock: Clock) -> None:
        self._output = output
        self._coin = coin
        self._clock = clock

    @property
    def on(self) -> bool:
        """The level wanted last."""
        return self._output.on

    def set(self, on: bool) -> None:
        """Drive the output, and tell that it was switched if it was."""
        coin = self._coin() if on is not self._output.on else None
        if coin is not None:
            coin.disturbed(MonoNs(self._clock()))
        self._output.set(on)

    def shut(self) -> None:
        """Turn off for good; raises what the pin raises."""
        self._output.shut()
