"""Water as customers see it: how much, the cup, the pour, and how it ended."""

from kiosk.i18n import _
from kiosk.screens import words
from kiosk.screens.intents import Back, ChooseWater, Finish, GetWater, Pour, ShowBoard, SignOut
from kiosk.screens.models import Action, Choice, Coin, Header, MessageModel, PourModel, Rank, TimeModel
from kiosk.screens.notices import Tone
from kiosk.screens.site import Site
from kiosk.screens.thirst import chosen_ml, own_pour, usable_ml
from kiosk.screens.view_models.common import RING_STEPS, Scene, banner, card_banner, countdown, header
from kiosk.screens.whereabouts import Poured
from sessions.machine import SELLING
from sessions.views import PourView, VisitView, WaterView, seconds_until
from sessions.water_states import WaterState

TRAY, TANK = "water.tray", "water.tank"


def water_screen(scene: Scene, visit: VisitView, water: WaterView) -> TimeModel | PourModel | MessageModel:
    """The screen that fits the dispenser: one's own pour, how it ended, why there is none, or how much."""
    pour = own_pour(scene.view, visit)
    if pour is not None:
        return pouring(scene, visit, water, pour)
    if scene.nav.poured is not None:
        return poured(scene, visit, scene.nav.poured)
    if water.pour is not None or sold_out(scene, water):
        return no_water(scene, visit, water)
    return water_choice(scene, visit)


def sold_out(scene: Scene, water: WaterView) -> bool:
    """Whether nobody can have water now, whoever asks."""
    return water.out_of_order is not None or scene.view.mode not in SELLING


def _header(scene: Scene, visit: VisitView, title: str) -> Header:
    return header(scene, title, words.water(visit.balance_ml))


def water_choice(scene: Scene, visit: VisitView) -> TimeModel:
    """How much water, what it costs and what stays on the card; without any, what coins buy."""
    site, usable = scene.site, usable_ml(scene.view, visit)
    chosen = chosen_ml(scene.nav, site, usable)
    starting = isinstance(scene.nav.waiting, Pour)
    text = _("Starting…") if starting else _("Get water")
    likely = Action(text, Pour(chosen), "drop", Rank.LIKELY, enabled=chosen > 0 and not starting)
    coins = tuple(Coin(site.money(rate.minor), words.water(rate.ml)) for rate in site.coins if rate.ml > 0)
    drop_coins = _("Drop coins now, they buy water here.") if coins else _("Staff can add water to your card.")
    if visit.barred is not None:
        coins, drop_coins = (), ""
    if usable <= 0:
        keeps = _("There is no water on this card")
    elif chosen >= visit.balance_ml:
        keeps = _("You use all the water on your card")
    else:
        keeps = _("You keep {water} on your card").format(water=words.water(visit.balance_ml - chosen))
    back = Action(_("Back"), Back(), "left", enabled=not starting)
    return TimeModel(
        header=_header(scene, visit, _("How much water?")),
        banner=card_banner(scene),
        footer=(back, likely) if usable > 0 else (back,),
        choices=_choices(site, usable, chosen),
        keeps=keeps,
        hint=_("Water that does not flow goes back to your card.") if usable > 0 else drop_coins,
        coins=coins if usable <= 0 else (),
    )


def _choices(site: Site, usable: int, chosen: int) -> tuple[Choice, ...]:
    amounts = (*(ml for ml in site.choices_ml if ml < usable), *((usable,) if usable > 0 else ()))
    return tuple(Choice(words.water(ml), ChooseWater(ml), ml == chosen, site.price(ml)) for ml in amounts)


def pouring(scene: Scene, visit: VisitView, water: WaterView, pour: PourView) -> PourModel:
    """One's own pour, from waiting for the cup to the last drops."""
    tone, word, lines = _condition(water)
    wait = waiting = None
    if water.deadline is not None and not water.cup:
        wait = countdown(water.deadline, scene.site.no_cup_s, scene.now, tone)
        seconds = seconds_until(water.deadline, scene.now)
        paused = water.state is WaterState.SUSPENDED_EV
        say = _("Put it back: {seconds} s") if paused else _("Waiting for your cup… {seconds} s")
        waiting = say.format(seconds=seconds)
    finishing = isinstance(scene.nav.waiting, Finish) or water.state is WaterState.FINISHING
    begun = water.state is not WaterState.PREPARING
    finish = Action(
        _("Finish") if begun else _("Cancel"),
        Finish(pour.session_id),
        "check" if begun else "left",
        Rank.LIKELY if begun else Rank.PLAIN,
        enabled=not finishing,
    )
    return PourModel(
        header=_header(scene, visit, _("Water")),
        banner=banner(scene),
        footer=(finish,),
        amount=words.water(pour.used_ml),
        of=_("of {water}").format(water=words.water(pour.granted_ml)),
        share=round(pour.used_ml / pour.granted_ml * RING_STEPS) / RING_STEPS if pour.granted_ml else 0.0,
        tone=tone,
        icon="drop" if water.state in (WaterState.DISPENSING, WaterState.FINISHING) else "cup",
        word=word,
        lines=lines,
        cup=bool(water.cup),
        waiting=waiting or (_("Your cup is there.") if water.cup else _("Looking for your cup…")),
        wait=wait,
    )


