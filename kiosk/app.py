"""The composition root: every part is made here, handed its neighbours, started in order and ended in reverse.

Order matters twice. At the start: the data directory's lock, the store, the devices (all off), the owner, the
recovery, and only then the loop and whoever may ask for something. At the end, however it comes: relays off before
anything else.
"""

import gc
import logging
import signal
import sys
import time
from contextlib import ExitStack
from functools import partial
from importlib.metadata import version
from types import FrameType

from hardware.backend import Backend, Pi
from hardware.bench.bench import Bench
from hardware.pinmap import Pinmap, load_pinmap
from hardware.selftest import run_checks
from hardware.wiring import Wiring, wire
from kiosk.card_secret import card_secret
from kiosk.clock import SystemClock, monotonic, proven_outage_s, utc_is_trusted
from kiosk.cloud.none import NoCloud
from kiosk.command_socket import CommandSocket
from kiosk.commands import CommandBus
from kiosk.emergency import Emergency
from kiosk.errors import ConsoleError
from kiosk.facade import Facade
from kiosk.gaps import GapProbe
from kiosk.good_copies import GoodCopies
from kiosk.health import Health
from kiosk.incarnation import new_incarnation
from kiosk.live_view import LiveView
from kiosk.logs import QueuedLogging
from kiosk.loops import Inbox
from kiosk.options import RunOptions
from kiosk.pinmap_rules import slot_rules
from kiosk.probes import probes
from kiosk.selftest import SelfTests
from kiosk.settings import to_rules
from kiosk.shell import HeadlessShell, Shell, TkShell
from kiosk.simulation.bench_port import BenchVerbs
from kiosk.simulation.places import BENCH_PINS, BENCH_WORLD
from kiosk.threads import Supervisor
from sessions.access import access_digest
from sessions.cards import card_key
from sessions.commands import SetSelling
from sessions.conductor import Conductor, Listeners
from sessions.engine import Engine
from sessions.events import Fact
from sessions.journaling import Heartbeat
from sessions.ports import Observation
from sessions.recovery import recover
from sessions.store.database import store_path
from sessions.store.journal import Journal
from sessions.store.lock import DataLock
from sessions.store.opening import open_store
from sessions.store.queries import Queries
from sessions.units import SlotName

DOORS_S = 1.5
"""How long a start waits for the first look at every door; one not seen by then counts as unknown."""
HEARTBEAT_MS = 60_000
STARTED_MS = 3_000
COIN_ENABLE = "coin.enable"
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

_log = logging.getLogger(__name__)


def run(options: RunOptions) -> int:
    """Runs the kiosk until it is told to stop; gives the process's exit code.

    Raises `PinmapError`, `StoreError`, `CardSecretError`, `ConsoleError` or `NoDisplay` when it cannot start.
    """
    with ExitStack() as stack:
        stack.enter_context(DataLock(options.data_dir, make=True))
        logs = QueuedLogging(options.data_dir)
        logs.start()
        stack.callback(logs.stop)
        return _Kiosk(options, stack).run()


