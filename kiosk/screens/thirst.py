"""Where somebody is who came for water. Pure, like navigation: which pour is theirs, how much they chose, how it ended,
and what their coins buy meanwhile.
"""

from dataclasses import replace

from kiosk.screens import intents as i
from kiosk.screens.notices import Note, Notice
from kiosk.screens.site import Site
from kiosk.screens.whereabouts import Navigation, Place, Poured
from sessions import commands as c
from sessions.units import CardKey, MonoNs, Unit
from sessions.views import KioskView, PourView, VisitView

LIKELY_ML = 500
"""The amount that is chosen beforehand, where the card has as much: a usual bottle."""


def own_pour(view: KioskView, visit: VisitView) -> PourView | None:
    """The customer's pour that is going on, or None."""
    pour = view.water.pour if view.water is not None else None
    return pour if pour is not None and pour.card == visit.card else None


def wanted(nav: Navigation) -> Navigation:
    """The place of somebody who wants water, or some more."""
    return replace(nav, place=Place.WATER, session=None, chosen_ml=None, poured=None)


def asked(nav: Navigation, intent: i.GetWater | i.ChooseWater) -> Navigation:
    """The place after a touch that asks nothing of the kiosk yet."""
    return wanted(nav) if isinstance(intent, i.GetWater) else replace(nav, chosen_ml=intent.ml)


def usable_ml(view: KioskView, visit: VisitView) -> int:
    """The most that the customer could take at once."""
    return min(visit.balance_ml, view.water.most_ml) if view.water is not None else 0


def chosen_ml(nav: Navigation, site: Site, usable: int) -> int:
    """The amount that is chosen now: the customer's choice if the card still has it, else a likely one, else all."""
    if nav.chosen_ml is not None and nav.chosen_ml <= usable:
        return nav.chosen_ml
    return LIKELY_ML if LIKELY_ML in site.choices_ml and usable >= LIKELY_ML else usable


def still_possible(nav: Navigation, visit: VisitView, view: KioskView) -> Navigation:
    """The place once the kiosk changed: its water may have been taken away, a pour may have begun elsewhere."""
    if view.water is None:
        return replace(nav, place=Place.HOME, poured=None)
    return replace(nav, poured=None) if nav.poured is not None and own_pour(view, visit) is not None else nav


def ended(nav: Navigation, card: CardKey, poured: Poured, until: MonoNs) -> Navigation:
    """The place once somebody's pour was settled: its owner sees how, elsewhere than at the water in a sentence."""
    if nav.visit is None or nav.visit.card != card:
        return nav
    if nav.place is Place.WATER:
        return replace(nav, poured=poured, notice=None, chosen_ml=None)
    return replace(nav, notice=Notice(Note.WATER_OVER, until, ml=poured.used_ml)) if poured.used_ml else nav


def told_of_more(nav: Navigation, ml: int, view: KioskView, until: MonoNs) -> Navigation:
    """The place once the card has more water; what a pour gave back is told by how it ended."""
    if nav.poured is not None or (nav.visit is not None and own_pour(view, nav.visit) is not None):
        return nav
    return replace(nav, notice=Notice(Note.WATER_ROSE, until, ml=ml))


def coins_for(nav: Navigation) -> tuple[Navigation, c.Command | None]:
    """The place, and the command that says what the visit's coins buy there, once when that changes."""
    unit = Unit.MILLILITRES if nav.place is Place.WATER else Unit.SECONDS
    if nav.visit is None or unit is nav.coins_buy:
        return nav, None
    return replace(nav, coins_buy=unit), c.ChooseService(nav.visit.visit_id, unit)
