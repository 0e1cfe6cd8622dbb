"""What each part of the running kiosk says to `GET /health`."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Protocol

from kiosk.health import Condition, Part, Probe
from kiosk.live_view import LiveView
from kiosk.threads import Edge, Supervisor
from sessions.store.journal import Journal
from sessions.units import MonoNs, seconds_ns

WORKER_SILENT_S = 5.0
JOURNAL_SILENT_S = 10.0
"""An SD card may take its time; a journal that is silent for this long will not come back."""


class DeviceThread(Edge, Protocol):
    """A thread that serves devices."""

    @property
    def last_beat(self) -> MonoNs: ...

    @property
    def figures(self) -> Mapping[str, int]: ...


def probes(
    workers: Sequence[DeviceThread],
    supervisor: Supervisor,
    journal: Journal,
    live: LiveView,
    clock: Callable[[], MonoNs],
    store: Callable[[], str | None],
) -> dict[str, Probe]:
    """The probes by part: journal, store, every device thread, slots, cloud. ``store`` gives what somebody should know
    of the store, or None."""
    found: dict[str, Probe] = {
        "journal": lambda: _journal(journal, clock),
        "store": lambda: _store(store()),
        "slots": lambda: _slots(live),
        "devices": lambda: _devices(live),
        "cloud": lambda: Part(Condition.OK, live.view.cloud),
    }
    for worker in workers:
        found[worker.name] = thread_probe(worker, supervisor, clock)
    return found


def thread_probe(worker: DeviceThread, supervisor: Supervisor, clock: Callable[[], MonoNs]) -> Probe:
    """What a device thread says."""
    return partial(_thread, worker, supervisor, clock)


def edge_probe(edge: Edge, supervisor: Supervisor, well: Probe | None = None) -> Probe:
    """What a thread says that serves people: without it the kiosk is degraded, but serves whoever stands there.

    While the thread is well, ``well`` says how its work is.
    """

    def probe() -> Part:
        if not edge.alive:
            return Part(Condition.DEGRADED, "The thread is not running.")
        return _died_lately(edge, supervisor) or (well() if well is not None else Part(Condition.OK))

    return probe


def _thread(worker: DeviceThread, supervisor: Supervisor, clock: Callable[[], MonoNs]) -> Part:
    silent = max(0, clock() - worker.last_beat)
    figures = {"silent_ms": silent // 1_000_000, **worker.figures}
    if not worker.alive:
        return Part(Condition.FAILED, "The thread is not running.", figures)
    if silent > seconds_ns(WORKER_SILENT_S):
        return Part(Condition.DEGRADED, "The thread has been silent for a while.", figures)
    return _died_lately(worker, supervisor) or Part(Condition.OK, figures=figures)


def _died_lately(edge: Edge, supervisor: Supervisor) -> Part | None:
    deaths = supervisor.recent_deaths(edge.name)
    if deaths == 0:
        return None
    return Part(Condition.DEGRADED, "The thread died within the last minute and was started again.", {"deaths": deaths})


def _journal(journal: Journal, clock: Callable[[], MonoNs]) -> Part:
    silent = max(0, clock() - journal.last_beat)
    figures = {"queue": journal.depth, "durable_seq": int(journal.durable_seq), "silent_ms": silent // 1_000_000}
    if journal.failed is not None:
        return Part(Condition.FAILED, f"The journal has died: {journal.failed}", figures)
    if journal.trouble is not None:
        return Part(Condition.FAILED, journal.trouble, figures)
    if silent > seconds_ns(JOURNAL_SILENT_S):
        return Part(Condition.DEGRADED, "The disk is slow.", figures)
    return Part(Condition.OK, figures=figures)


def _store(notice: str | None) -> Part:
    return Part(Condition.DEGRADED, notice) if notice else Part(Condition.OK)


def _slots(live: LiveView) -> Part:
    broken = [slot.fault for slot in live.view.slots if slot.fault]
    return Part(Condition.DEGRADED, " ".join(broken)) if broken else Part(Condition.OK)


def _devices(live: LiveView) -> Part:
    faults = live.view.faults
    return Part(Condition.DEGRADED, " ".join(faults)) if faults else Part(Condition.OK)
