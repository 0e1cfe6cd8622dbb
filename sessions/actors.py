"""Who asks, and whether they may: what every rule asks first."""

from sessions import commands as c
from sessions.draft import Draft
from sessions.entities import Session, Visit
from sessions.errors import BadRequest, NotAllowed, NoVisit, UnknownSession
from sessions.units import CardKey, SessionId, VisitId


def live_visit(draft: Draft, visit_id: VisitId) -> Visit:
    """The visit, and notes that it is alive. Raises `NoVisit` when it has ended or never was."""
    visit = draft.state.visits.get(visit_id)
    if visit is None:
        raise NoVisit("This visit has ended. Tap your card again.")
    draft.activity[visit_id] = draft.now.mono
    return visit


def payer(draft: Draft, actor: c.Actor, card: CardKey | None) -> CardKey:
    """Whose credit is used: the visit's, or that of the card that staff names. Raises `NoVisit`, `BadRequest`."""
    if actor.visit is not None:
        return live_visit(draft, actor.visit).card
    if actor.staff and card is not None:
        return card
    raise BadRequest("Say whose credit it is: tap a card first, or name a card.")


def require_staff(actor: c.Actor) -> None:
    """Raises `NotAllowed` for anybody who is not staff."""
    if not actor.staff:
        raise NotAllowed("Only staff can do this.")


def require_staff_with_reason(actor: c.Actor, reason: str) -> None:
    """Raises `NotAllowed` for anybody who is not staff, `BadRequest` for staff who do not say why."""
    require_staff(actor)
    if not reason.strip():
        raise BadRequest("Say why: the reason stays in the books.")


def owned_session(draft: Draft, session_id: SessionId, actor: c.Actor) -> Session:
    """The session, if the actor may act on it. Raises `UnknownSession`, `NoVisit`, `NotAllowed`."""
    session = draft.state.sessions.get(session_id)
    if session is None:
        raise UnknownSession(f"There is no running session '{session_id}'. It may be over: see the list of sessions.")
    if actor.visit is not None:
        if live_visit(draft, actor.visit).card != session.card:
            raise NotAllowed("This phone belongs to another card.")
    elif not actor.staff:
        raise NotAllowed("Only the owner's card or staff can do this.")
    return session
