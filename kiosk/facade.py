"""The running kiosk as the console and the command socket see it."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future

from kiosk.bench_port import BenchPort
from kiosk.commands import CommandBus
from kiosk.errors import NoPicture
from kiosk.health import Health
from kiosk.live_view import LiveView
from sessions.commands import Command
from sessions.conductor import Answer
from sessions.events import Fact
from sessions.ports import Json
from sessions.store.queries import Queries
from sessions.subscriptions import SubscriptionsPicture
from sessions.units import Now
from sessions.views import KioskView


class Facade:
    """Implements `kiosk.console.port.KioskFacade` over the live parts. Everything is callable from any thread."""

    def __init__(
        self,
        live: LiveView,
        bus: CommandBus,
        queries: Queries,
        health: Health,
        clock: Callable[[], Now],
        post: Callable[[Callable[[], None]], None],
        access_digest: Callable[[str], str],
        bench: BenchPort | None = None,
        picture: Callable[[], bytes] | None = None,
        subscriptions: Callable[[], SubscriptionsPicture] = SubscriptionsPicture,
    ) -> None:
        self._live = live
        self._bus = bus
        self._queries = queries
        self._health = health
        self._clock = clock
        self._post = post
        self._access_digest = access_digest
        self._bench = bench
        self._picture = picture
        self._subscriptions = subscriptions

    @property
    def store(self) -> Queries:
        """The durable past."""
        return self._queries

    @property
    def bench(self) -> BenchPort | None:
        """The simulated people and parts."""
        return self._bench

    def view(self) -> KioskView:
        """The latest picture."""
        return self._live.view

    def subscriptions(self) -> SubscriptionsPicture:
        """What is subscribed, and what of it runs."""
        return self._subscriptions()

    def now(self) -> Now:
        """The clocks."""
        return self._clock()

    def submit(self, command: Command, command_id: str) -> Future[Answer]:
        """Asks the owner. Whoever sends an id of their own asks `store` first what it was answered."""
        return self._bus.submit(command, command_id)

    def refresh(self) -> Future[KioskView]:
        """Builds the picture anew on the owner's thread, and gives it."""
        picture: Future[KioskView] = Future()
        picture.set_running_or_notify_cancel()

        def build() -> None:
            self._live.refresh()
            picture.set_result(self._live.view)

        self._post(build)
        return picture

    def access_digest(self, access_key: str) -> str:
        """What the kiosk knows an access key by."""
        return self._access_digest(access_key)

    def health(self) -> Json:
        """How the parts are."""
        return self._health.document()

    def screenshot(self) -> bytes:
        """The screen as a PNG. Raises `NoPicture` without a screen."""
        if self._picture is None:
            raise NoPicture("This kiosk runs without a window; start it without --headless to see its screen.")
        return self._picture()

    def subscribe(self, on_facts: Callable[[Sequence[Fact]], None]) -> Callable[[], None]:
        """Tells durable facts, on the owner's thread, from now on: whatever is not told is in `store` by now."""
        return self._live.subscribe(on_facts)
