"""The two shapes a kiosk runs in: with a window, and without. The same conductor, jobs and records in both."""

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from kiosk.backlight import BACKLIGHTS, Backlight
from kiosk.live_view import LiveView
from kiosk.loops import HeadlessOwner, Inbox
from kiosk.options import RunOptions
from sessions.commands import Command
from sessions.conductor import Conductor
from sessions.errors import SessionsError
from sessions.events import SCREEN, Fact
from sessions.registry import SessionOwner
from sessions.views import KioskView

if TYPE_CHECKING:
    from kiosk.bench_port import BenchPort
    from kiosk.screens.bench_window import BenchWindow
    from kiosk.screens.glass import Glass
    from kiosk.screens.stage import Stage
    from kiosk.technician_room import DeskParts, TechnicianRoom

_log = logging.getLogger(__name__)


class Shell(Protocol):
    """What the composition root needs of either."""

    @property
    def owner(self) -> SessionOwner: ...

    @property
    def picture(self) -> Callable[[], bytes] | None:
        """Photographs the screen as a PNG, on any thread."""
        ...

    @property
    def touch(self) -> Callable[[int, int], None] | None:
        """Touches a pixel of the screen, from any thread."""
        ...

    def open(
        self, conductor: Conductor, live: LiveView, bench: "BenchPort | None", desk: "DeskParts | None" = None
    ) -> None: ...

    def decided(self, facts: Sequence[Fact]) -> None: ...

    def refused(self, command: Command, refusal: SessionsError) -> None: ...

    def run(self) -> None: ...

    def quit(self) -> None: ...

    def close(self) -> None: ...


class HeadlessShell:
    """No window."""

    picture: Callable[[], bytes] | None = None
    touch: Callable[[int, int], None] | None = None

    def __init__(self, inbox: Inbox) -> None:
        self.owner: SessionOwner
        self._loop = HeadlessOwner(inbox)
        self.owner = self._loop

    def open(
        self, conductor: Conductor, live: LiveView, bench: "BenchPort | None", desk: "DeskParts | None" = None
    ) -> None:
        """Nothing to show."""

    def decided(self, facts: Sequence[Fact]) -> None:
        """Nobody is told why they were signed out."""

    def refused(self, command: Command, refusal: SessionsError) -> None:
        """Leaves a line for the operator, since no screen says it."""
        _log.info("%s was refused: %s", type(command).__name__, refusal)

    def run(self) -> None:
        """Turns until `quit`."""
        self._loop.run()

    def quit(self) -> None:
        """Ends `run`; callable from any thread."""
        self._loop.quit()

    def close(self) -> None:
        """Nothing to close."""


class TkShell:
    """A window with the charging screen, and the Bench window beside it when simulated."""

    def __init__(
        self,
        options: RunOptions,
        inbox: Inbox,
        fatal: Callable[[BaseException], None],
        say: Callable[[str], None],
    ) -> None:
        from kiosk.screens.charging import ChargingScreen
        from kiosk.site import site_of
        from kiosk.window import Picture, open_window, touch

        kiosk = options.settings.kiosk
        self._options = options
        self._root, self._size = open_window(kiosk.name, options.window)
        self._root.update_idletasks()
        self._inbox = inbox
        self._say = say
        self._bench_window: BenchWindow | None = None
        self._glass: Glass | None = None
        self._room: TechnicianRoom | None = None
        # A desk on which a kiosk is only simulated keeps its light.
        self._backlight = Backlight(None if options.simulate else BACKLIGHTS)
        self._site = site_of(options.settings)
        self._screen = ChargingScreen(self._root, inbox, fatal, self._site.reading)
        self.owner: SessionOwner = self._screen
        self.picture: Callable[[], bytes] | None = Picture(self._root, self._size).png
        self.touch: Callable[[int, int], None] | None = lambda x, y: inbox.put(lambda: touch(self._root, x, y))

    def open(
        self, conductor: Conductor, live: LiveView, bench: "BenchPort | None", desk: "DeskParts | None" = None
    ) -> None:
        """Shows the first screen. ``desk`` is what technicians may use besides the slots."""
        from kiosk.screens.stage import Stage
        from kiosk.technician_room import DeskParts, TechnicianRoom

        stage = Stage(
            self._root,
            self._size,
            self._site,
            self._screen.on_intent,
            hide_cursor=not self._options.simulate,
        )
        stage.place(x=0, y=0, relwidth=1, relheight=1)
        self._root.configure(bg=stage.theme.colours.night)
        self._room = TechnicianRoom(self._options.data_dir, desk or DeskParts(), self._inbox.put)
        self._screen.attach(conductor, lambda: live.view, stage, self._room)
        live.draw_with(self._screen.draw)
        self._open_glass(stage, live)
        if bench is not None:
            self._open_bench(bench)

    def _open_glass(self, stage: "Stage", live: LiveView) -> None:
        from kiosk.screens.glass import Glass
        from kiosk.site import local_minute, rest_rules

        settings = self._options.settings
        self._backlight.start()
        self._glass = Glass(
            self._root,
            stage,
            rest_rules(settings),
            lambda: _somebody(live.view),
            local_minute(settings),
            self._backlight.set,
            locked=not self._options.simulate,
        )
        live.draw_with(self._glass.wake)

    def _open_bench(self, bench: "BenchPort") -> None:
        from kiosk.screens.bench_window import BenchWindow, fits_beside

        if fits_beside(self._root):
            self._bench_window = BenchWindow(self._root, bench)
        else:
            # In the loop's first turn, when the console's address has been told: that line comes first.
            told = "The display is too narrow for the Bench window; the bench is on the console's page too."
            self._screen.after(0, lambda: self._say(told))

    def decided(self, facts: Sequence[Fact]) -> None:
        """Passes on why somebody was signed out."""
        self._screen.decided(facts)

    def refused(self, command: Command, refusal: SessionsError) -> None:
        """Says it on the screen."""
        self._screen.refused(command, refusal)

    def run(self) -> None:
        """Tk's main loop."""
        self._screen.run()

    def quit(self) -> None:
        """Ends `run`; callable from any thread."""
        self._inbox.put(self._screen.quit)

    def close(self) -> None:
        """Closes the windows."""
        if self._bench_window is not None:
            self._bench_window.close()
        if self._room is not None:
            self._room.close()
        if self._glass is not None:
            self._glass.close()
            self._backlight.stop()
        self._root.destroy()


def _somebody(view: KioskView) -> bool:
    """Whether anybody is served at the screen."""
    return view.visit_at(SCREEN) is not None or view.technician is not None or view.held_coins_s > 0
