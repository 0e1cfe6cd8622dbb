"""Choosing a time: for a slot, for a running session, or finding out how to get time."""

from kiosk.i18n import _
from kiosk.screens import words
from kiosk.screens.intents import Back, ChooseTime, Extend, Intent, Start
from kiosk.screens.models import Action, Choice, Coin, Rank, TimeModel
from kiosk.screens.navigation import chosen_seconds, shown_session
from kiosk.screens.site import Site
from kiosk.screens.view_models.common import Scene, card_banner, header
from kiosk.screens.view_models.idle import coins
from sessions.machine import SELLING
from sessions.views import SlotView, VisitView


def time_choice(scene: Scene, visit: VisitView, slot: SlotView) -> TimeModel:
    """How long to charge in a claimed slot. Start waits until the claim is ours."""
    chosen = chosen_seconds(scene.nav, scene.site, visit.balance_s)
    claimed = slot.claim_visit == visit.visit_id
    start = Start(slot.name, chosen)
    starting = isinstance(scene.nav.waiting, Start)
    text = _("Starting…") if starting else _("Start")
    likely = Action(text, start, "bolt", Rank.LIKELY, enabled=claimed and chosen > 0 and not starting)
    return _time(scene, visit, _("How long in slot {number}?").format(number=slot.number), chosen, likely)


def add_time(scene: Scene, visit: VisitView) -> TimeModel:
    """More time for the session that is shown, or, without one, on the card."""
    session = shown_session(scene.nav, scene.view)
    slot = scene.view.slot(session.slot) if session is not None else None
    if session is None or slot is None:
        return TimeModel(
            header=header(scene, _("Add time to your card")),
            banner=card_banner(scene),
            footer=(Action(_("Back"), Back(), "left"),),
            choices=(),
            keeps=_("{time} on your card").format(time=words.duration(visit.balance_s)),
            hint=_how_to_get_time(scene, visit),
            coins=_invitation(scene, visit),
        )
    chosen = chosen_seconds(scene.nav, scene.site, visit.balance_s)
    adding = isinstance(scene.nav.waiting, Extend)
    text = _("Adding…") if adding else _("Add")
    likely = Action(text, Extend(session.session_id, chosen), "plus", Rank.LIKELY, enabled=chosen > 0 and not adding)
    return _time(scene, visit, _("More time for slot {number}").format(number=slot.number), chosen, likely)


def _time(scene: Scene, visit: VisitView, title: str, chosen: int, likely: Action) -> TimeModel:
    balance = visit.balance_s
    if balance <= 0:
        keeps = _("There is no time on this card")
    elif chosen >= balance:
        keeps = _("You use all the time on your card")
    else:
        keeps = _("You keep {time} on your card").format(time=words.duration(balance - chosen))
    return TimeModel(
        header=header(scene, title),
        banner=card_banner(scene),
        footer=(Action(_("Back"), Back(), "left", enabled=scene.nav.waiting is None), likely),
        choices=_choices(scene.site, balance, chosen),
        keeps=keeps,
        hint=_("Unused time goes back to your card.") if balance > 0 else _how_to_get_time(scene, visit),
        coins=() if balance > 0 else _invitation(scene, visit),
    )


def _choices(site: Site, balance: int, chosen: int) -> tuple[Choice, ...]:
    if balance <= 0:
        return ()
    usable = min(balance, site.longest_s)
    fixed = [s for s in site.choices_s if s < usable]
    choices = [Choice(words.duration(s), _choose(s), s == chosen, site.price_of_time(s)) for s in fixed]
    note = _("Everything") if usable == balance else _("The most")
    return (*choices, Choice(words.duration(usable), _choose(usable), chosen == usable, note))


def _choose(seconds: int) -> Intent:
    return ChooseTime(seconds)


def _invitation(scene: Scene, visit: VisitView) -> tuple[Coin, ...]:
    """What coins buy; nobody is asked to drop any where they are refused, or for a card that may start nothing."""
    return coins(scene.site) if visit.barred is None and scene.view.mode in SELLING else ()


def _how_to_get_time(scene: Scene, visit: VisitView) -> str:
    if visit.barred is not None:
        return ""
    if scene.view.mode not in SELLING:
        return _("Please try again a little later.")
    return _("Drop coins now, they count at once.") if scene.site.coins else _("Staff can add time to your card.")
