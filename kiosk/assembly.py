"""The parts that every running kiosk has, put together once: store, engine, conductor, picture, facade.

What they run on is handed in: the devices that a pinmap wired, on a Pi or on the bench, and the shell, with a window or
without. `kiosk.app` adds what belongs to a process: signals, sockets, the supervisor, an emergency end. Tests hand in a
bench and turn the loop on a thread.

Order matters. At the start: the store, the devices (all off), the owner, the recovery, and only then the loop and
whoever may ask for something. At the end the stack undoes it in reverse.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from importlib.metadata import version
from typing import Protocol

from kiosk.bench_port import BenchPort
from kiosk.clock import monotonic, proven_outage_s, utc_is_trusted
from kiosk.cloud.none import NoCloud
from kiosk.commands import CommandBus
from kiosk.data_directory import DataDirectory
from kiosk.facade import Facade
from kiosk.good_copies import GoodCopies
from kiosk.health import Health, Probe
from kiosk.incarnation import new_incarnation
from kiosk.live_view import LiveView
from kiosk.loops import Inbox
from kiosk.probes import DeviceThread, edge_probe, probes, thread_probe
from kiosk.profiles import Profiles
from kiosk.shell import Shell
from kiosk.technician_hands import TechnicianHands
from kiosk.threads import Edge, Supervisor
from kiosk.wall_clock import HoursKeeper, wall_clock_is_sure
from sessions.commands import SetSelling
from sessions.conductor import Conductor, Listeners
from sessions.engine import Engine
from sessions.errors import StoreError
from sessions.events import Fact, ModeChanged
from sessions.journaling import Heartbeat
from sessions.machine import SELLING
from sessions.ports import MainsPort, Observation, Outputs, ProfileOutputs, SlotPort, WaterPort
from sessions.recovery import recover
from sessions.rules import Rules
from sessions.store.journal import Journal
from sessions.units import SlotName

DOORS_S = 1.5
"""How long a start waits for the first look at every door; one not seen by then counts as unknown."""
HEARTBEAT_MS = 60_000
LAST_WORDS_S = 2.0
"""How long an end waits for its reason to be stored: eight of the slowest SD card writes."""
COIN_ENABLE = "coin.enable"

_log = logging.getLogger(__name__)


class Devices(Protocol):
    """What a kiosk runs on: `hardware.wiring.Wiring`."""

    @property
    def slots(self) -> Mapping[SlotName, SlotPort]: ...

    @property
    def outputs(self) -> Outputs: ...

    @property
    def profiles(self) -> ProfileOutputs: ...

    @property
    def water(self) -> WaterPort | None:
        """The dispenser, if there is one."""
        ...

    @property
    def contactor(self) -> MainsPort | None:
        """What feeds all ports, if that is switched."""
        ...

    @property
    def workers(self) -> Sequence[DeviceThread]: ...


class WayIn(Edge, Protocol):
    """A thread that serves people elsewhere: the console, the command socket."""

    def stop(self) -> None: ...


class Assembly:
    """One kiosk between its devices and whoever asks. Nothing is decided before `begin`."""

    def __init__(
        self,
        data: DataDirectory,
        rules: Rules,
        devices: Devices,
        shell: Shell,
        inbox: Inbox,
        stack: ExitStack,
        emergency: Callable[[str], None],
        clock_is_sure: Callable[[], bool] = wall_clock_is_sure,
    ) -> None:
        """``emergency`` is told, on a thread that is not the owner's, why the kiosk must end at once."""
        self._data = data
        self._devices = devices
        self._shell = shell
        self._inbox = inbox
        self._stack = stack
        self._trouble: str | None = None
        """Why nothing can be stored."""
        self._held: str | None = None
        self._cloud = NoCloud()
        self._copies = GoodCopies(data.store)
        # Before the journal, so that it ends after it.
        stack.callback(self._copies.stop)
        self.journal = self._make_journal(emergency)
        stack.callback(self.journal.close)
        self._copies.start()
        self._engine = Engine(data.state, rules)
        self.conductor = Conductor(
            shell.owner,
            self._engine,
            devices.slots,
            self.journal,
            data.clock,
            data.card_key,
            water=devices.water,
            mains=devices.contactor,
        )
        self._hours = HoursKeeper(self.conductor, clock_is_sure)
        stack.callback(self._hours.stop)
        self.profiles = Profiles(self.conductor, devices.profiles)
        self.hands = TechnicianHands(self.conductor, devices.slots, devices.outputs)
        self.live = LiveView(self.conductor, lambda: self._cloud.status)
        self.conductor.listeners = Listeners(self._decided, self.live.durable, shell.refused)
        self._watched = {worker.name for worker in devices.workers}
        self._supervisor = Supervisor(devices.workers, monotonic, emergency)
        self._parts = probes(devices.workers, self._supervisor, self.journal, self.live, monotonic, self._store_notice)

    def _make_journal(self, emergency: Callable[[str], None]) -> Journal:
        put = self._inbox.put
        return Journal(
            self._data.store,
            mono=monotonic,
            on_ack=lambda seq: put(lambda: self.conductor.acknowledged(seq)),
            on_trouble=lambda why: put(lambda: self._storing(why)),
            on_death=lambda error: emergency(f"The store's writer has died ({error})."),
        )

    def begin(self) -> None:
        """From the first fact on: takes over what was going on, takes coins, draws, gives signs of life."""
        doors = self._doors()
        now = self._data.clock()
        recovery = recover(
            self._engine,
            now,
            version=version("charging-kiosk"),
            incarnation=self._engine.state.incarnation or new_incarnation(),
            outage_s=proven_outage_s(self._data.queries.last_seen(), now, utc_is_trusted()),
            doors=doors,
            marks=self._data.queries.marks(),
        )
        for session_id in self._engine.state.sessions:
            self.conductor.sensing.recall(self._data.queries.session_facts(session_id))
        self.conductor.start(recovery)
        if self._data.volatile is not None:
            _log.critical("Nothing is sold: %s", self._data.volatile)
            self._storing(None)
        self._hours.start()
        self._take_coins()
        self.live.start()
        self.profiles.start()
        self._beat()

    def observe(self, seen: Observation) -> None:
        """Takes what hardware noticed, on the owner's thread."""
        self.conductor.observe(seen)
        self.profiles.observe(seen)

    def facade(self, gap_ms_max: Callable[[], float], bench: BenchPort | None = None) -> Facade:
        """The kiosk as console and command line see it. ``gap_ms_max``: how late the loop ever came round."""
        return Facade(
            self.live,
            CommandBus(self._inbox.put, self.conductor),
            self._data.queries,
            Health(self._parts, gap_ms_max),
            self._data.clock,
            self._inbox.put,
            self._data.access_digest,
            bench,
            self._shell.picture,
            lambda: self.profiles.picture,
        )

    def let_in(self, edge: WayIn, probe: Probe | None = None) -> None:
        """Opens a way in for people elsewhere. It is watched, and part of the kiosk's health, for which ``probe``
        speaks while its thread runs well. Raises what its start raises."""
        edge.start()
        self._stack.callback(edge.stop)
        self._supervisor.watch(edge)
        self._parts[edge.name] = edge_probe(edge, self._supervisor, probe)

    def supervise(self) -> None:
        """Begins to watch the threads of all devices and ways in; after the last `let_in`."""
        self._supervisor.start()
        self._stack.callback(self._supervisor.stop)

    def hold(self, why: str | None) -> None:
        """Sells nothing for a reason, or goes on; sessions go on anyhow. On the owner's thread."""
        self._held = why
        self._storing(self._trouble, "the wiring has been changed")
        self._take_coins()

    def follow_devices(self) -> None:
        """Watches over the threads there are now, after a changed pinmap. On the owner's thread."""
        there = {worker.name: worker for worker in self._devices.workers}
        for name in self._watched - there.keys():
            self._supervisor.forget(name)
            del self._parts[name]
        for name in there.keys() - self._watched:
            self._supervisor.watch(there[name])
            self._parts[name] = thread_probe(there[name], self._supervisor, monotonic)
        self._watched = set(there)

    def end(self, reason: str) -> None:
        """Ends the work on the owner's thread and stores why. It never raises: what ended the kiosk is what matters,
        and a disk that cannot hold the reason must not hide it."""
        self.profiles.close()
        try:
            self.conductor.stop(reason)
            self.journal.flush(LAST_WORDS_S)
        except StoreError as error:
            _log.error("Why the kiosk ends (%s) could not be stored: %s", reason, error)

    def last_words(self, reason: str) -> None:
        """The same for an end at once, noticed on any thread: by the owner's, if that still turns."""
        if threading.current_thread() is threading.main_thread():
            self.end(reason)
        elif self.journal.failed is None:
            said = threading.Event()

            def say() -> None:
                self.end(reason)
                said.set()

            self._inbox.put(say)
            said.wait(LAST_WORDS_S)

    def _decided(self, facts: tuple[Fact, ...]) -> None:
        if any(isinstance(fact.body, ModeChanged) for fact in facts):
            self._take_coins()
        self._shell.decided(facts)
        self.live.decided(facts)
        self.profiles.look()
        self.hands.decided(facts)

    def _storing(self, why: str | None, again: str = "storing works again") -> None:
        self._trouble = why
        why = why or self._data.volatile or self._held
        # On a full disk the ballast has room for what ends things, and for nothing else.
        ends = why is not None and self.journal.full
        self.conductor.tell(SetSelling(why is None, why or again, end_sessions=ends))

    def _store_notice(self) -> str | None:
        return self._data.volatile or self._data.rescued or self._copies.trouble

    def _take_coins(self) -> None:
        """Coins are taken for what can be had: none for what cannot be stored, none while nothing is sold."""
        if COIN_ENABLE in self._devices.outputs.names():
            self._devices.outputs.set(COIN_ENABLE, self.conductor.state.mode in SELLING)

    def _doors(self) -> dict[SlotName, bool | None]:
        """Which doors are open, as soon as every switch was read; the devices' threads run already."""
        slots = self._devices.slots
        end = time.monotonic() + DOORS_S
        while any(s.has_door and s.door_open() is None for s in slots.values()) and time.monotonic() < end:
            time.sleep(0.01)
        return {name: slot.door_open() for name, slot in slots.items()}

    def _beat(self) -> None:
        # The marks of a live session are signs of life as well: one page less for the card every minute.
        if all(session.settled for session in self.conductor.state.sessions.values()):
            self.journal.heartbeat(Heartbeat("kiosk", self._data.clock()))
        self._shell.owner.after(HEARTBEAT_MS, self._beat)
