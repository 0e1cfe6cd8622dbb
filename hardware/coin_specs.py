"""What takes coins: an acceptor that gives pulses, or a board that says the coin over a serial line."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Discriminator, Tag

from hardware.reader_specs import SerialSpec
from hardware.spec_base import Level, Milliseconds, Pinned, Pull, Shifting, Spec
from hardware.spec_types import Number, Pair, Pin

CoinMinor = Annotated[int, Number(1, 1_000_000, "minor units", whole=True)]
PulseRange = Annotated[tuple[int, int], Pair(Number(20, 500, "ms", whole=True), "[shortest, longest], like [20, 130]")]

COINS_MINOR = (100, 500, 1000)
"""The coins a kiosk sells time for unless told otherwise, in minor units: 1, 5 and 10 (DESIGN 6)."""


class CoinValueSpec(Spec):
    """What a pulse is worth, and the coins the acceptor was taught, both in minor currency units."""

    STAND_IN: ClassVar[dict[str, Any]] = {"minor_units": 1}

    mode: Literal["per_pulse"] = "per_pulse"
    minor_units: Annotated[int, Number(1, 100_000, "minor units a pulse", whole=True)]
    coins: tuple[CoinMinor, ...] = COINS_MINOR


class CoinEnableSpec(Pinned):
    """The line that lets the acceptor accept; `off_means` says what it does while the line is off.

    It switches the acceptor's inhibit wire, or, where it has none, its power: then it wakes each time the line goes on,
    and what it chatters for `power_on_mute_ms` is no coin.
    """

    STAND_IN: ClassVar[dict[str, Any]] = {**Pinned.STAND_IN, "off_means": "refuses"}

    active: Level
    off_means: Literal["refuses", "accepts"]
    switches: Literal["inhibit", "power"] = "inhibit"
    pull: Pull | None = None


class CoinSpec(Spec):
    """A pulse coin acceptor. A pulse outside `pulse_ms` is a fault; `train_gap_ms` of rest ends a train."""

    STAND_IN: ClassVar[dict[str, Any]] = {"pin": -1, "value": CoinValueSpec.stand_in(), "level": "native"}
    MISPLACED: ClassVar[dict[str, str]] = {"expander": "coin pulses are too short to be seen through an expander"}

    kind: Literal["pulse"] = "pulse"
    pin: Pin
    idle: Level = "high"
    pulse_ms: PulseRange = (20, 130)
    train_gap_ms: Annotated[int, Number(50, 5_000, "ms", whole=True)] = 300
    power_on_mute_ms: Milliseconds = 3_000
    value: CoinValueSpec
    enable: CoinEnableSpec | None = None
    level: Shifting | None = None
    pull_V: Annotated[float, Number(1.8, 24, "V")] | None = None


class SerialCoinSpec(SerialSpec):
    """A board that writes a line like `COIN:5` for each coin; `minor_units` is what `COIN:1` is worth.

    Its lines are described in [coin-boards](coin-boards.md).
    """

    STAND_IN: ClassVar[dict[str, Any]] = {**SerialSpec.STAND_IN, "minor_units": 1}

    kind: Literal["serial"]
    baud: Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200] = 9600
    minor_units: Annotated[int, Number(1, 100_000, "minor units", whole=True)]
    coins: tuple[CoinMinor, ...] = COINS_MINOR
    enable: CoinEnableSpec | None = None


def _coin_kind(value: Any) -> Any:
    return value.get("kind", "pulse") if isinstance(value, dict) else getattr(value, "kind", None)


AnyCoinSpec = Annotated[
    Annotated[CoinSpec, Tag("pulse")] | Annotated[SerialCoinSpec, Tag("serial")], Discriminator(_coin_kind)
]
"""A pulse acceptor unless `kind` says otherwise."""
