"""A session as its owner sees it: plug in, charging or paused, over, help."""

from kiosk.i18n import _
from kiosk.screens import words
from kiosk.screens.intents import AddTime, Back, Finish, Help, OpenDoor, ShowBoard, SignOut
from kiosk.screens.models import Action, Countdown, MessageModel, PlugInModel, Rank, SessionModel, Step
from kiosk.screens.notices import Tone
from kiosk.screens.view_models.common import (
    RING_STEPS,
    Scene,
    banner,
    countdown,
    elsewhere,
    header,
    share_left,
    slot_title,
)
from sessions.machine import Mode, SlotState
from sessions.units import SessionId
from sessions.views import SessionView, SlotView, seconds_until

HELP_S = 20
"""Who has not plugged in by then is offered help."""
FINE_MA = 100
"""Below this a tenth of an ampere says nothing."""


def session_screen(scene: Scene, slot: SlotView, session: SessionView) -> PlugInModel | SessionModel | MessageModel:
    """The screen that fits the state of the slot."""
    if slot.state is SlotState.PREPARING:
        return plug_in(scene, slot, session)
    if slot.state in (SlotState.FINISHING, SlotState.FAULTED, SlotState.UNAVAILABLE):
        return over(scene, slot, session)
    return running(scene, slot, session)


def plug_in(scene: Scene, slot: SlotView, session: SessionView) -> PlugInModel:
    """How to plug in, step by step, with what the kiosk can feel ticked off."""
    door = _door_countdown(scene, slot)
    is_open = door is not None or slot.door_open is True
    was_open = is_open or session.door_opened
    wait, waiting, long = _wait(scene, session)
    number = slot.number
    if not slot.has_lock:
        title = _("Slot {number} is ready").format(number=number)
    else:
        title = (_("Slot {number} is open") if is_open else _("Slot {number} is locked")).format(number=number)
    locked_out = slot.has_lock and not is_open
    footer = [
        Action(_("Cancel"), Finish(session.session_id), "left", enabled=not _waits(scene, Finish)),
        Action(_("Help"), Help(), "help", Rank.LIKELY if long and not locked_out else Rank.PLAIN),
    ]
    if slot.has_lock:
        rank = Rank.LIKELY if locked_out else Rank.PLAIN
        footer.append(_open_action(scene, session.session_id, rank))
    return PlugInModel(
        header=header(scene, slot_title(slot), back=elsewhere(scene)),
        banner=banner(scene),
        footer=tuple(footer),
        title=title,
        steps=_plug_steps(slot, is_open=is_open, was_open=was_open),
        door=door,
        waiting=waiting,
        wait=wait,
        open_door=is_open or not slot.has_lock,
    )


def _wait(scene: Scene, session: SessionView) -> tuple[Countdown | None, str, bool]:
    """The wait for the phone, what it says, and whether it lasts so long that somebody may not know how to go on."""
    if session.deadline is None:
        return None, _("Waiting for your phone…"), False
    left = seconds_until(session.deadline, scene.now)
    wait = countdown(session.deadline, scene.site.no_device_s, scene.now)
    if scene.site.no_device_s - left < HELP_S:
        return wait, _("Waiting for your phone… {seconds} s").format(seconds=left), False
    return wait, _("No phone yet? Touch “Help”. {seconds} s").format(seconds=left), True


def _plug_steps(slot: SlotView, *, is_open: bool, was_open: bool) -> tuple[Step, ...]:
    cable = _("Plug your phone into the {plug} cable").format(plug=slot.plug) if slot.plug else _("Plug in your phone")
    if not slot.has_lock:
        return (Step("phone", cable, done=False, now=True),)
    shut = slot.door_open is False and was_open and not is_open
    return (
        Step(
            "door", _("Open the door"), done=slot.door_open is True or shut, now=slot.door_open is not True and not shut
        ),
        Step("phone", cable, done=False, now=slot.door_open is True or shut),
        Step("padlock", _("Shut the door"), done=shut),
    )


