"""From the kiosk's picture and the customer's place to what the screen shows. Pure: no Tk, no clock of its own."""

from kiosk.screens.models import AnyModel
from kiosk.screens.navigation import Place, shown_session
from kiosk.screens.view_models.board import home, picker
from kiosk.screens.view_models.charging import help_screen, session_screen
from kiosk.screens.view_models.choosing import add_time, time_choice
from kiosk.screens.view_models.common import Scene
from kiosk.screens.view_models.idle import nobody_here

__all__ = ["Scene", "build_screen"]


def build_screen(scene: Scene) -> AnyModel:
    """The one screen to show now, in the current language. Never fails for a place the view has outrun: then it is
    home.
    """
    visit = scene.nav.visit
    if visit is None:
        return nobody_here(scene)
    match scene.nav.place:
        case Place.TIME:
            slot = scene.view.slot(scene.nav.slot) if scene.nav.slot is not None else None
            if slot is not None:
                return time_choice(scene, visit, slot)
        case Place.ADD_TIME:
            return add_time(scene, visit)
        case Place.SESSION:
            session = shown_session(scene.nav, scene.view)
            place = scene.view.slot(session.slot) if session is not None else None
            if session is not None and place is not None:
                return session_screen(scene, place, session)
        case Place.PICKER:
            return picker(scene, visit)
        case Place.HELP:
            return help_screen(scene)
        case Place.HOME:
            pass
    return home(scene, visit)
