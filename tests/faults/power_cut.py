"""What a disk may hold when the power goes: everything that was synced, and of the rest any part.

A file's writes and changes of size since its last sync may each be there or not, in any combination, and a write may
be torn between its sectors. Changes of names are pending until the folder is synced. That is more than real file
systems do to us, and all that POSIX promises.
"""

import random
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import TypeVar

from tests.faults.disk_log import Created, Event, Linked, Noted, Renamed, Resized, Synced, Unlinked, Wrote

_T = TypeVar("_T")
SECTOR = 512

Image = dict[str, bytes]
"""The content of every file by its name."""


@dataclass(slots=True)
class _File:
    synced: bytearray = field(default_factory=bytearray)
    live: bytearray = field(default_factory=bytearray)
    pending: list[Wrote | Resized] = field(default_factory=list)


_Change = tuple[tuple[str, _File | None], ...]
"""Names that get a file or lose it, together."""


class Disk:
    """A folder that events happen to; each may be the last one before the power goes."""

    def __init__(self, image: Mapping[str, bytes] | None = None) -> None:
        """``image`` is what is durable at the beginning."""
        self._live = {name: _File(bytearray(data), bytearray(data)) for name, data in (image or {}).items()}
        self._synced = copy(self._live)
        self._pending: list[_Change] = []

    def happen(self, event: Event) -> None:
        """Lets one event happen."""
        match event:
            case Wrote() | Resized():
                if file := self._live.get(event.name):
                    _apply(file.live, event)
                    file.pending.append(event)
            case Synced():
                self._sync(event.name)
            case Noted():
                pass
            case _:
                change = self._change(event)
                _change_names(self._live, change)
                self._pending.append(change)

    def _sync(self, name: str) -> None:
        if not name:
            self._synced, self._pending = copy(self._live), []
        elif file := self._live.get(name):
            file.synced, file.pending = bytearray(file.live), []

    def _change(self, event: Created | Renamed | Linked | Unlinked) -> _Change:
        match event:
            case Created(name):
                return ((name, self._live.get(name) or _File()),)
            case Renamed(name, to):
                return ((to, self._live[name]), (name, None))
            case Linked(name, to):
                return ((to, self._live[name]),)
            case Unlinked(name):
                return ((name, None),)

    def whole(self) -> Image:
        """Everything reached the disk before the power went."""
        return {name: bytes(file.live) for name, file in self._live.items()}

    def nothing_more(self) -> Image:
        """Only what was synced reached it."""
        return {name: bytes(file.synced) for name, file in self._synced.items()}

    def any_part(self, rng: random.Random) -> Image:
        """Any part of what was not synced reached it."""
        names = copy(self._synced)
        for change in _part(self._pending, rng):
            _change_names(names, change)
        return {name: _torn(file, rng) for name, file in names.items()}


def _change_names(names: dict[str, _File], change: _Change) -> None:
    for name, file in change:
        if file is None:
            names.pop(name, None)
        else:
            names[name] = file


def _part(events: list[_T], rng: random.Random) -> list[_T]:
    """Some of the events, in their order: all, none, those up to a moment, or any."""
    how = rng.randrange(4)
    if how == 0:
        return events
    if how == 1:
        return events[: rng.randint(0, len(events))]
    kept = rng.random()
    return [event for event in events if rng.random() < kept]


def _torn(file: _File, rng: random.Random) -> bytes:
    if not file.pending:
        return bytes(file.synced)
    content = bytearray(file.synced)
    tearing = rng.random() < 0.5
    for event in _part(file.pending, rng):
        if tearing and isinstance(event, Wrote) and rng.random() < 0.3:
            _apply_sectors(content, event, rng)
        else:
            _apply(content, event)
    return bytes(content)


def _apply(content: bytearray, event: Wrote | Resized) -> None:
    if isinstance(event, Resized):
        del content[event.size :]
        content.extend(bytes(event.size - len(content)))
        return
    content.extend(bytes(max(0, event.offset - len(content))))
    content[event.offset : event.offset + len(event.data)] = event.data


def _apply_sectors(content: bytearray, event: Wrote, rng: random.Random) -> None:
    """Applies those sectors of a write that chance lets through."""
    end = event.offset + len(event.data)
    start = event.offset
    while start < end:
        stop = min(end, (start // SECTOR + 1) * SECTOR)
        if rng.random() < 0.5:
            _apply(content, Wrote(event.name, start, event.data[start - event.offset : stop - event.offset]))
        start = stop
