"""Screens for when nobody is signed in: attract, coin without card, closed, goodbye."""

from kiosk.i18n import LANGUAGES, _, language, ngettext
from kiosk.screens import words
from kiosk.screens.intents import Enlarge, Sharpen, Speak
from kiosk.screens.models import Action, AttractModel, Coin, Header, MessageModel, Step, Switch
from kiosk.screens.navigation import Farewell
from kiosk.screens.notices import Tone
from kiosk.screens.reading import Reading
from kiosk.screens.site import Site
from kiosk.screens.view_models.common import Scene, board_banner, countdown
from sessions.machine import SELLING, Mode, SlotState
from sessions.units import NS
from sessions.views import KioskView, VisitView

LIT_S = 4
FOOTER_HOLDS = 3
_OCCUPIED = (SlotState.PREPARING, SlotState.CHARGING, SlotState.SUSPENDED_EV)


def nobody_here(scene: Scene) -> AttractModel | MessageModel:
    """The screen without a visit: a coin that waits comes first, then a goodbye, then whether we sell at all."""
    if scene.view.held_coins_s > 0 and scene.view.held_coins_until is not None:
        return _coin(scene)
    if scene.nav.farewell is not None:
        return _goodbye(scene, scene.nav.farewell)
    return attract(scene) if scene.view.mode in SELLING else _closed(scene)


def coins(site: Site) -> tuple[Coin, ...]:
    """What each coin buys."""
    return tuple(Coin(site.money(rate.minor), words.duration(rate.seconds)) for rate in site.coins)


def attract(scene: Scene) -> AttractModel:
    """What passers-by see."""
    free, total = _free(scene.view), len(scene.view.slots)
    return AttractModel(
        header=Header(_("Charge your phone")),
        banner=board_banner(scene),
        tap=_("One moment, please") if scene.nav.reader_away else _("Tap your card here"),
        hint=_hint(scene),
        reads=not scene.nav.reader_away,
        free=ngettext("{free} of {total} free", "{free} of {total} free", free).format(free=free, total=total),
        any_free=free > 0,
        steps=_steps(scene),
        coins=coins(scene.site),
        hours="–".join(scene.site.hours) if scene.site.hours is not None else "",
        languages=_languages(scene.site),
        switches=_switches(scene.nav.reading),
    )


def _languages(site: Site) -> tuple[Action, ...]:
    """One for each; the spoken one is marked, and does nothing. None where there is no choice."""
    if len(site.languages) == 1:
        return ()
    spoken = language()
    return tuple(
        Action(LANGUAGES[code], Speak(code), enabled=code != spoken, chosen=code == spoken) for code in site.languages
    )


def _languages_below(site: Site) -> tuple[Action, ...]:
    """The same where there is only a footer to put them."""
    found = _languages(site)
    return found if len(found) <= FOOTER_HOLDS else ()


def _steps(scene: Scene) -> tuple[Step, ...]:
    """How it works. A light goes from step to step, slowly, so that eyes follow their order."""
    steps = (("card", _("Tap your card")), ("cable", _("Plug in")), ("clock", _("Come back")))
    lit = scene.now // (LIT_S * NS) % (len(steps) + 1)
    return tuple(Step(icon, text, now=k == lit) for k, (icon, text) in enumerate(steps))


def _switches(reading: Reading) -> tuple[Switch, ...]:
    return (
        Switch(_("Large text"), "letters", Enlarge(not reading.large), reading.large),
        Switch(_("Contrast"), "contrast", Sharpen(not reading.contrast), reading.contrast),
    )


def _hint(scene: Scene) -> str:
    if scene.nav.reader_away:
        return _("Phones inside keep charging.")
    if scene.view.cloud in ("offline", "degraded"):
        return _("We are offline. Your card works here as usual.")
    if scene.view.water is not None and scene.view.water.out_of_order is None:
        return _("Charging and drinking water, with one card.")
    if all(slot.has_lock for slot in scene.view.slots):
        return _("Your phone charges safely behind a locked door.")
    return _("Your time stays on your card until you use it.")


