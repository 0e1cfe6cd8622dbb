"""Claims: the exclusive, expiring right of one visit to one slot.

A claim is a compare-and-set: the slot is free and becomes the visit's, or it is not and the asker is told so. Asking
again for what one holds changes nothing. A visit holds at most one unstarted claim; claiming another slot lets go of
the first. A card that may not start may not claim either, and one that is blocked meanwhile loses its claim.
"""

from sessions import commands as c
from sessions import events as e
from sessions.actors import live_visit
from sessions.draft import Draft
from sessions.entities import Claim
from sessions.errors import NotAllowed, SlotOutOfOrder, SlotTaken
from sessions.grants import invalid, require_valid
from sessions.machine import SlotEvent, SlotState
from sessions.ports import Json
from sessions.rules import after_s
from sessions.selling import require_selling
from sessions.slots import move
from sessions.units import SlotName, VisitId

SHOWN_OF_CARD = 11
"""Characters of a CardKey that tell it from every other card of a kiosk: ``ck_`` and eight."""


def claim_slot(draft: Draft, command: c.ClaimSlot) -> Json:
    """Reserves the slot for the visit.

    Raises `NoVisit`, `UnknownSlot`, `SlotTaken`, `SlotOutOfOrder`, `NotSelling`, `CardBlocked`, `CardExpired`.
    """
    visit = live_visit(draft, command.visit)
    draft.rules.slot(command.slot)
    require_valid(draft, visit.card)
    held = draft.state.claims.get(command.slot)
    if held is not None and held.visit == command.visit:
        return _answer(held, again=True)
    require_free(draft, command.slot)
    for other in [claim for claim in draft.state.claims.values() if claim.visit == command.visit]:
        end_claim(draft, other, "released")
    expires = after_s(draft.now.mono, draft.rules.timing.claim_s)
    draft.add(e.SlotClaimed(command.slot, visit.visit, visit.card, expires))
    move(draft, command.slot, SlotEvent.CLAIMED)
    return _answer(draft.state.claims[command.slot], again=False)


def release_claim(draft: Draft, command: c.ReleaseClaim) -> Json:
    """Lets go of a claim. A claim that is gone already is no error; another's is `NotAllowed`."""
    draft.rules.slot(command.slot)
    held = draft.state.claims.get(command.slot)
    if held is not None:
        if held.visit != command.visit:
            raise NotAllowed(f"{command.slot} is claimed by another visit.")
        end_claim(draft, held, "released")
    return {"slot": command.slot, "released": held is not None}


def end_claim(draft: Draft, claim: Claim, reason: str) -> None:
    """Ends an unstarted claim and frees its slot."""
    draft.add(e.ClaimEnded(claim.slot, claim.visit, claim.card, reason))
    if draft.state.slot(claim.slot).state is SlotState.RESERVED:
        move(draft, claim.slot, SlotEvent.CLAIM_ENDED)


def end_claims_of(draft: Draft, visit: VisitId, reason: str) -> None:
    """Ends all unstarted claims of a visit."""
    for claim in [claim for claim in draft.state.claims.values() if claim.visit == visit]:
        end_claim(draft, claim, reason)


def expire_claims(draft: Draft) -> None:
    """Ends the claims whose time is over, or whose card's is."""
    for claim in list(draft.state.claims.values()):
        if draft.now.mono >= claim.expires_mono or claim.boot_id != draft.now.boot_id:
            end_claim(draft, claim, "expired")
    end_claims_of_invalid(draft)


def end_claims_of_invalid(draft: Draft) -> None:
    """Ends the claims of cards that are blocked or have expired: they could not be started."""
    for claim in list(draft.state.claims.values()):
        refusal = invalid(draft.state, claim.card, draft.now.utc)
        if refusal is not None:
            end_claim(draft, claim, refusal.code)


def require_free(draft: Draft, slot_name: SlotName) -> None:
    """Raises what stands in the way of taking a slot: `NotSelling`, `SlotOutOfOrder` or `SlotTaken`."""
    slot = draft.state.slot(slot_name)
    require_selling(draft)
    if slot.state in (SlotState.FAULTED, SlotState.UNAVAILABLE):
        raise SlotOutOfOrder(f"{slot_name} is out of order. Please choose another slot.")
    if slot.state is not SlotState.AVAILABLE:
        raise slot_taken(draft, slot_name)


def slot_taken(draft: Draft, slot_name: SlotName) -> SlotTaken:
    """What somebody hears who comes too late. It names the card as the board does: no more is anybody's business."""
    claim, session = draft.state.claims.get(slot_name), draft.state.slot(slot_name).session
    card = claim.card if claim else draft.state.sessions[session].card if session else None
    by = f" by card {card[:SHOWN_OF_CARD]}…" if card else ""
    return SlotTaken(f"{slot_name} was just taken{by}. Please choose another slot.")


def _answer(claim: Claim, again: bool) -> Json:
    return {"slot": claim.slot, "visit": claim.visit, "expires_mono": claim.expires_mono, "again": again}
