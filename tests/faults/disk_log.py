"""What a process did to the files of one folder, in order: every write, change of size or name, and every sync.

strace sees what SQLite hands to the kernel, bytes included, so what is recorded is the real journal over the real
library. The shared-memory index (``-shm``) is left out: it is mapped memory, never durable, and made again from the
write-ahead log by whoever opens the store first. Neither is the ballast, which holds nothing.
"""

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
CALLS = "pwrite64,write,fdatasync,fsync,ftruncate,rename,renameat,renameat2,unlink,unlinkat,link,linkat,openat"
PATIENCE_S = 100
NOTES = "notes"
"""A file in the folder's parent: what is written there is a note of the process itself, such as an acknowledgement."""


@dataclass(frozen=True, slots=True)
class Wrote:
    name: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Resized:
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Synced:
    """``name`` is empty for the folder itself: then names are durable."""

    name: str


@dataclass(frozen=True, slots=True)
class Created:
    name: str


@dataclass(frozen=True, slots=True)
class Renamed:
    name: str
    to: str


@dataclass(frozen=True, slots=True)
class Linked:
    name: str
    to: str


@dataclass(frozen=True, slots=True)
class Unlinked:
    name: str


@dataclass(frozen=True, slots=True)
class Noted:
    text: str


Event = Wrote | Resized | Synced | Created | Renamed | Linked | Unlinked | Noted


def record(folder: Path, module: str, *arguments: str) -> list[Event]:
    """Runs ``python -m module FOLDER arguments…`` under strace and gives what it did to the folder's files."""
    trace = folder.parent / "trace"
    strace = ("strace", "-f", "-qq", "-y", "-xx", "-s", "100000000", "--seccomp-bpf", "-e", f"trace={CALLS}")
    command = (*strace, "-o", str(trace), sys.executable, "-m", module, str(folder), *arguments)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == 0, done.stderr
    with trace.open(encoding="ascii") as lines:
        events = list(parsed(lines, folder))
    trace.unlink()
    return events


def parsed(lines: Iterator[str], folder: Path) -> Iterator[Event]:
    """The events of a trace, calls of several threads put together again."""
    unfinished: dict[str, str] = {}
    for line in lines:
        thread, _, call = line.rstrip("\n").partition(" ")
        call = call.lstrip()
        if call.endswith("<unfinished ...>"):
            unfinished[thread] = call.removesuffix("<unfinished ...>").rstrip()
            continue
        if resumed := re.match(r"<\.\.\. \w+ resumed>(.*)", call):
            call = unfinished.pop(thread) + resumed[1]
        yield from _event(call, str(folder.resolve()))


_CALL = re.compile(r"(\w+)\((.*)\)\s+= (-?\d+)")
_WORD = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_FILE = re.compile(r"^(?:\d+|AT_FDCWD)<((?:\\x[0-9a-f]{2})*)>(\(deleted\))?")


def _event(call: str, folder: str) -> Iterator[Event]:
    match = _CALL.match(call)
    if match is None or int(match[3]) < 0:
        return
    name, rest = match[1], match[2]
    if name in ("pwrite64", "write", "fdatasync", "fsync", "ftruncate"):
        file = _FILE.match(rest)
        assert file is not None, call[:200]
        path = _bytes(file[1]).decode()
        if name == "write" and path == str(Path(folder).parent / NOTES):
            yield from map(Noted, _bytes(_WORD.findall(rest)[0]).decode().splitlines())
        elif not file[2] and (inside := _inside(path, folder)) is not None:
            yield _on_file(name, inside, rest, int(match[3]))
    else:
        paths = [_bytes(word).decode() for word in _WORD.findall(rest)]
        names = [inside for path in paths if (inside := _inside(path, folder))]
        if names:
            yield from _on_names(name, names, rest)


def _on_file(call: str, name: str, rest: str, result: int) -> Event:
    if call in ("fsync", "fdatasync"):
        return Synced(name)
    last = int(rest.rpartition(", ")[2])
    if call == "ftruncate":
        return Resized(name, last)
    data = _bytes(_WORD.findall(rest)[0])[:result]
    # Plain write() is used for small files that are written once, from their beginning.
    return Wrote(name, last if call == "pwrite64" else 0, data)


def _on_names(call: str, names: Sequence[str], rest: str) -> Iterator[Event]:
    if call == "openat":
        if "O_CREAT" in rest:
            yield Created(names[0])
        if "O_TRUNC" in rest:
            yield Resized(names[0], 0)
    elif call.startswith("rename"):
        yield Renamed(*names)
    elif call.startswith("link"):
        if len(names) == 2:  # Not one into a folder of its own, as a rescue makes for what it reads.
            yield Linked(*names)
    else:
        yield Unlinked(names[0])


def _inside(path: str, folder: str) -> str | None:
    """A file's name in the folder, empty for the folder itself, None for what is elsewhere or not recorded."""
    if path == folder:
        return ""
    name = path.removeprefix(f"{folder}/")
    return None if name == path or "/" in name or name.endswith(("-shm", ".ballast")) else name


def _bytes(escaped: str) -> bytes:
    return bytes.fromhex(escaped.replace("\\x", ""))
