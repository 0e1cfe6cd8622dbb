"""The self-test inside the running kiosk: on slots that nobody uses, with the owner's hand on the relays.

The questions are `hardware.selftest`'s, asked in a thread of their own (`kiosk.selftest_run`); every switch is made on
the owner's thread (`kiosk.selftest_hands`). A slot is out of use while it is tested, by a fact, so that no customer can
come in the middle; one with a session or a claim is left out and named. However a run ends, the slot under test has no
power, its lock no current, and it is back in its former state: at the next start at the latest.
"""

import threading
from collections.abc import Callable, Collection, Iterable, Sequence

from kiosk.selftest_hands import TESTER, OwnersHands
from kiosk.selftest_run import Check, Run, outcome_of
from sessions.commands import EndSlotTest
from sessions.conductor import Conductor
from sessions.errors import BadRequest, IllegalTransition, UnknownSlot
from sessions.journaling import SelfTest
from sessions.machine import POWERED
from sessions.ports import Json
from sessions.units import SlotName

STOP_S = 10.0
"""How long an end waits for the test to let go: its next look at the clock, and the owner's turn."""
LARGEST_OHM, LARGEST_MA = 1000.0, 5000.0

Ask = Callable[..., Sequence[Check]]
"""`hardware.selftest.run_checks` over this kiosk's devices, with the load as ``ohm`` and ``mA``."""


class SelfTests:
    """Runs self-tests, one at a time; ``begin``, ``look``, ``answer`` and ``end`` are verbs of the command socket."""

    def __init__(
        self,
        ask: Ask,
        slots: Collection[SlotName],
        conductor: Conductor,
        hands: OwnersHands,
        keep: Callable[[SelfTest], None],
        machine: Callable[[], Iterable[Check]] = tuple,
    ) -> None:
        """``keep`` stores what came of a run; ``machine`` asks disk, supply, clock and network."""
        self._ask = ask
        self._slots = slots
        self._conductor = conductor
        self._hands = hands
        self._keep = keep
        self._machine = machine
        self._one = threading.Lock()
        self._runs = 0
        self._run: Run | None = None
        self._stopped = False

    @property
    def running(self) -> bool:
        """Whether a test runs now."""
        return self._run is not None and not self._run.done

    @property
    def asks_for_card(self) -> bool:
        """Whether a card that is laid on the reader now is the test's: it signs nobody in."""
        return self._run is not None and self._run.asks_for_card

    def begin(self, args: Json) -> Json:
        """Begin a run; gives its ``id``.

        ``slot`` names one slot. ``attended``: somebody follows and answers; otherwise only people's questions are left
        out, and doors are not opened unless ``yes`` is true. ``load_ohm`` or ``load_mA`` is a known load.
        Raises `UnknownSlot`, `BadRequest`, and `IllegalTransition` while another run goes on.
        """
        slot = args.get("slot")
        if slot is not None and not (isinstance(slot, str) and slot in self._slots):
            raise UnknownSlot(f"There is no slot '{slot}'. There are: {', '.join(self._slots)}.")
        load = _load(args)
        attended = args.get("attended") is True
        with self._one:
            if self.running:
                raise IllegalTransition("A self-test runs already. Wait for its end.")
            if self._stopped:
                raise IllegalTransition("The kiosk is being stopped.")
            self._runs += 1
            self._run = run = Run(self._runs, followed=args.get("followed") is True)
            chosen = None if slot is None else {SlotName(slot)}
            unasked = args.get("yes") is True
            run.start(lambda run: self._work(run, chosen, attended=attended, unasked=unasked, load=load))
        return {"id": run.id}

    def look(self, args: Json) -> Json:
        """What is new of the latest run (`Run.look`). Raises `BadRequest` when there was none."""
        return self._known(args).look(_number(args, "after"), _number(args, "question"))

    def answer(self, args: Json) -> Json:
        """Answer what the run asks: ``question`` is its number, ``said`` yes, no or skip. Raises `BadRequest`."""
        self._known(args).answer(_number(args, "question"), str(args.get("said")))
        return {}

    def end(self, args: Json) -> Json:
        """End the run before its time, everything off; waits for that."""
        run = self._known(args)
        run.stop("The self-test was ended before its time.")
        run.join(STOP_S)
        return {"running": not run.done}

    def run(self, args: Json, gone: Callable[[], bool] = lambda: False) -> Json:
        """Begin a run, wait for its end, and give its outcome: ``{"passed", "checks", "devices"}``.

        ``gone`` says whether nobody waits for it any more. Raises as `begin`, and `IllegalTransition` if it was ended.
        """
        run = self._known(self.begin(args))
        seen = 0
        while not run.done:
            seen = run.look(seen, 0)["next"]
            if gone():
                run.stop("Whoever asked for the self-test has left; it was not finished.")
        if run.outcome is None:
            raise run.refusal or IllegalTransition("The self-test was not finished.")
        return run.outcome

    def stop(self) -> None:
        """End the test that runs and give its slot back, on the owner's thread, after its loop has ended."""
        self.abandon()
        state = self._conductor.state
        for name in [*self._slots, *state.dispensers]:
            if (state.dispensers.get(name) or state.slot(name)).testing:
                self._conductor.tell(EndSlotTest(name, TESTER))

    def abandon(self) -> None:
        """End the test that runs: the kiosk ends, whose outputs are off. The next start gives its slot back."""
        with self._one:
            self._stopped = True
            run = self._run
        self._hands.close()
        if run is not None:
            run.stop("The kiosk is being stopped; the self-test was not finished.")
            run.join(STOP_S)

    def _known(self, args: Json) -> Run:
        run = self._run
        if run is None or ("id" in args and args["id"] != run.id):
            raise BadRequest("There is no such self-test now. Begin one first.")
        return run

    def _work(self, run: Run, slots: Collection[SlotName] | None, *, attended: bool, unasked: bool, load: Json) -> Json:
        checks: list[Check] = []

        def found(check: Check) -> None:
            checks.append(check)
            run.found(check)

        def pause(seconds: float) -> None:
            run.pause(seconds)
            if powered and self._conductor.state.mode not in POWERED:
                raise IllegalTransition("The kiosk has switched all power off; the self-test was not finished.")

        powered = self._conductor.state.mode in POWERED
        if slots is None:
            for check in self._machine():
                found(check)
        self._ask(
            slots=slots,
            hands=self._hands,
            person=run if attended else None,
            unasked=unasked,
            power=powered,
            progress=found,
            pause=pause,
            **load,
        )
        outcome = outcome_of([check.as_json() for check in checks])
        self._keep(SelfTest(self._conductor.now().utc, outcome["passed"], tuple(outcome["checks"])))
        return outcome


def _load(args: Json) -> Json:
    load = {name: args[key] for name, key in (("ohm", "load_ohm"), ("mA", "load_mA")) if args.get(key) is not None}
    for name, largest in (("ohm", LARGEST_OHM), ("mA", LARGEST_MA)):
        figure = load.get(name, 1)
        if isinstance(figure, bool) or not isinstance(figure, int | float) or not 0 < figure <= largest:
            raise BadRequest(f"A load is more than 0 and at most {largest:g} {name}.")
    if len(load) > 1:
        raise BadRequest("Say the load in ohm or in mA, not both.")
    return load


def _number(args: Json, key: str) -> int:
    said = args.get(key, 0)
    if isinstance(said, bool) or not isinstance(said, int) or said < 0:
        raise BadRequest(f"'{key}' is a number.")
    return said