def _free(view: KioskView) -> int:
    return sum(slot.state is SlotState.AVAILABLE for slot in view.slots)


def _coin(scene: Scene) -> MessageModel:
    until = scene.view.held_coins_until
    return MessageModel(
        name="coin",
        header=Header(_("Thank you")),
        banner=board_banner(scene),
        icon="coin",
        tone=Tone.GOOD,
        title=_("{time} for you").format(time=words.duration(scene.view.held_coins_s)),
        lines=(_("Tap your card to keep it."), _("Every coin you drop now is added.")),
        ring=countdown(until, scene.site.coin_hold_s, scene.now) if until is not None else None,
    )


def _goodbye(scene: Scene, farewell: Farewell) -> MessageModel:
    mine = scene.view.sessions_of(farewell.visit.card)
    numbers = [slot.number for slot in scene.view.slots if slot.session in mine and slot.session is not None]
    stays = ngettext(
        "Your phone in slot {numbers} stays safe.", "Your phones in slots {numbers} stay safe.", len(numbers)
    ).format(numbers=", ".join(map(str, numbers)))
    if farewell.reason == "elsewhere":
        return MessageModel(
            name="elsewhere",
            header=Header(_("Signed out here")),
            icon="elsewhere",
            tone=Tone.CALM,
            title=_("Your card is now in use elsewhere"),
            lines=(stays,) if numbers else (_("If that is not you, please tell the staff."),),
        )
    kept = _kept(farewell.visit)
    return MessageModel(
        name="goodbye",
        header=Header(_("Signed out")),
        icon="check",
        tone=Tone.GOOD,
        title=_("See you soon"),
        lines=tuple(filter(None, (stays if numbers else "", kept))) or (_("Thank you for coming."),),
    )


def _kept(visit: VisitView) -> str:
    """What is left on the card, or nothing."""
    time, water = words.duration(visit.balance_s), words.water(visit.balance_ml)
    if visit.balance_s > 0 and visit.balance_ml > 0:
        return _("{time} and {water} stay on your card.").format(time=time, water=water)
    if visit.balance_ml > 0:
        return _("{water} stay on your card.").format(water=water)
    return _("{time} stay on your card.").format(time=time) if visit.balance_s > 0 else ""


def _closed(scene: Scene) -> MessageModel:
    if scene.view.mode is Mode.PAUSED:
        return MessageModel(
            name="paused",
            header=Header(_("Charging is paused")),
            banner=board_banner(scene),
            footer=_languages_below(scene.site),
            icon="pause",
            tone=Tone.WARN,
            title=_("Paused for safety"),
            lines=(_("No time runs while we check."), _("Staff have been told."), _get_phone()),
        )
    running = any(slot.state in _OCCUPIED for slot in scene.view.slots)
    name, icon, title, lines = _why_closed(scene)
    return MessageModel(
        name=name,
        header=Header(_("Charge your phone")),
        banner=board_banner(scene),
        footer=_languages_below(scene.site),
        icon=icon,
        tone=Tone.CALM,
        title=title,
        lines=(*lines, _get_phone(), *((_("Phones inside keep charging."),) if running else ())),
    )


def _why_closed(scene: Scene) -> tuple[str, str, str, tuple[str, ...]]:
    """The screen's name, its icon, title and first sentence."""
    if scene.view.closed and scene.site.hours is not None:
        opens = _("Opens at {time}.").format(time=scene.site.hours[0])
        return "closed", "clock", _("Closed now"), (opens,)
    if scene.view.mode is Mode.MAINTENANCE:
        return "maintenance", "wrench", _("Being serviced"), (_("Please try again a little later."),)
    return "out_of_service", "wrench", _("Not selling right now"), ()


def _get_phone() -> str:
    return _("To get your phone, tap your card.")
