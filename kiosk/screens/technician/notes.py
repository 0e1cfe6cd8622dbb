"""What technicians are shown that the picture of the kiosk does not say: the machine, a self-test, an export."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sessions.units import MonoNs, SlotName
from sessions.views import seconds_until


@dataclass(frozen=True, slots=True)
class Found:
    """One check of a self-test. ``result``: pass, fail or skip."""

    device: str
    check: str
    result: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a self-test asks a person. ``kind``: look (yes or no), or do, which the kiosk sees by itself."""

    number: int
    device: str
    check: str
    text: str
    kind: str
    left_s: int


@dataclass(frozen=True, slots=True)
class RunNotes:
    """The latest self-test that was begun here; ``refusal`` is a sentence when it could not run to its end."""

    slot: SlotName | None = None
    """The one slot that is tested, or None for everything."""
    running: bool = False
    ending: bool = False
    found: tuple[Found, ...] = ()
    asked: Asked | None = None
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Export:
    """The latest export of the logs; ``share`` of it is done. ``trouble`` is a `kiosk.errors.StickTrouble`."""

    running: bool = False
    share: float = 0.0
    name: str = ""
    mounted: bool = False
    """Whether somebody else mounted the stick, and must unmount it."""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the kiosk's health: ``status`` is ok, degraded or failed."""

    name: str
    status: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A network interface. ``up`` is None where the system does not say."""

    name: str
    address: str = ""
    up: bool | None = None


@dataclass(frozen=True, slots=True)
class Notes:
    """All of it. ``console`` is its address, or empty; ``console_code`` the rows of its QR code, where others can reach
    it."""

    version: str = ""
    disk_free: int = 0
    disk_bytes: int = 0
    celsius: float | None = None
    links: tuple[Link, ...] = ()
    console: str = ""
    console_code: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    outputs: tuple[str, ...] = ()
    by_hand: Mapping[str, MonoNs] = field(default_factory=dict)
    """What is switched on by hand, and until when."""
    test: RunNotes = RunNotes()
    export: Export = Export()

    def left_s(self, what: str, now: MonoNs) -> int:
        """For how many more seconds something is on by hand; 0 when it is not."""
        return seconds_until(self.by_hand[what], now) if what in self.by_hand else 0