def running(scene: Scene, slot: SlotView, session: SessionView) -> SessionModel:
    """Time left, what the phone draws, and why nothing runs if it does not."""
    left_ms = session.remaining_ms(scene.now)
    tone, icon, word, lines = _condition(scene, slot, session)
    paused = slot.state is not SlotState.CHARGING
    add = Action(_("Add time"), AddTime(session.session_id), "plus", Rank.PLAIN if paused else Rank.LIKELY)
    opening = _open_action(scene, session.session_id, Rank.LIKELY if paused else Rank.PLAIN)
    doors = (opening,) if slot.has_lock else ()
    adds = () if scene.nav.visit is not None and scene.nav.visit.barred is not None else (add,)
    footer = (
        Action(_("Hold to finish"), Finish(session.session_id), "stop", Rank.DANGER, hold=True),
        *((*adds, *doors) if paused else (*doors, *adds)),
    )
    return SessionModel(
        header=header(scene, slot_title(slot), back=elsewhere(scene)),
        banner=banner(scene),
        footer=footer,
        time=words.running(session.remaining_s(scene.now)),
        time_note=_("of {time}").format(time=words.duration(session.granted_s)),
        left=round(left_ms / (session.granted_s * 1000) * RING_STEPS * 4) / (RING_STEPS * 4)
        if session.granted_s
        else 0.0,
        tone=tone,
        icon=icon,
        word=word,
        lines=lines,
        current=_current(session.mA),
        energy=_("{watt_hours:.1f} Wh").format(watt_hours=session.energy_mWh / 1000),
        trace=scene.traces.points(session.session_id),
    )


def _current(mA: float | None) -> str:
    if mA is None:
        return _("no reading")
    if mA < FINE_MA:
        return _("{milliamps:.0f} mA").format(milliamps=max(0.0, mA))
    return _("{amps:.1f} A").format(amps=mA / 1000)


def _condition(scene: Scene, slot: SlotView, session: SessionView) -> tuple[Tone, str, str, tuple[str, ...]]:
    if slot.state is SlotState.SUSPENDED_EVSE:
        return Tone.WARN, "pause", _("Paused"), _why_withheld(scene, slot, session)
    if slot.state is SlotState.SUSPENDED_EV:
        return Tone.WARN, "pause", _("Paused"), _why_not_drawing(scene, slot, session)
    if slot.door_open:
        return Tone.WARN, "door", _("Charging"), (_("Please shut the door."), _("Then you can walk away."))
    walk = (_("You can walk away."), _("Come back with your card."))
    if session.verdict == "full":
        return Tone.GOOD, "check", _("Full"), (_("Your phone is full."), _("Take it whenever you like."))
    return Tone.GOOD, "bolt", _("Charging"), walk


def _why_withheld(scene: Scene, slot: SlotView, session: SessionView) -> tuple[str, ...]:
    nothing_lost = _("Your time is paused, nothing is lost.")
    if scene.view.mode is Mode.PAUSED:
        return _("The kiosk is being checked."), nothing_lost, _("It goes on once that is safe.")
    if session.mA is None or session.verdict == "stale":
        first = _("Slot {number} cannot feel your phone.").format(number=slot.number)
    else:
        first = _("Slot {number} cannot charge right now.").format(number=slot.number)
    return first, nothing_lost, _("Staff have been told.")


def _why_not_drawing(scene: Scene, slot: SlotView, session: SessionView) -> tuple[str, ...]:
    first = _("Your phone draws no power.")
    if slot.door_open or session.verdict in ("unplugged", "unplugged_prompt"):
        first = _("Is your phone still plugged in?")
    lines = [first, _("Your time is paused, nothing is lost.")]
    if session.deadline is not None:
        wait = words.about(seconds_until(session.deadline, scene.now))
        lines.append(_("We wait {time} for it.").format(time=wait))
    return tuple(lines)


