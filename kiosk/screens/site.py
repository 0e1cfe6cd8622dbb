"""What a kiosk says about itself and does not change while it runs: its settings, as far as customers see them."""

from dataclasses import dataclass

from kiosk.screens.reading import Reading
from sessions.amounts import money


@dataclass(frozen=True, slots=True)
class CoinRate:
    """What one coin buys: ``minor`` minor currency units for ``seconds``, or for ``ml`` of water."""

    minor: int
    seconds: int
    ml: int = 0


@dataclass(frozen=True, slots=True)
class Site:
    """The settings that screens need. ``coins`` is empty where no coin acceptor is fitted."""

    currency: str = "PHP"
    coins: tuple[CoinRate, ...] = (CoinRate(100, 60, 100), CoinRate(500, 300, 500), CoinRate(1000, 600, 1000))
    languages: tuple[str, ...] = ("en",)
    guests: bool = True
    theme: str = "dark"
    """Its name in `kiosk.screens.theme.PALETTES`."""
    large_text: bool = False
    hours: tuple[str, str] | None = None
    """When it opens and shuts, as people write it."""
    choices_s: tuple[int, ...] = (900, 1800, 3600)
    """The times that are offered, where the card has as much."""
    choices_ml: tuple[int, ...] = (250, 500, 1000)
    """The same of water."""
    door_open_s: int = 5
    no_device_s: int = 60
    visit_idle_s: int = 45
    no_cup_s: int = 10
    coin_hold_s: int = 60
    longest_s: int = 99 * 3600 + 59 * 60
    """The most that one session may be given: what a slot's display can show."""

    @property
    def reading(self) -> Reading:
        """How the screens are read by whoever has not chosen."""
        return Reading(self.languages[0], self.theme == "contrast", self.large_text)

    @staticmethod
    def rates(minor: int, seconds: int, ml: int, coins: tuple[int, ...] = (1, 5, 10)) -> tuple[CoinRate, ...]:
        """What the usual coins buy where ``minor`` minor units buy ``seconds`` or ``ml``; ``coins`` say the coins."""
        return tuple(CoinRate(minor * coin, seconds * coin, ml * coin) for coin in coins)

    def price(self, ml: int) -> str:
        """What so much water costs, rounded up; nothing where coins buy none."""
        rate = next((rate for rate in self.coins if rate.ml > 0), None)
        return self.money(-(-ml * rate.minor // rate.ml)) if rate is not None else ""

    def price_of_time(self, seconds: int) -> str:
        """What so much time costs, rounded up; nothing where there are no coins."""
        rate = next((rate for rate in self.coins if rate.seconds > 0), None)
        return self.money(-(-seconds * rate.minor // rate.seconds)) if rate is not None else ""

    def money(self, minor: int) -> str:
        """An amount as people write it: ``₱5``, ``₱2.50``."""
        return money(minor, self.currency)
