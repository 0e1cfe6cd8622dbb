"""Who asks."""

from sessions.units import VisitId
from sessions.value import value


@value(frozen=True, slots=True)
class Actor:
    """Who asks. ``visit`` for a customer; ``name`` is what facts record: ``owner``, ``api``, ``staff:NAME``,
    ``kiosk``."""

    name: str
    visit: VisitId | None = None
    staff: bool = False


KIOSK = Actor("kiosk", staff=True)
