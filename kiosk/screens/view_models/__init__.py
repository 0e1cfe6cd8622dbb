"""From the kiosk's picture and the customer's place to what the screen shows. Pure: no Tk, no clock of its own."""

from kiosk.screens.models import AnyModel
from kiosk.screens.navigation import Place, shown_session
from kiosk.screens.view_models.board import home, picker
from kiosk.screens.view_models.charging import help_screen, session_screen
from kiosk.screens.view_models.choosing import add_time, time_choice
from kiosk.screens.view_models.common import Scene
from kiosk.screens.view_models.idle import nobody_here
from kiosk.screens.view_models.water import water_screen

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
            return _own_session(scene) or home(scene, visit)
        case Place.PICKER:
            return picker(scene, visit)
        case Place.WATER:
            return water_screen(scene, visit, scene.view.water) if scene.view.water else home(scene, visit)
        case Place.HELP:
            return help_screen(scene)
        case Place.HOME:
            pass
    return home(scene, visit)


def _own_session(scene: Scene) -> AnyModel | None:
    session = shown_session(scene.nav, scene.view)
    slot = scene.view.slot(session.slot) if session is not None else None
    return session_screen(scene, slot, session) if session is not None and slot is not None else None
