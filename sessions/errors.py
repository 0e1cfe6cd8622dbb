"""Everything the rules refuse, each error also the built-in it refines.

``code`` is the stable word that an API answers with; the message is a sentence that says what, where and what to do.
"""


class SessionsError(Exception):
    """Base of all refusals and failures of the rules."""

    code = "refused"


class IllegalTransition(SessionsError, RuntimeError):
    """An event that cannot happen in the slot's or the kiosk's state: the caller's mistake, nothing was changed."""

    code = "illegal_transition"


class UnknownSlot(SessionsError, LookupError):
    """There is no slot of that name in the pinmap."""

    code = "unknown_slot"


class UnknownSession(SessionsError, LookupError):
    """There is no session of that id."""

    code = "unknown_session"


class UnknownCard(SessionsError, LookupError):
    """The card has never been seen here, or guests are not served."""

    code = "unknown_card"


class NoVisit(SessionsError, LookupError):
    """Nobody is signed in, or that visit has ended."""

    code = "no_visit"


class UnknownAccessKey(SessionsError, PermissionError):
    """The access key was never issued, or another took its place."""

    code = "unknown_access_key"


class VisitTaken(SessionsError, RuntimeError):
    """The visit id that was chosen is another's."""

    code = "visit_taken"


class SlotTaken(SessionsError, RuntimeError):
    """The slot is claimed or used by another; the message names who when the asker may know."""

    code = "slot_taken"


class SlotOutOfOrder(SessionsError, RuntimeError):
    """The slot is faulted or disabled."""

    code = "slot_out_of_order"


class NotSelling(SlotOutOfOrder):
    """Nothing new starts anywhere now; the message says why, and from when on again where that is known."""

    code = "not_selling"


class NotEnoughCredit(SessionsError, ValueError):
    """The card has less than was asked for."""

    code = "not_enough_credit"


class PinLocked(SessionsError, PermissionError):
    """Too many wrong PINs: the message says for how long no other one is taken."""

    code = "pin_locked"


class LimitReached(SessionsError, ValueError):
    """The card already has as many sessions as it may have, or a cap would be passed."""

    code = "limit_reached"


class NotAllowed(SessionsError, PermissionError):
    """The asker neither owns the session nor is staff, or the card may not."""

    code = "not_allowed"


class CardBlocked(NotAllowed):
    """Staff have blocked the card: it starts and claims nothing."""

    code = "card_blocked"


class CardExpired(NotAllowed):
    """The card's last day is over: it starts and claims nothing."""

    code = "card_expired"


class BadRequest(SessionsError, ValueError):
    """A value that cannot be meant, such as a negative time."""

    code = "bad_request"


class LedgerError(SessionsError, ValueError):
    """A transfer that would break the books: it is never applied."""

    code = "ledger"


class InvariantBroken(SessionsError, AssertionError):
    """The kiosk contradicts itself; the message names the invariant (I1 to I7) and the contradiction."""

    code = "invariant"


class StoreError(SessionsError, OSError):
    """The store cannot do what was asked; the message says what to do."""

    code = "store"


class StoreTooNew(StoreError):
    """The file was written by a newer version; it was not touched."""

    code = "store_too_new"


class StoreDamaged(StoreError):
    """The file does not read back as it was written."""

    code = "store_damaged"


class StoreBusy(StoreError):
    """Another process holds the data directory."""

    code = "store_busy"


class StoreTimeout(StoreError, TimeoutError):
    """The decision was taken but not yet acknowledged as durable; ask again with the same id."""

    code = "store_timeout"
