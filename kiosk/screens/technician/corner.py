"""The hidden corner: nothing to see, and nothing happens unless a finger rests there for three seconds."""

from kiosk.screens.geometry import Box
from kiosk.screens.page import Page
from kiosk.screens.technician.acts import HoldCorner

HOLD_MS = 3_000
SIDE = 72


class Corner:
    """The upper left corner of a page."""

    def __init__(self, page: Page) -> None:
        side = page.theme.px(SIDE)
        self._page = page
        self.box, self.enabled = Box(0, 0, side, side), True
        self._job: str | None = None
        page.touchables.append(self)

    def press(self) -> None:
        self._job = self._page.after(HOLD_MS, self._held)

    def release(self) -> None:
        self.cancel()

    def cancel(self) -> None:
        if self._job is not None:
            self._page.after_cancel(self._job)
            self._job = None

    def _held(self) -> None:
        self._job = None
        self._page.on_intent(HoldCorner())