class _Kiosk:
    """One run. What must be ended is put on the stack in the order of its making."""

    def __init__(self, options: RunOptions, stack: ExitStack) -> None:
        self._options = options
        self._stack = stack
        self._clock = SystemClock()
        self._inbox = Inbox()
        stack.callback(self._inbox.close)
        pinmap = load_pinmap(options.pinmap)
        self._rules = to_rules(options.settings, slot_rules(pinmap.slots))
        self._secret = card_secret(options.data_dir)
        self._path = store_path(options.data_dir)
        self._opened = open_store(self._path, self._clock())
        if self._opened.rescue is not None:
            _log.critical("%s", self._opened.rescue.sentence)
        self._queries = Queries(self._path)
        stack.callback(self._queries.close)
        self._bench = self._make_bench(pinmap)
        self._wiring = self._make_wiring(pinmap, self._bench or Pi())
        self._emergency = Emergency(self._wiring.all_off)
        self._shell = self._make_shell()
        self._gaps = GapProbe(self._shell.owner)
        stack.callback(self._gaps.close)
        self._cloud = NoCloud()
        self._copies = GoodCopies(self._path)
        # Before the journal, so that it ends after it.
        stack.callback(self._copies.stop)
        self._journal = self._make_journal()
        self._copies.start()
        self._engine = Engine(self._opened.state, self._rules)
        self._conductor = Conductor(
            self._shell.owner,
            self._engine,
            self._wiring.slots,
            self._journal,
            self._clock,
            lambda uid: card_key(self._secret, uid),
        )
        self._selftests = SelfTests(
            partial(run_checks, pinmap, self._wiring), self._wiring.slots, self._conductor, self._journal.selftest
        )
        self._live = LiveView(self._conductor, lambda: self._cloud.status)
        self._conductor.listeners = Listeners(self._decided, self._live.durable, self._shell.refused)

    def run(self) -> int:
        """From the first fact to the last."""
        try:
            self._recover()
            self._open_edges()
            self._live.start()
            self._beat()
            gc.collect()
            gc.freeze()
            # A worker must not keep the screen waiting for the interpreter for longer than a millisecond.
            sys.setswitchinterval(0.001)
            self._gaps.restart()
            # Windows are still being built in Tk's idle time; from then on a gap is one that a customer could feel.
            self._shell.owner.after(STARTED_MS, self._gaps.restart)
            self._shell.run()
        except ConsoleError:
            raise  # Told as a sentence to whoever starts it; the way to it through the code helps nobody.
        except BaseException as error:
            self._wiring.all_off()
            _log.critical("The kiosk ends by a fault of its own", exc_info=error)
            raise
        finally:
            self._wiring.all_off()
            self._conductor.stop("told to stop")
        return 0

    def _make_bench(self, pinmap: Pinmap) -> Bench | None:
        if not self._options.simulate:
            return None
        data_dir = self._options.data_dir
        bench = Bench(
            pinmap,
            card_reader=self._options.card_reader,
            memory=data_dir / BENCH_PINS,
            world=data_dir / BENCH_WORLD,
        )
        self._stack.callback(bench.close)
        return bench

    def _make_wiring(self, pinmap: Pinmap, backend: Backend) -> Wiring:
        wiring = wire(pinmap, backend, self._observed, card_reader=self._options.card_reader)
        self._stack.callback(wiring.stop)
        wiring.start()
        return wiring

    def _make_shell(self) -> Shell:
        if self._options.headless:
            return HeadlessShell(self._inbox)
        shell = TkShell(self._options, self._inbox, self._fatal, _say)
        self._stack.callback(shell.close)
        self._emergency.watch_display()
        return shell

    def _make_journal(self) -> Journal:
        journal = Journal(
            self._path,
            mono=monotonic,
            on_ack=lambda seq: self._inbox.put(lambda: self._conductor.acknowledged(seq)),
            on_trouble=lambda why: self._inbox.put(lambda: self._storing(why)),
            on_death=lambda error: self._emergency.end(f"The store's writer has died ({error})."),
        )
        self._stack.callback(journal.close)
        return journal

    def _observed(self, seen: Observation) -> None:
        self._inbox.put(lambda: self._conductor.observe(seen))

    def _decided(self, facts: tuple[Fact, ...]) -> None:
        self._shell.decided(facts)
        self._live.decided(facts)

    def _storing(self, why: str | None) -> None:
        # On a full disk the ballast has room for what ends things, and for nothing else.
        ends = why is not None and self._journal.full
        self._conductor.tell(SetSelling(why is None, why or "storing works again", end_sessions=ends))
        self._take_coins(why is None)

    def _store_notice(self) -> str | None:
        rescue = self._opened.rescue
        return rescue.sentence if rescue is not None else self._copies.trouble

    def _take_coins(self, on: bool) -> None:
        if COIN_ENABLE in self._wiring.outputs.names():
            self._wiring.outputs.set(COIN_ENABLE, on)

    def _recover(self) -> None:
        doors = self._doors()
        now = self._clock()
        outage_s = proven_outage_s(self._queries.last_seen(), now, utc_is_trusted())
        decision = recover(
            self._engine,
            now,
            version=version("charging-kiosk"),
            incarnation=self._engine.state.incarnation or new_incarnation(),
            outage_s=outage_s,
            doors=doors,
            marks=self._queries.marks(),
        )
        self._conductor.start(decision)
        self._take_coins(True)

    def _doors(self) -> dict[SlotName, bool | None]:
        """Which doors are open, as soon as every switch was read; the devices' threads run already."""
        slots = self._wiring.slots
        end = time.monotonic() + DOORS_S
        while any(s.has_door and s.door_open() is None for s in slots.values()) and time.monotonic() < end:
            time.sleep(0.01)
        return {name: slot.door_open() for name, slot in slots.items()}

    def _open_edges(self) -> None:
        """Lets others in: command line, console, signals. Nothing of theirs is decided before the loop turns."""
        bus = CommandBus(self._inbox.put, self._conductor)
        bench = BenchVerbs(self._bench, self._shell.touch) if self._bench is not None else None
        self._shell.open(self._conductor, self._live, bench)
        health = Health(
            probes(self._wiring.workers, self._journal, self._live, monotonic, self._store_notice),
            lambda: self._gaps.gap_ms_max,
        )
        facade = Facade(
            self._live,
            bus,
            self._queries,
            health,
            self._clock,
            self._inbox.put,
            partial(access_digest, self._secret),
            bench,
            self._shell.picture,
        )
        commands = CommandSocket(
            self._options.data_dir, facade.submit, {"selftest": self._selftests.run}, self._queries.answer_of
        )
        commands.start()
        self._stack.callback(commands.stop)
        self._stack.callback(self._selftests.stop)
        supervisor = Supervisor(self._wiring.workers, monotonic, self._emergency.end)
        supervisor.start()
        self._stack.callback(supervisor.stop)
        for number in STOP_SIGNALS:
            signal.signal(number, self._told_to_stop)
        if self._options.simulate:
            self._open_console(facade)
        else:
            _say("The console stays closed: operators cannot sign in yet. It opens with --simulate.")

    def _open_console(self, facade: Facade) -> None:
        from kiosk.console.app import build_console
        from kiosk.console.server import ConsoleServer

        console = self._options.settings.console
        port = console.port if self._options.console_port is None else self._options.console_port
        server = ConsoleServer(build_console(facade), console.host, port)
        server.start()
        self._stack.callback(server.stop)
        _say(f"Kiosk: {server.address}/ (simulated; open it in a browser). Ctrl-C stops it.")

    def _beat(self) -> None:
        # The marks of a live session are signs of life as well: one page less for the card every minute.
        if all(session.settled for session in self._conductor.state.sessions.values()):
            self._journal.heartbeat(Heartbeat("kiosk", self._clock()))
        self._shell.owner.after(HEARTBEAT_MS, self._beat)

    def _told_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._shell.quit()

    def _fatal(self, error: BaseException) -> None:
        _log.critical("An exception nobody caught on the owner's thread", exc_info=error)
        self._emergency.end(f"A fault in the kiosk itself ({type(error).__name__}: {error}).")


def _say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()
