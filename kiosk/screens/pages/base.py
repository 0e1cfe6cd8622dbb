"""What every screen has: header on top, notice over it, actions at the bottom, and room between."""

from typing import Generic, TypeVar

from kiosk.screens.footer import Footer, footer_height
from kiosk.screens.geometry import Box
from kiosk.screens.models import Screen
from kiosk.screens.page import Ink, OnIntent, Page
from kiosk.screens.parts import BETWEEN_ROWS, FIRST_ROW, BannerPart, HeaderPart, sign_out_width
from kiosk.screens.theme import GAP, HEADER, MARGIN, TARGET

Model = TypeVar("Model", bound=Screen)


class ScreenPage(Page, Generic[Model]):
    """A passive screen: `render` takes a model and changes what differs from the last one."""

    SIGNED_IN = True
    """Whether the header has the sign-out ring, which a notice must not cover."""
    LEADS_BACK = False
    """Whether it has the arrow before the title, which a notice must not cover either."""

    def __init__(self, master: object, ink: Ink, box: Box, on_intent: OnIntent) -> None:
        super().__init__(master, ink, box, on_intent)  # type: ignore[arg-type]  # any Tk widget
        theme = ink.theme
        self.gap = theme.px(GAP)
        margin = theme.px(MARGIN)
        inner = box.inset(margin, theme.px(10))
        high = theme.px(FIRST_ROW + BETWEEN_ROWS + TARGET) if theme.upright else theme.px(HEADER)
        self.head = inner.top(high)
        """The room of the header."""
        self._header = HeaderPart(self, self.head)
        low = footer_height(theme)
        self.footer = Footer(self, inner.bottom_part(low))
        body = inner.below(high + self.gap)
        self.full_body = body.above(theme.px(4))
        """The room where there is no footer."""
        self.body = body.above(low + theme.px(16))
        """The room between header and footer."""
        self.build()
        self._banner = BannerPart(self, self._banner_room())
        self._model: Model | None = None

    def _banner_room(self) -> Box:
        """The room of a notice: the header, as far as it is not to be touched."""
        theme = self.theme
        beside = self.head.before(sign_out_width(theme) + self.gap) if self.SIGNED_IN else self.head
        # On an upright screen no room would be left: there the arrow waits until the notice is gone.
        return beside.after(theme.px(TARGET) + self.gap) if self.LEADS_BACK and not theme.upright else beside

    def build(self) -> None:
        """Puts the screen's own parts on the page; once."""
        raise NotImplementedError

    def draw(self, model: Model) -> None:
        """Brings the screen's own parts to the model."""
        raise NotImplementedError

    def show_actions(self, model: Model) -> None:
        """Shows the footer."""
        self.footer.set(model.footer)

    def render(self, model: Model) -> None:
        """Shows the model; costs nothing when it is the one already shown."""
        if model == self._model:
            return
        self._model = model
        self._header.set(model.header, bannered=model.banner is not None)
        self.draw(model)
        self.show_actions(model)
        self._banner.set(model.banner)

    def entered(self) -> None:
        """The page is shown now; those that move something begin here."""

    def settle(self) -> None:
        """Shows what moves at the end of its movement."""

    def leave(self) -> None:
        """The page is hidden now; those that move something stop here."""
        super().leave()
