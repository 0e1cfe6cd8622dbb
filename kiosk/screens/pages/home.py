"""The board of slots."""

from kiosk.screens.geometry import Box
from kiosk.screens.models import HomeModel
from kiosk.screens.pages.base import ScreenPage
from kiosk.screens.parts import TilePart


class HomePage(ScreenPage[HomeModel]):
    """Up to four tall tiles in a row, up to eight flat ones in two."""

    def build(self) -> None:
        self._tiles: list[TilePart] = []

    def draw(self, model: HomeModel) -> None:
        if len(self._tiles) != len(model.tiles):
            self._lay_out(len(model.tiles))
        for part, tile in zip(self._tiles, model.tiles, strict=True):
            part.set(tile)

    def _lay_out(self, count: int) -> None:
        """A board has the same number of slots for good; only its last page, if there are several, has fewer."""
        for part in self._tiles:
            part.remove()
        self._tiles = [TilePart(self, box) for box in _grid(self.body, count, self.gap)]


def _grid(body: Box, count: int, gap: int) -> list[Box]:
    if count <= 4:
        return body.columns(max(2, count), gap)[:count]
    columns = -(-count // 2)
    return [box for row in body.rows(2, gap) for box in row.columns(columns, gap)][:count]
