"""Facts out of the pages of a store that SQLite can no longer read: a last resort, and a safe one.

Every leaf of every table is looked through in the store's file and in every frame of its log, whatever their checksums
say, for records that look like facts. Each fact's own checksum, which goes on from the fact before it, then tells which
of them were once stored. Formats: sqlite.org/fileformat2.html sections 1.6 (pages), 2.1 (records) and 4 (the log).
"""

import struct
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import chain, product
from pathlib import Path
from typing import Any

from sessions.events import Fact
from sessions.store.codec import FACT_COLUMNS, fact_crc, fact_from_values
from sessions.store.database import PAGE_SIZES
from sessions.store.wal import pages_of
from sessions.units import Seq

_LEAF = 13
_MOST_GUESSED = 1000
"""Bytes of a record in which a changed one is looked for; longer ones would take too long."""
_COLUMNS = FACT_COLUMNS.count(",") + 2
"""With the checksum; those that are computed when read are not stored."""
_INTEGER_BYTES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}

Rows = Mapping[int, set[bytes]]
"""By number, the records of whatever may be that fact."""


def carve(store: Path, log: Path, after: Seq) -> Rows:
    """Everything in the two files that looks like a fact after that one. Neither need be there.

    What the header says of the pages' size may have changed as well, so every size is tried.
    """
    stored, logged = (file.read_bytes() if file.exists() else b"" for file in (store, log))
    rows: dict[int, set[bytes]] = defaultdict(set)
    for size in PAGE_SIZES:
        pages = _pages(stored, logged, size)
        for page in chain.from_iterable(pages.values()):
            for rowid, payload in _cells(page, pages, after):
                rows[rowid].add(payload)
    return rows


def _pages(store: bytes, log: bytes, size: int) -> Mapping[int, list[bytes]]:
    """By number all that is left of each page, the newest last."""
    pages: dict[int, list[bytes]] = defaultdict(list)
    for number in range(len(store) // size):
        pages[number + 1].append(store[number * size : (number + 1) * size])
    for number, page in pages_of(log, size):
        pages[number].append(page)
    return pages


def carved_facts(rows: Rows, seq: Seq, crc: int) -> Iterator[Fact]:
    """The facts that follow on that one with that checksum, as far as they are among the rows.

    Of one that was stored, but with one byte changed since, every byte is tried until its checksum is right: that takes
    seconds, and is done only when all that came after would be lost with it. A wrong guess has a chance of 1 to 40,000
    to have the right checksum, and would have to be a fact that can be read and folded as well.
    """
    while found := _following(rows.get(seq + 1, set()), Seq(seq + 1), crc):
        seq, crc = Seq(seq + 1), found[1]
        yield fact_from_values(found[0])


_Found = tuple[tuple[Any, ...], int]


def _following(records: set[bytes], seq: Seq, crc: int) -> _Found | None:
    """The values and the checksum of the fact of that number which goes on from the checksum before it."""
    for record in records:
        if found := _read(record, seq, crc):
            return found
    for record in records:
        if len(record) > _MOST_GUESSED:
            continue
        for at, byte in product(range(len(record)), range(256)):
            if found := _read(record[:at] + bytes((byte,)) + record[at + 1 :], seq, crc):
                return found
    return None


def _read(record: bytes, seq: Seq, crc: int) -> _Found | None:
    values = _record(record)
    if values is None or not isinstance(values[-1], int):
        return None
    fact, stored = (seq, *values[1:-1]), values[-1]
    return (fact, stored) if fact_crc(crc, *fact) == stored else None


def _cells(page: bytes, pages: Mapping[int, list[bytes]], after: Seq) -> Iterator[tuple[int, bytes]]:
    if page[0] != _LEAF:
        return
    for number in range(min(struct.unpack_from(">H", page, 3)[0], len(page) // 8)):
        try:
            (at,) = struct.unpack_from(">H", page, 8 + 2 * number)
            size, at = _varint(page, at)
            rowid, at = _varint(page, at)
            if rowid > after:
                yield rowid, _payload(page, at, size, pages)
        except (IndexError, struct.error):
            continue


def _payload(page: bytes, at: int, size: int, pages: Mapping[int, list[bytes]]) -> bytes:
    """A record, with what of it overflowed to other pages. Raises `IndexError` where that is not to be found."""
    most, least, overflowing = len(page) - 35, (len(page) - 12) * 32 // 255 - 23, len(page) - 4
    if size <= most:
        return page[at : at + size]
    local = least + (size - least) % overflowing
    local = local if local <= most else least
    payload = page[at : at + local]
    (following,) = struct.unpack_from(">I", page, at + local)
    for _ in range(size // overflowing + 1):
        if len(payload) >= size:
            break
        overflow = pages.get(following, [b""])[-1]
        (following,) = struct.unpack_from(">I", overflow)
        payload += overflow[4:]
    return payload[:size]


def _record(payload: bytes) -> tuple[Any, ...] | None:
    """The values of a record, or None when it cannot be a fact's."""
    try:
        end, at = _varint(payload, 0)
        kinds = []
        while at < end:
            kind, at = _varint(payload, at)
            kinds.append(kind)
        if at != end or len(kinds) != _COLUMNS:
            return None
        values = []
        for kind in kinds:
            value, at = _value(payload, at, kind)
            values.append(value)
    except (IndexError, ValueError):
        return None
    return tuple(values)


def _value(payload: bytes, at: int, kind: int) -> tuple[Any, int]:
    """A value of a serial type and where the next one begins. Raises `ValueError` for what no fact holds."""
    if kind == 0:
        return None, at
    if kind in (8, 9):
        return kind - 8, at
    size = _INTEGER_BYTES.get(kind, (kind - 13) // 2 if kind >= 13 and kind % 2 else -1)
    piece = payload[at : at + size]
    if size < 0 or len(piece) != size:
        raise ValueError("no value of a fact")
    return (piece.decode("utf-8") if kind >= 13 else int.from_bytes(piece, "big", signed=True)), at + size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A variable-length integer and where it ends (section 1.6); raises `IndexError` at the end of the data."""
    value = 0
    for count in range(9):
        byte = data[at + count]
        if count == 8:
            return value << 8 | byte, at + 9
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + count + 1
    raise AssertionError("nine bytes end it")