def _condition(water: WaterView) -> tuple[Tone, str, tuple[str, ...]]:
    match water.state:
        case WaterState.PREPARING:
            return Tone.CALM, _("Put your cup under the spout"), (_("The water starts by itself."),)
        case WaterState.SUSPENDED_EV:
            again = (_("Put your cup back and it goes on."), _("What is left goes back to your card."))
            return Tone.WARN, _("Paused"), again
        case WaterState.FINISHING:
            return Tone.CALM, _("Almost done"), (_("The last drops are coming."), _("Leave your cup where it is."))
        case _:
            stops = (_("Leave your cup where it is."), _("Take it away and the water stops."))
            return Tone.CALM, _("Here it comes"), stops


def poured(scene: Scene, visit: VisitView, end: Poured) -> MessageModel:
    """How the pour ended, and what came back."""
    tone, title = _ending(end)
    lines = [_("{water} in your cup.").format(water=words.water(end.used_ml))] if end.used_ml else []
    if end.returned_ml and end.durable:
        lines.append(_("{water} went back to your card.").format(water=words.water(end.returned_ml)))
    more = Action(_("More water"), GetWater(), "drop")
    return MessageModel(
        name="water_done",
        header=_header(scene, visit, _("Water")),
        banner=banner(scene),
        footer=(Action(_("Sign out"), SignOut(), "leave"), more, Action(_("Done"), ShowBoard(), "check", Rank.LIKELY)),
        icon="drop" if tone is Tone.CALM else "check" if tone is Tone.GOOD else "warning",
        tone=tone,
        title=title,
        lines=tuple(lines),
    )


def _ending(end: Poured) -> tuple[Tone, str]:
    match end.reason:
        case "TimeLimitReached":
            return Tone.GOOD, _("Your water is ready")
        case "Local":
            return (Tone.GOOD, _("Your water is ready")) if end.used_ml else (Tone.CALM, _("Nothing was poured"))
        case "Timeout":
            return Tone.CALM, _("Your cup was away too long") if end.used_ml else _("There was no cup")
        case "MasterPass" | "Remote":
            return Tone.CALM, _("Stopped by the staff")
        case "EmergencyStop":
            return Tone.WARN, _("Stopped for safety")
        case _:
            return Tone.WARN, _("The water stopped")


def no_water(scene: Scene, visit: VisitView, water: WaterView) -> MessageModel:
    """Why there is no water at this moment, calmly, and what there is instead."""
    icon, title, why = _why_none(scene, water)
    kept = (_("Your water stays on your card."),) if visit.balance_ml > 0 else ()
    return MessageModel(
        name="water_away",
        header=_header(scene, visit, _("Water")),
        banner=banner(scene),
        footer=(Action(_("Back"), Back(), "left", Rank.LIKELY),),
        icon=icon,
        tone=Tone.CALM,
        title=title,
        lines=(*why, *kept),
    )


def _why_none(scene: Scene, water: WaterView) -> tuple[str, str, tuple[str, ...]]:
    if water.pour is not None and not sold_out(scene, water):
        return "cup", _("Somebody is getting water"), (_("It is your turn in a moment."),)
    title, told = _("No water right now"), _("Staff have been told.")
    if scene.view.mode not in SELLING:
        return "pause", title, (_("The kiosk is not selling at the moment."),)
    if TANK in water.faulty:
        return "drop", title, (_("The tank is empty."), told)
    if TRAY in water.faulty:
        return "drop", title, (_("The drip tray is full."), told)
    if water.cleaning_due:
        return "drop", title, (_("It is time to clean it."), told)
    return "wrench", title, (told,)
