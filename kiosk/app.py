"""The composition root: devices, shell and assembly are made here, started in order and ended in reverse.

However the kiosk ends, relays are off before anything else, and what ended it is stored as its last fact if anything
can be stored.
"""

import faulthandler
import gc
import logging
import signal
import sys
from contextlib import ExitStack
from importlib.metadata import version
from types import FrameType
from typing import Any

from hardware.backend import Backend, Pi
from hardware.bench.bench import Bench
from hardware.boot_config import read_boot
from hardware.gpio import on_a_pi
from hardware.pinmap import Pinmap
from hardware.pinmap_fallback import GoodCopy, Start, pinmap_to_start
from hardware.reload import Reload
from hardware.rewiring import Rewirer
from hardware.selftest import Check, Load, run_checks
from hardware.wiring import Wiring, wire
from hardware.workers import I2CWorker
from kiosk.assembly import COIN_ENABLE, Assembly
from kiosk.clock import monotonic
from kiosk.command_socket import CommandSocket
from kiosk.data_directory import DataDirectory
from kiosk.durable import volatile_because
from kiosk.emergency import Emergency
from kiosk.errors import ConsoleError
from kiosk.facade import Facade
from kiosk.gaps import GapProbe
from kiosk.good_pinmap import GoodPinmap
from kiosk.logs import QueuedLogging
from kiosk.loops import Inbox
from kiosk.mounts import MOUNTS
from kiosk.options import RunOptions
from kiosk.pinmap_follow import PinmapFollower
from kiosk.pinmap_rules import slot_rules, water_rules
from kiosk.pinmap_watch import PinmapWatch
from kiosk.selftest import SelfTests
from kiosk.selftest_hands import OwnersHands
from kiosk.selftest_machine import machine_checks
from kiosk.settings import to_rules
from kiosk.shell import HeadlessShell, Shell, TkShell
from kiosk.simulation.bench_port import BenchVerbs
from kiosk.simulation.places import BENCH_PINS, BENCH_WORLD
from kiosk.systemd import lifelines, report
from kiosk.technician_room import DeskParts, exporter
from kiosk.wall_clock import wall_clock_is_sure
from sessions.ports import CardSeen, DeviceReport, Observation, Trouble
from sessions.store.lock import DataLock

STARTED_MS = 3_000
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

_log = logging.getLogger(__name__)


