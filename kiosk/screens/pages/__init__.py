"""The screens themselves, one class a kind of model."""

from kiosk.screens.models import (
    AttractModel,
    HomeModel,
    MessageModel,
    PickerModel,
    PlugInModel,
    PourModel,
    Screen,
    SessionModel,
    TimeModel,
)
from kiosk.screens.pages.attract import AttractPage
from kiosk.screens.pages.base import ScreenPage
from kiosk.screens.pages.home import HomePage
from kiosk.screens.pages.message import MessagePage
from kiosk.screens.pages.picker import PickerPage
from kiosk.screens.pages.plot import PlotPage
from kiosk.screens.pages.plug_in import PlugInPage
from kiosk.screens.pages.pour import PourPage
from kiosk.screens.pages.session import SessionPage
from kiosk.screens.pages.technician import TechnicianPage
from kiosk.screens.pages.time_choice import TimePage
from kiosk.screens.technician.model import PlotModel, TechnicianModel

PAGES: dict[type[Screen], type[ScreenPage[Screen]]] = {
    AttractModel: AttractPage,
    HomeModel: HomePage,
    TimeModel: TimePage,
    PlugInModel: PlugInPage,
    SessionModel: SessionPage,
    PourModel: PourPage,
    MessageModel: MessagePage,
    PickerModel: PickerPage,
    TechnicianModel: TechnicianPage,
    PlotModel: PlotPage,
}
"""Which page shows which model, in the order in which they are built when there is time."""

__all__ = ["PAGES", "ScreenPage"]
