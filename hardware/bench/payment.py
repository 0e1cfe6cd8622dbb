"""The bench's reader and coin device for a pinmap, of whichever kind it names, and what can be broken of them."""

import random
from collections.abc import Callable, Mapping

from hardware.bench.coin_board import BenchCoinBoard
from hardware.bench.coins import CoinChute
from hardware.bench.faults import Switch, board_switches, coin_switches, reader_switches
from hardware.bench.gpio import BenchPin
from hardware.bench.pn532 import BenchPn532
from hardware.bench.reader import BenchRdm6300, BenchReader
from hardware.bench.wedge import BenchWedge
from hardware.bench.wires import Wire
from hardware.coin_specs import CoinSpec, SerialCoinSpec
from hardware.specs import Pinmap
from hardware.wedge_keys import WedgeFormat

BenchCoins = CoinChute | BenchCoinBoard


def bench_reader(pinmap: Pinmap, rng: random.Random) -> BenchReader | None:
    """The reader, None where the pinmap has none."""
    spec = pinmap.reader
    if spec.kind == "wedge":
        return BenchWedge(WedgeFormat(spec.digits, spec.prefix, spec.cards), rng)
    if spec.kind == "pn532":
        return BenchPn532(rng)
    return BenchRdm6300(rng) if spec.kind == "rdm6300" else None


def bench_coins(
    spec: CoinSpec | SerialCoinSpec,
    pin: Callable[[int], BenchPin],
    enable: Wire | None,
    rng: random.Random,
    clock: Callable[[], int],
) -> BenchCoins:
    """What takes coins; `pin` gives a pin of the header, `enable` is the one that lets it accept."""
    if isinstance(spec, SerialCoinSpec):
        return BenchCoinBoard(spec, rng, enable, clock)
    return CoinChute(spec, pin(spec.pin), enable, rng, clock)


def payment_switches(reader: BenchReader | None, coins: BenchCoins | None) -> Mapping[str, dict[str, Switch]]:
    """What can be broken, by device."""
    switches = {"reader": reader_switches(reader)} if reader is not None else {}
    if coins is not None:
        switches["coin"] = board_switches(coins) if isinstance(coins, BenchCoinBoard) else coin_switches(coins)
    return switches
