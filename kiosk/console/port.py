"""What the console needs of the kiosk, as protocols: the composition root plugs in the real things."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Protocol

from kiosk.bench_port import BenchPort
from sessions.commands import Command
from sessions.conductor import Answer
from sessions.events import Fact
from sessions.ports import Json
from sessions.store.queries import Queries
from sessions.subscriptions import SubscriptionsPicture
from sessions.units import Now
from sessions.views import KioskView

OnFacts = Callable[[Sequence[Fact]], None]


class KioskFacade(Protocol):
    """The running kiosk. Everything may be called from any thread and, but for what says otherwise, returns at once."""

    @property
    def store(self) -> Queries:
        """The durable past; reading it may take as long as the disk does."""
        ...

    @property
    def bench(self) -> BenchPort | None:
        """None unless the kiosk is simulated."""
        ...

    def view(self) -> KioskView:
        """The latest picture."""
        ...

    def subscriptions(self) -> SubscriptionsPicture:
        """What is subscribed, and what of it runs."""
        ...

    def now(self) -> Now:
        """The clocks, to which the picture's instants belong."""
        ...

    def submit(self, command: Command, command_id: str) -> Future[Answer]:
        """See `kiosk.commands.CommandBus.submit`."""
        ...

    def refresh(self) -> Future[KioskView]:
        """Builds the picture anew from what is true now, and gives it."""
        ...

    def access_digest(self, access_key: str) -> str:
        """See `sessions.access.access_digest`."""
        ...

    def health(self) -> Json:
        """See `kiosk.health.Health.document`."""
        ...

    def screenshot(self) -> bytes:
        """The screen as a PNG; waits for it. Raises `NoPicture` where there is no screen."""
        ...

    def subscribe(self, on_facts: OnFacts) -> Callable[[], None]:
        """Tells facts as they become durable, once and in order, from another thread. Call what it gives to stop."""
        ...