def over(scene: Scene, slot: SlotView, session: SessionView) -> MessageModel:
    """How to get the phone: the power is off for good, the door stays shut until its owner says so."""
    door = _door_countdown(scene, slot)
    is_open = door is not None or slot.door_open is True
    stuck = slot.state is not SlotState.FINISHING
    footer = [Action(_("Sign out"), SignOut(), "leave"), _all_slots(scene)]
    if slot.has_lock and not stuck:
        footer.append(_open_action(scene, session.session_id, Rank.PLAIN if is_open else Rank.LIKELY))
    number = slot.number
    if stuck:
        title, lines = _("The door is stuck"), [_("Your phone is safe."), _("Staff have been told and will open it.")]
    elif is_open:
        title, lines = _("Slot {number} is open").format(number=number), [_("Take your phone and shut the door.")]
    elif session.stop_reason in ("EVDisconnected", "Timeout"):
        title, lines = _over_title(session), [_("Is something of yours still in slot {number}?").format(number=number)]
    elif slot.has_lock:
        title, lines = _over_title(session), [_("Open the door and take your phone."), _safe(number)]
    else:
        title, lines = _over_title(session), [_("Please take your phone from slot {number}.").format(number=number)]
    if session.returned_s > 0:
        returned = words.duration(session.returned_s)
        lines.append(_("{time} went back to your card.").format(time=returned))
    return MessageModel(
        name="door_open" if is_open and not stuck else "finished",
        header=header(scene, slot_title(slot)),
        banner=banner(scene),
        footer=tuple(footer),
        icon="warning" if stuck else "door" if is_open else "phone",
        tone=Tone.WARN if stuck else Tone.GOOD if is_open else Tone.CALM,
        title=title,
        lines=tuple(lines),
        ring=door,
    )


def _all_slots(scene: Scene) -> Action:
    way = elsewhere(scene)
    if isinstance(way, ShowBoard):
        return Action(_("All slots"), way, "board")
    return Action(_("My phones"), way, "phone")


def _safe(number: int) -> str:
    return _("Your phone is safe in slot {number}.").format(number=number)


def _over_title(session: SessionView) -> str:
    match session.stop_reason:
        case "TimeLimitReached":
            return _("Your time is over")
        case "EVDisconnected":
            return _("Your phone was unplugged")
        case "StoppedByEV":
            return _("Your phone stopped charging")
        case "Timeout":
            return _("No phone was plugged in")
        case "PowerLoss":
            return _("The power was gone")
        case "OvercurrentFault" | "EmergencyStop":
            return _("Stopped for safety")
        case "MasterPass" | "Remote":
            return _("Stopped by the staff")
        case _:
            return _("Finished")


def help_screen(scene: Scene) -> MessageModel:
    """What to try when the phone is not felt."""
    return MessageModel(
        name="help",
        header=header(scene, _("Help")),
        banner=banner(scene),
        footer=(Action(_("Back"), Back(), "left", Rank.LIKELY),),
        icon="help",
        tone=Tone.CALM,
        title=_("Nothing happens?"),
        lines=(
            _("Push the plug in until it clicks."),
            _("A thick cover may keep the plug out."),
            _("Unused time always goes back to your card."),
        ),
    )


def _door_countdown(scene: Scene, slot: SlotView) -> Countdown | None:
    until = slot.door_open_left_until
    if until is None or until <= scene.now:
        return None
    seconds = seconds_until(until, scene.now)
    return Countdown(share_left(until, scene.site.door_open_s, scene.now), str(seconds), Tone.GOOD)


def _waits(scene: Scene, kind: type) -> bool:
    return isinstance(scene.nav.waiting, kind)


def _open_action(scene: Scene, session: SessionId, rank: Rank) -> Action:
    """May be touched again whatever the door seems to be: pushed shut since, perhaps, or its switch broken."""
    opening = _waits(scene, OpenDoor)
    text = _("Opening…") if opening else _("Open door")
    return Action(text, OpenDoor(session), "door", rank, enabled=not opening)