def run(options: RunOptions) -> int:
    """Runs the kiosk until it is told to stop; gives the process's exit code.

    Raises `PinmapError`, `StoreError`, `CardSecretError`, `ConsoleError` or `NoDisplay` when it cannot start.
    """
    # systemd's watchdog kills with SIGABRT: where every thread hung is then the last thing that the log gets to read.
    faulthandler.enable()
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
        self._why = "its window was closed"
        self._console_address = ""
        self._inbox = Inbox()
        stack.callback(self._inbox.close)
        self._good_copy = GoodPinmap(options.data_dir, options.pinmap)
        start = _start_pinmap(options, self._good_copy)
        pinmap, self._pinmap_notice = start.pinmap, start.notice
        if start.notice is not None:
            _log.critical("%s", start.notice)
        rules = to_rules(
            options.settings,
            slot_rules(pinmap.slots),
            water_rules(pinmap.water, options.settings.water),
            has_contactor=pinmap.safety.contactor is not None,
        )
        data = DataDirectory(options.data_dir, stack, _volatile(options))
        self._bench = self._make_bench(pinmap)
        self._wiring = self._make_wiring(pinmap, self._bench or Pi(), data)
        self._emergency = Emergency(self._wiring.all_off)
        self._shell = self._make_shell()
        self._gaps = GapProbe(self._shell.owner)
        stack.callback(self._gaps.close)
        # Whoever simulates has a clock on the wall.
        clock_is_sure = (lambda: True) if options.simulate else wall_clock_is_sure
        self._kiosk = Assembly(
            data, rules, self._wiring, self._shell, self._inbox, stack, self._emergency.end, clock_is_sure
        )
        self._emergency.last_words = self._kiosk.last_words
        self._earlier = data.queries.answer_of
        self._selftests = self._make_selftests()
        self._kiosk.profiles.replace(pinmap)
        self._reload = self._make_reload(pinmap)

    def run(self) -> int:
        """From the first fact to the last."""
        try:
            self._kiosk.begin()
            self._open_edges()
            gc.collect()
            gc.freeze()
            # A worker must not keep the screen waiting for the interpreter for longer than a millisecond.
            sys.setswitchinterval(0.001)
            self._gaps.restart()
            self._report_to_systemd()
            # Windows are still being built in Tk's idle time; from then on a gap is one that a customer could feel.
            self._shell.owner.after(STARTED_MS, self._gaps.restart)
            self._shell.run()
            self._wiring.all_off()
            self._selftests.stop()
        except ConsoleError as error:
            self._why = str(error)
            raise  # Told as a sentence to whoever starts it; the way to it through the code helps nobody.
        except BaseException as error:
            self._wiring.all_off()
            self._why = _fault(error)
            _log.critical("The kiosk ends by a fault of its own", exc_info=error)
            raise
        finally:
            self._wiring.all_off()
            self._kiosk.end(self._why)
        return 0

    def _make_bench(self, pinmap: Pinmap) -> Bench | None:
        if not self._options.simulate:
            return None
        data_dir = self._options.data_dir
        bench = Bench(
            pinmap,
            card_reader=self._options.card_reader,
            coin_board=self._options.coin_board,
            memory=data_dir / BENCH_PINS,
            world=data_dir / BENCH_WORLD,
        )
        self._stack.callback(bench.close)
        return bench

    def _make_wiring(self, pinmap: Pinmap, backend: Backend, data: DataDirectory) -> Wiring:
        wiring = wire(
            pinmap,
            backend,
            self._observed,
            card_reader=self._options.card_reader,
            coin_board=self._options.coin_board,
            coin_stored=data.coin_is_stored,
        )
        self._stack.callback(wiring.stop)
        wiring.start()
        return wiring

    def _make_reload(self, pinmap: Pinmap) -> Reload:
        refit = self._bench.refit if self._bench is not None else None
        rewirer = Rewirer(self._wiring, pinmap, self._observed, monotonic, refit)
        limits = self._options.settings.water
        follower = PinmapFollower(self._kiosk, limits, lambda: self._wiring.water, lambda: self._selftests.running)
        follower.took_over.append(self._kiosk.profiles.replace)
        return Reload(str(self._options.pinmap), pinmap, rewirer, follower)

    def _make_shell(self) -> Shell:
        if self._options.headless:
            return HeadlessShell(self._inbox)
        shell = TkShell(self._options, self._inbox, self._fatal, _say)
        self._stack.callback(shell.close)
        self._emergency.watch_display()
        return shell

    def _make_selftests(self) -> SelfTests:
        options = self._options
        firebase = options.settings.firebase
        return SelfTests(
            self._test_devices,
            self._wiring.slots,
            self._kiosk.conductor,
            OwnersHands(self._kiosk.conductor, self._wiring.slots, self._wiring.outputs),
            self._kiosk.journal.selftest,
            lambda: machine_checks(options.data_dir, firebase, simulate=options.simulate),
        )

    def _test_devices(self, ohm: float | None = None, mA: float | None = None, **asked: Any) -> list[Check]:
        load = Load(ohm, mA) if ohm is not None or mA is not None else None
        return run_checks(self._reload.pinmap, self._wiring, load=load, **asked)

    def _pinmap_told(self, detail: str | None) -> None:
        trouble = Trouble.UNUSABLE if detail is not None else None
        self._observed(DeviceReport("pinmap", trouble, detail or "The pinmap is the one in use again.", monotonic()))

    def _observed(self, seen: Observation) -> None:
        self._inbox.put(lambda: self._take(seen))

    def _take(self, seen: Observation) -> None:
        """On the owner's thread, when everything is made."""
        if not (isinstance(seen, CardSeen) and self._selftests.asks_for_card):
            self._kiosk.observe(seen)

    def _open_edges(self) -> None:
        """Lets others in: command line, console, signals. Nothing of theirs is decided before the loop turns."""
        bench = BenchVerbs(self._bench, self._shell.touch) if self._bench is not None else None
        facade = self._kiosk.facade(lambda: self._gaps.gap_ms_max, bench)
        self._shell.open(self._kiosk.conductor, self._kiosk.live, bench, self._desk_parts(facade))
        for number in STOP_SIGNALS:
            signal.signal(number, self._told_to_stop)
        tests = self._selftests
        verbs = {f"selftest.{verb.__name__}": verb for verb in (tests.begin, tests.look, tests.answer, tests.end)}
        verbs["health"] = lambda args: facade.health()
        self._kiosk.let_in(CommandSocket(self._options.data_dir, facade.submit, verbs, self._earlier))
        self._stack.callback(tests.abandon)
        watch = PinmapWatch(
            self._options.pinmap,
            self._reload.take,
            copy=self._good_copy,
            notice=self._pinmap_notice,
            report=self._pinmap_told,
        )
        self._kiosk.let_in(watch, watch.part)
        if self._options.simulate:
            self._open_console(facade)
        else:
            _say("The console stays closed: operators cannot sign in yet. It opens with --simulate.")
        self._kiosk.supervise()

    def _desk_parts(self, facade: Facade) -> DeskParts:
        """What technicians use at the touchscreen."""
        outputs = tuple(name for name in self._wiring.outputs.names() if name != COIN_ENABLE)
        export = exporter(self._options, facade.health)
        return DeskParts(
            outputs, self._selftests, facade.health, lambda: self._console_address, export, lambda: self._kiosk.hands.on
        )

    def _open_console(self, facade: Facade) -> None:
        from kiosk.console.app import build_console
        from kiosk.console.server import ConsoleServer

        console = self._options.settings.console
        port = console.port if self._options.console_port is None else self._options.console_port
        server = ConsoleServer(build_console(facade, self._selftests), console.host, port)
        self._kiosk.let_in(server)
        self._console_address = server.address
        _say(f"Kiosk: {server.address}/ (simulated; open it in a browser). Ctrl-C stops it.")

    def _report_to_systemd(self) -> None:
        buses = [worker for worker in self._wiring.workers if isinstance(worker, I2CWorker)]
        lines = lifelines(self._gaps, buses, self._kiosk.journal)
        report(lines, f"Charging kiosk {version('charging-kiosk')}", self._stack)

    def _told_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._why = f"told to stop by {signal.Signals(number).name}"
        self._shell.quit()

    def _fatal(self, error: BaseException) -> None:
        _log.critical("An exception nobody caught on the owner's thread", exc_info=error)
        self._emergency.end(_fault(error))


def _start_pinmap(options: RunOptions, kept: GoodPinmap) -> Start:
    """The pinmap in the file, or the last good copy. Raises `PinmapError`."""
    data = kept.read()
    copy = GoodCopy(str(kept.path), data, kept.was_refused()) if data is not None else None
    return pinmap_to_start(options.pinmap, copy, read_boot() if on_a_pi() and not options.simulate else None)


def _volatile(options: RunOptions) -> str | None:
    """Why the data directory keeps nothing; a simulated kiosk has nothing to lose."""
    return (
        None if options.simulate else volatile_because(options.data_dir.resolve(), MOUNTS.read_text(encoding="utf-8"))
    )


def _fault(error: BaseException) -> str:
    return f"A fault in the kiosk itself ({type(error).__name__}: {error})."


def _say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()
