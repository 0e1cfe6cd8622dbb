"""The board of slots."""

from kiosk.screens.footer import TurnPart
from kiosk.screens.geometry import Box
from kiosk.screens.models import HomeModel
from kiosk.screens.pages.base import ScreenPage
from kiosk.screens.tiles import TilePart


class HomePage(ScreenPage[HomeModel]):
    """Up to four tall tiles in a row, up to eight flat ones in two; two in a row on an upright screen."""

    def build(self) -> None:
        self._tiles: list[TilePart] = []
        self._grid = 0
        self._turn = TurnPart(self, self.footer.middle)

    def show_actions(self, model: HomeModel) -> None:
        """Two actions leave the middle to the pages."""
        self.footer.set(model.footer, keep_middle=model.turn is not None)
        self._turn.set(model.turn)

    def draw(self, model: HomeModel) -> None:
        count = len(model.tiles)
        if model.turn is not None:
            count = max(count, self._grid)
        if (len(self._tiles), self._grid) != (len(model.tiles), count):
            self._lay_out(len(model.tiles), count)
        for part, tile in zip(self._tiles, model.tiles, strict=True):
            part.set(tile)

    def _lay_out(self, count: int, grid: int) -> None:
        """A board has the same number of slots for good; only its last page, if there are several, has fewer, and
        keeps the places of the others.
        """
        for part in self._tiles:
            part.remove()
        self._grid = grid
        self._tiles = [TilePart(self, box) for box in self._places(grid)[:count]]

    def _places(self, count: int) -> list[Box]:
        body, gap = self.body, self.gap
        if self.theme.upright:
            rows = max(2, -(-count // 2))
            return [box for row in body.rows(rows, gap) for box in row.columns(2, gap)]
        if count <= 4:
            return body.columns(max(2, count), gap)
        return [box for row in body.rows(2, gap) for box in row.columns(-(-count // 2), gap)]
