"""No cloud: the kiosk works alone, and says so."""


class NoCloud:
    """The cloud port of a kiosk without a fleet. What the outbox collects waits for a backend that may come one day."""

    @property
    def status(self) -> str:
        """Always ``none``."""
        return "none"

    def wake(self) -> None:
        """Nobody is to be woken."""
