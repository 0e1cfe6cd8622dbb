"""Could anybody have pulled the cable? Only through an open door."""

from dataclasses import dataclass

from sessions.units import MonoNs, seconds_ns

BESIDE_NS = seconds_ns(1.5)
"""How far the end of a draw may lie outside the door's opening: sampling, filter and debounce."""


@dataclass(slots=True)
class Doorway:
    """When the door of a slot was last seen open, if it has a switch that tells."""

    exists: bool = False
    open_at: MonoNs | None = None

    def see(self, is_open: bool | None, at: MonoNs) -> None:
        """Notes the door's position; None where no switch tells it."""
        self.exists = self.exists or is_open is not None
        if is_open:
            self.open_at = at

    def opened_since(self, ended: MonoNs) -> bool:
        """Whether it was seen open when a draw ended, or later."""
        return self.open_at is not None and self.open_at >= ended - BESIDE_NS

    def shut_since(self, ended: MonoNs) -> bool:
        """Whether it is known to have stayed shut."""
        return self.exists and not self.opened_since(ended)
