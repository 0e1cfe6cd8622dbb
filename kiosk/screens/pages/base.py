"""What every screen has: header on top, notice over it, actions at the bottom, and room between."""

from typing import Generic, TypeVar

from kiosk.screens.buttons import Footer
from kiosk.screens.geometry import Box
from kiosk.screens.models import Screen
from kiosk.screens.page import Ink, OnIntent, Page
from kiosk.screens.parts import SIGN_OUT_W, BannerPart, HeaderPart
from kiosk.screens.theme import FOOTER, GAP, HEADER, MARGIN

Model = TypeVar("Model", bound=Screen)


class ScreenPage(Page, Generic[Model]):
    """A passive screen: `render` takes a model and changes what differs from the last one."""

    SIGNED_IN = True
    """Whether the header has the sign-out ring, which a notice must not cover."""

    def __init__(self, master: object, ink: Ink, box: Box, on_intent: OnIntent) -> None:
        super().__init__(master, ink, box, on_intent)  # type: ignore[arg-type]  # any Tk widget
        theme = ink.theme
        self.gap = theme.px(GAP)
        margin = theme.px(MARGIN)
        inner = box.inset(margin, theme.px(10))
        self._header = HeaderPart(self, inner.top(theme.px(HEADER)))
        self._footer = Footer(self, inner.bottom_part(theme.px(FOOTER)))
        body = inner.below(theme.px(HEADER) + self.gap)
        self.full_body = body.above(theme.px(4))
        """The room where there is no footer."""
        self.body = body.above(theme.px(FOOTER) + theme.px(16))
        """The room between header and footer."""
        self.build()
        head = inner.top(theme.px(HEADER))
        self._banner = BannerPart(self, head.before(theme.px(SIGN_OUT_W) + self.gap) if self.SIGNED_IN else head)
        self._model: Model | None = None

    def build(self) -> None:
        """Puts the screen's own parts on the page; once."""
        raise NotImplementedError

    def draw(self, model: Model) -> None:
        """Brings the screen's own parts to the model."""
        raise NotImplementedError

    def render(self, model: Model) -> None:
        """Shows the model; costs nothing when it is the one already shown."""
        if model == self._model:
            return
        self._model = model
        self._header.set(model.header)
        self.draw(model)
        self._footer.set(model.footer)
        self._banner.set(model.banner)

    def entered(self) -> None:
        """The page is shown now; those that move something begin here."""

    def settle(self) -> None:
        """Shows what moves at the end of its movement."""

    def leave(self) -> None:
        """The page is hidden now; those that move something stop here."""
        super().leave()
