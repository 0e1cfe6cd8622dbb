"""How quickly the API answers while four phones charge, and how soon fifty listeners know."""

import asyncio
import http.client
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect

from benchmarks.figures import Figure, percentile
from benchmarks.kiosks import Watched, watched_kiosk

GETS, POSTS, LISTENERS, FACTS = 1500, 300, 50, 100
RUNS = 3


def measure() -> Iterator[Figure]:
    """On loopback, one request after the other, over a kept connection."""
    gets, snapshots, posts, last, usual = [], [], [], [], []
    for _ in range(RUNS):
        with watched_kiosk(window=True) as watched:
            session = watched.fill()[0]
            gets.append(_p99(watched, "GET", "/api/slots", GETS))
            snapshots.append(_p99(watched, "GET", "/api/session", GETS // 3))
            posts.append(_p99(watched, "POST", f"/api/sessions/{session}/extend", POSTS))
            told = asyncio.run(_last_of_many(watched, session))
            last.append(percentile(told, 99))
            usual.append(percentile(told, 50))
    sync_ms = percentile([_sync_ms() for _ in range(POSTS)], 99)
    how = f"{GETS} requests one after the other over one connection, windows open, four slots charging"
    yield Figure("GET /api/slots, p99", tuple(gets), "ms", how, goal=2.0)
    yield Figure("GET /api/session with the latest facts, p99", tuple(snapshots), "ms", "the same, from the store too")
    how = f"{POSTS} times one second added to a session; a sync of this disk is {sync_ms:.2f} ms at p99"
    yield Figure("POST …/extend until durable, p99", tuple(posts), "ms", how, goal=25.0 + sync_ms)
    how = f"from durable to the last of {LISTENERS} WebSockets in one client process, {FACTS} facts"
    yield Figure(f"last of {LISTENERS} WebSockets, p99", tuple(last), "ms", how, goal=5.0)
    yield Figure(f"last of {LISTENERS} WebSockets, median", tuple(usual), "ms", "the same facts")


def _p99(watched: Watched, method: str, path: str, count: int) -> float:
    address = urlsplit(str(watched.kiosk.http.base_url))
    line = http.client.HTTPConnection(address.hostname or "", address.port)
    body = b'{"seconds": 1}' if method == "POST" else None
    headers = {"Content-Type": "application/json"} if body else {}
    took = []
    for _ in range(count):
        begun = time.perf_counter()
        line.request(method, path, body, headers)
        answer = line.getresponse()
        answer.read()
        took.append((time.perf_counter() - begun) * 1e3)
        assert answer.status == 200, answer.status
    line.close()
    return percentile(took, 99)


async def _last_of_many(watched: Watched, session: str) -> list[float]:
    """Milliseconds from each fact's durability until the last listener had it."""
    address = str(watched.kiosk.http.base_url).replace("http://", "ws://").rstrip("/") + "/ws"
    sockets = await asyncio.gather(*(connect(address, compression=None) for _ in range(LISTENERS)))
    arrived: list[list[int]] = [[] for _ in sockets]
    listening = [asyncio.ensure_future(_listen(socket, times)) for socket, times in zip(sockets, arrived, strict=True)]
    await asyncio.sleep(1)
    for times in arrived:
        times.clear()
    told: list[float] = []
    for _ in range(FACTS):
        begun = time.monotonic_ns()
        await asyncio.to_thread(watched.kiosk.post, f"/api/sessions/{session}/extend", seconds=1)
        await asyncio.sleep(0.05)
        last = max(max(times) for times in arrived)
        told.append(begun)
        told.append(last)
    await asyncio.sleep(0.5)
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)
    await asyncio.gather(*(socket.close() for socket in sockets))
    durable = [note.mono for note in watched.notes("durable")]
    pairs = zip(told[::2], told[1::2], strict=True)
    return [(last - min(at for at in durable if at >= begun)) / 1e6 for begun, last in pairs]


async def _listen(socket: ClientConnection, times: list[int]) -> None:
    async for _ in socket:
        times.append(time.monotonic_ns())


def _sync_ms() -> float:
    """One small write and its sync in the folder where the kiosks keep their data."""
    with tempfile.TemporaryDirectory(prefix="kiosk-") as folder:
        handle = os.open(Path(folder) / "sync", os.O_WRONLY | os.O_CREAT)
        try:
            os.write(handle, b"x" * 1024)
            os.fdatasync(handle)
            begun = time.perf_counter()
            os.write(handle, b"x" * 1024)
            os.fdatasync(handle)
            return (time.perf_counter() - begun) * 1e3
        finally:
            os.close(handle)
