"""Card readers: whatever a reader sends, a card held to it is one tap.

A card lying on a reader is seen again and again, by some readers only for a while; a tap is the first sight of a UID
after a second without that UID. Two cards in the field take turns, which is two taps and no more. How each kind says
what it sees stands in its own module: `card_reader_rdm6300`, `card_reader_pn532`, `card_reader_wedge`.
"""

import os
import secrets
import time
from dataclasses import dataclass
from typing import Any, Final

from hardware.noise import NoiseMeter
from hardware.port_worker import Port, PortWorker
from hardware.workers import Clock
from sessions.ports import CardSeen, Post
from sessions.units import MonoNs, seconds_ns

ABSENT_NS: Final = seconds_ns(1)
"""A UID not seen for this long has left the reader."""
LYING_NS: Final = seconds_ns(0.5)
"""A UID seen so lately lies there still: readers repeat themselves at least twice in this time."""
REMEMBERED: Final = 64
"""UIDs kept at most: more than a field without anticollision can ever show in a second."""


class TapFilter:
    """Which sights of a card are taps. Remembers when each UID was last seen, for as long as it matters."""

    def __init__(self) -> None:
        self._seen: dict[str, MonoNs] = {}

    def is_tap(self, uid: str, mono: MonoNs) -> bool:
        """Take in one sight; says whether it begins a tap."""
        last = self._seen.pop(uid, None)
        self._seen[uid] = mono
        for old in [old for old, when in self._seen.items() if mono - when >= ABSENT_NS]:
            del self._seen[old]
        if len(self._seen) > REMEMBERED:
            del self._seen[next(iter(self._seen))]
        return last is None or mono - last >= ABSENT_NS

    def pause(self, began: MonoNs, ended: MonoNs) -> None:
        """Nobody looked in between: what was lying there when that began has been there all the while."""
        for uid, when in self._seen.items():
            if began - when <= LYING_NS:
                self._seen[uid] = MonoNs(when + ended - began)


@dataclass(frozen=True, slots=True)
class ReaderCounts:
    """What a reader has given since the kiosk started: whole frames, spoilt ones, and bytes that belong to none."""

    good: int
    bad: int
    stray_bytes: int


class CardReader(PortWorker[Port]):
    """What all kinds have in common: taps, counts, noise.

    A tap's id is `<device>:<random of this object>:<count>`, unique for ever. `good_frames` and `bad_frames` count
    since construction, as do the `stray_bytes` that belong to no frame or to a bad one.
    """

    def __init__(
        self,
        port: str,
        post: Post,
        *,
        device: str = "reader",
        clock: Clock = time.monotonic_ns,
        run_id: str | None = None,
    ) -> None:
        super().__init__(device, "card reader", port, post, clock)
        self.good_frames = 0
        self.bad_frames = 0
        self.stray_bytes = 0
        self._run_id = run_id or secrets.token_hex(8)
        self._taps = 0
        self._filter = TapFilter()
        self._unwatched_since: MonoNs | None = None
        detail = (
            f"Much of what {port} receives is no card. Keep the antenna from metal, mains and its cable from others."
        )
        self._noise = NoiseMeter(device, detail, post)
        self._begin()

    def _begin(self) -> None:
        """Forget what was begun: a new connection's first bytes belong to nothing before them."""

    def found(self) -> MonoNs:
        """The reader is there."""
        self._begin()
        if self._unwatched_since is not None:
            self._filter.pause(self._unwatched_since, MonoNs(self._clock()))
            self._unwatched_since = None
        return super().found()

    def go_on_from(self, former: "CardReader[Any]") -> None:
        """Count on from a reader that has ended, or is about to; before this one begins."""
        self._run_id, self._taps = former._run_id, former._taps
        if os.path.realpath(self.port) == os.path.realpath(former.port):
            self._filter = former._filter
            self._unwatched_since = former.last_beat

    @property
    def counts(self) -> ReaderCounts:
        """What was received until now; the self-test compares two of these."""
        return ReaderCounts(self.good_frames, self.bad_frames, self.stray_bytes)

    def _saw(self, uid: str, now: MonoNs) -> None:
        """A card was read."""
        self.good_frames += 1
        if self._filter.is_tap(uid, now):
            self._taps += 1
            self._post(CardSeen(uid, f"{self.name}:{self._run_id}:{self._taps}", now))

    def _spoilt(self, stray_bytes: int, now: MonoNs, *, frame: bool = True) -> None:
        """Something came that is no card: a frame's worth, or only stray bytes."""
        self.bad_frames += frame
        self.stray_bytes += stray_bytes
        self._noise.bad(now)
