"""The write-ahead log as a file: whether more of it is broken than a power cut can break.

Each of its frames carries a checksum over itself and all before it, and SQLite ends the log at the first that is wrong.
That is right after a power cut, which can only break the last transaction, the one that was not synced yet. A byte that
changed further ahead hides every later transaction, all of them acknowledged. Format: sqlite.org/fileformat2.html
section 4; byte order and salts as there.
"""

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

from sessions.errors import StoreDamaged
from sessions.store.database import PAGE_SIZE, PAGE_SIZES
from sessions.store.failures import RESCUE

HEADER, FRAME_HEADER = 32, 24
_BIG_ENDIAN_SUMS = 0x377F0683
"""The magic number whose last bit says that checksums read big-endian words; without it they are little-endian."""


def check_log(store: Path) -> None:
    """Raises `StoreDamaged` when the log of the store at ``store`` hides whole transactions behind a broken one."""
    path = store.with_name(f"{store.name}-wal")
    log = path.read_bytes() if path.exists() else b""
    if len(log) <= HEADER:
        return
    frames = _frames(log, _page_size(store, log))
    sound = _sound(log, frames)
    behind = [offset for offset in frames[sound:] if _of_this_log(log, offset, frames)]
    ends = [number for number, offset in enumerate(behind) if _pages_at_commit(log, offset)]
    if ends and ends[0] < len(behind) - 1:
        raise StoreDamaged(
            f"{store.name}-wal is broken in its frame {sound + 1}, and {len(behind)} more follow it. {RESCUE}"
        )


def pages_of(log: bytes, size: int) -> Iterator[tuple[int, bytes]]:
    """Every page of that size that stands in a log, by number, whether or not its checksum is right; older before
    newer."""
    if len(log) > HEADER:
        for offset in _frames(log, size):
            start = offset + FRAME_HEADER
            yield int(struct.unpack_from(">I", log, offset)[0]), log[start : start + size]


def _order(log: bytes) -> str:
    return ">" if struct.unpack_from(">I", log)[0] == _BIG_ENDIAN_SUMS else "<"


def _page_size(store: Path, log: bytes) -> int:
    """That of the log, whose header has a checksum; of the store, where a byte of the log's header has changed."""
    if _header_is_sound(log):
        return int(struct.unpack_from(">I", log, 8)[0])
    size = int.from_bytes(store.read_bytes()[16:18], "big") if store.exists() else PAGE_SIZE
    return size if size in PAGE_SIZES else PAGE_SIZE


def _frames(log: bytes, page: int) -> range:
    """Where each complete frame begins."""
    size = FRAME_HEADER + page
    return range(HEADER, len(log) - size + 1, size)


def _salts(log: bytes, frames: Sequence[int]) -> bytes:
    """Those of the header, or of the first two frames that agree: a changed byte is in one place only."""
    header = log[16:24]
    found = [log[offset + 8 : offset + 16] for offset in frames[:2]]
    return found[0] if len(found) == 2 and found[0] == found[1] and not _header_is_sound(log) else header


def _header_is_sound(log: bytes) -> bool:
    return struct.pack(">II", *_sum(log[:24], (0, 0), _order(log))) == log[24:32]


def _of_this_log(log: bytes, offset: int, frames: Sequence[int]) -> bool:
    return log[offset + 8 : offset + 16] == _salts(log, frames)


def _pages_at_commit(log: bytes, offset: int) -> int:
    """The size of the store in pages where the frame ends a transaction, else 0."""
    return int(struct.unpack_from(">I", log, offset + 4)[0])


def _sound(log: bytes, frames: range) -> int:
    """How many frames from the first on SQLite takes for true."""
    if not _header_is_sound(log):
        return 0
    order = _order(log)
    sums = struct.unpack_from(">II", log, 24)
    for number, offset in enumerate(frames):
        page = log[offset + FRAME_HEADER : offset + frames.step]
        sums = _sum(page, _sum(log[offset : offset + 8], (sums[0], sums[1]), order), order)
        if log[offset + 8 : offset + 16] != log[16:24] or struct.pack(">II", *sums) != log[offset + 16 : offset + 24]:
            return number
    return len(frames)


def _sum(data: bytes, start: tuple[int, int], order: str) -> tuple[int, int]:
    first, second = start
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for one, other in zip(words[::2], words[1::2], strict=True):
        first = (first + one + second) & 0xFFFFFFFF
        second = (second + other + first) & 0xFFFFFFFF
    return first, second
