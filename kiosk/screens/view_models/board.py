"""The board of slots, and the choice among one's own phones."""

from kiosk.i18n import _
from kiosk.screens import words
from kiosk.screens.intents import (
    AddTime,
    AskSlot,
    GetWater,
    Intent,
    MoreSlots,
    ShowBoard,
    ShowPhones,
    ShowSession,
    SignOut,
    UseSlot,
)
from kiosk.screens.models import Action, HomeModel, PickerModel, Rank, Row, Tile, TileKind, Turn
from kiosk.screens.view_models.common import Scene, banner, board_banner, greeting, header
from kiosk.screens.view_models.water import sold_out
from sessions.machine import SELLING, SlotState
from sessions.units import MonoNs
from sessions.views import SessionView, SlotView, VisitView, WaterView

BESIDE_PAGES = 2
"""So many actions have room in the footer beside the pages."""


def home(scene: Scene, visit: VisitView) -> HomeModel:
    """The board: every slot with its shape, word and what touching it does."""
    slots, turn = _page(scene)
    mine = scene.view.sessions_of(visit.card)
    footer: list[Action] = []
    if scene.view.water is not None:
        footer.append(_water(scene, visit, scene.view.water))
    elif turn is None and mine:  # Among pages the tiles alone show whose phones are whose.
        footer.append(
            Action(_("My phones"), ShowPhones() if len(mine) > 1 else ShowSession(mine[0].session_id), "phone")
        )
    if visit.barred is None:
        lacks_time = visit.balance_s <= 0 and scene.view.mode in SELLING
        footer.append(Action(_("Add time"), AddTime(), "plus", Rank.LIKELY if lacks_time else Rank.PLAIN))
    crowded = turn is not None and len(footer) == BESIDE_PAGES
    if not crowded:
        footer.insert(0, Action(_("Sign out"), SignOut(), "leave"))
    return HomeModel(
        header=header(scene, greeting(visit), back=SignOut() if crowded else None),
        banner=board_banner(scene),
        footer=tuple(footer),
        tiles=tuple(_tile(slot, visit, scene) for slot in slots),
        turn=turn,
    )


def _water(scene: Scene, visit: VisitView, water: WaterView) -> Action:
    """Water, and how much of it is on the card; touched while there is none it says why."""
    if sold_out(scene, water):
        return Action(_("No water"), GetWater(), "drop")
    has = visit.balance_ml > 0
    text = _("Water · {water}").format(water=words.water(visit.balance_ml)) if has else _("Water")
    return Action(text, GetWater(), "drop")


def _page(scene: Scene) -> tuple[tuple[SlotView, ...], Turn | None]:
    """The slots of the page that is shown, and which page that is if there are several."""
    slots, most = scene.view.slots, scene.nav.tiles_a_page
    if len(slots) <= most:
        return slots, None
    place = {name: k for k, name in enumerate(scene.nav.order)}
    ordered = sorted(slots, key=lambda slot: place.get(slot.name, len(place)))
    pages = -(-len(slots) // most)
    page = scene.nav.page % pages
    return tuple(ordered[page * most : (page + 1) * most]), Turn(page, pages, MoreSlots(-1), MoreSlots(1))


def picker(scene: Scene, visit: VisitView) -> PickerModel:
    """One row a phone; the one that needs its owner comes first, then the one with least time."""
    mine = [slot for slot in scene.view.slots if slot.session is not None and slot.session.card == visit.card]
    rows = [_row(slot, slot.session, scene.now) for slot in mine if slot.session is not None]
    left = {s.slot: s.remaining_ms(scene.now) for s in scene.view.sessions_of(visit.card)}
    order = sorted(
        range(len(rows)), key=lambda k: (rows[k].kind is not TileKind.NEEDS_YOU, left[mine[k].name], rows[k].number)
    )
    return PickerModel(
        header=header(scene, _("Which phone?")),
        banner=banner(scene),
        footer=(Action(_("Sign out"), SignOut(), "leave"), Action(_("All slots"), ShowBoard(), "board")),
        rows=tuple(rows[k] for k in order),
    )


def _row(slot: SlotView, session: SessionView, now: MonoNs) -> Row:
    kind, word, figure = own_state(slot, session, now)
    match slot.state:
        case SlotState.FINISHING:
            word = _("Take your phone")
        case SlotState.PREPARING:
            word = _("Plug in your phone")
        case SlotState.CHARGING:
            word = _("Charging")
        case _:
            pass
    return Row(slot.number, kind, word, slot.plug, figure, ShowSession(session.session_id))


def own_state(slot: SlotView, session: SessionView, now: MonoNs) -> tuple[TileKind, str, str]:
    """What a slot is to its owner: kind, word, and the running time where time matters."""
    time = words.running(session.remaining_s(now))
    match slot.state:
        case SlotState.FINISHING:
            return TileKind.NEEDS_YOU, _("Take it"), ""
        case SlotState.PREPARING:
            return TileKind.NEEDS_YOU, _("Plug in"), time
        case SlotState.CHARGING:
            return TileKind.YOURS, _("Yours"), time
        case SlotState.SUSPENDED_EV | SlotState.SUSPENDED_EVSE:
            return TileKind.PAUSED, _("Paused"), time
        case _:
            return TileKind.NEEDS_YOU, _("Stuck"), ""


def _tile(slot: SlotView, visit: VisitView, scene: Scene) -> Tile:
    if slot.session is not None and slot.session.card == visit.card:
        kind, word, figure = own_state(slot, slot.session, scene.now)
        button = _("View")
        detail = "" if figure else _("Time is over") if slot.state is SlotState.FINISHING else _("Ask the staff")
        return Tile(slot.number, kind, word, slot.plug, ShowSession(slot.session.session_id), detail, figure, button)
    if slot.session is None and scene.view.mode not in SELLING:
        return _plain(slot, TileKind.OUT_OF_ORDER, _("Closed"), AskSlot(slot.name))
    if slot.state in (SlotState.FAULTED, SlotState.UNAVAILABLE):
        return _plain(slot, TileKind.OUT_OF_ORDER, _("Out of order"), AskSlot(slot.name))
    if slot.session is not None:
        over = slot.state is SlotState.FINISHING
        detail = _("Back soon") if over else words.about(slot.session.remaining_s(scene.now))
        return _plain(slot, TileKind.IN_USE, _("In use"), AskSlot(slot.name), detail)
    if slot.state is SlotState.RESERVED and slot.claim_visit != visit.visit_id:
        return _plain(slot, TileKind.IN_USE, _("In use"), AskSlot(slot.name), _("Just taken"))
    rank = Rank.LIKELY if visit.balance_s > 0 and visit.barred is None else Rank.PLAIN
    return Tile(slot.number, TileKind.FREE, _("Free"), slot.plug, UseSlot(slot.name), button=_("Use"), rank=rank)


def _plain(slot: SlotView, kind: TileKind, word: str, intent: Intent, detail: str = "") -> Tile:
    return Tile(slot.number, kind, word, slot.plug, intent, detail)
