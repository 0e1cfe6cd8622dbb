"""The slots: how a state looks, and the tile of a slot on the board."""

from kiosk.screens.geometry import Box
from kiosk.screens.models import Rank, Tile, TileKind
from kiosk.screens.page import Page
from kiosk.screens.parts import Card
from kiosk.screens.shapes import Icon, Plate
from kiosk.screens.theme import Palette, Type
from kiosk.screens.writing import Figures, Text

TILE_ICONS = {
    TileKind.FREE: "free",
    TileKind.YOURS: "yours",
    TileKind.PAUSED: "pause",
    TileKind.NEEDS_YOU: "phone",
    TileKind.IN_USE: "padlock",
    TileKind.OUT_OF_ORDER: "wrench",
}


def tile_colour(colours: Palette, kind: TileKind) -> str:
    """The accent of a slot's state."""
    return {
        TileKind.FREE: colours.go,
        TileKind.YOURS: colours.yours,
        TileKind.PAUSED: colours.yours,
        TileKind.NEEDS_YOU: colours.warn,
        TileKind.IN_USE: colours.busy,
        TileKind.OUT_OF_ORDER: colours.busy,
    }[kind]


class TilePart(Card):
    """A slot on the board. Tall tiles have a button, roomy ones also time and cable; flat ones show what matters."""

    TALL, ROOMY = 220, 280

    def __init__(self, page: Page, box: Box) -> None:
        super().__init__(page, box)
        theme, colours = page.theme, page.theme.colours
        self._tile: Tile | None = None
        self._tall = box.h >= theme.px(self.TALL)
        self._roomy = box.h >= theme.px(self.ROOMY)
        inner = box.inset(theme.px(14), theme.px(14 if self._tall else 7))
        top = inner.top(theme.px(48) if self._tall else theme.lines(Type.FIGURE) - theme.px(6))
        self._number = Text(page, top.left(inner.w // 2), Type.COUNT if self._tall else Type.FIGURE, colours.text)
        icon = 38 if self._tall else 28
        self._icon = Icon(page, inner.right - theme.px(icon) // 2, top.cy, icon, colours.text, self.fill)
        rest = inner.below(top.h + theme.px(6 if self._tall else 0))
        two = self._roomy and theme.large
        word_h = theme.lines(Type.STRONG, 2) if two else theme.lines(self._word_kind)
        self._word = Text(page, rest.top(word_h), self._word_kind, colours.text, wrap=two)
        small = Type.BODY if self._tall else Type.CAPTION
        line = rest.below(word_h).top(theme.lines(small))
        self._plug = Text(page, line, small, colours.muted)
        self._both = self._roomy and not theme.large
        below = rest.below(word_h + line.h).top(theme.lines(Type.FIGURE)) if self._both else line
        self._figure = Figures(page, below, Type.FIGURE if self._tall else Type.SMALL_FIGURE, colours.text, "left")
        pill = inner.bottom_part(theme.px(56 if self._roomy else 48))
        room = inner.bottom - below.y - (pill.h if self._tall else 0)
        self._detail = Text(page, Box(below.x, below.y, below.w, room), small, colours.text, down="top", wrap=True)
        self._pill = Plate(page, pill, colours.go, self.fill)
        self._button = Text(page, pill.inset(theme.px(6), 0), Type.BUTTON, colours.ink, "middle")

    @property
    def _word_kind(self) -> Type:
        return Type.TITLE if self._tall else Type.BUTTON

    def set(self, tile: Tile) -> None:
        """Shows a slot."""
        if tile == self._tile:
            return
        before, self._tile = self._tile, tile
        self.enabled, self.intent = True, tile.intent
        colours = self.page.theme.colours
        accent = tile_colour(colours, tile.kind)
        quiet = tile.kind in (TileKind.IN_USE, TileKind.OUT_OF_ORDER)
        self._number.set(str(tile.number), colours.muted if quiet else colours.text)
        self._word.set(tile.word, accent)
        second = "" if not self._both and (tile.figure or tile.detail) else tile.plug
        self._plug.set(second)
        self._figure.set(tile.figure)
        self._detail.set(tile.detail, colours.muted if quiet else colours.text)
        likely = tile.rank is Rank.LIKELY
        self._button.set(tile.button if self._tall else "", colours.ink if likely else colours.text)
        seen = (tile.kind, bool(tile.button), tile.rank)
        if before is None or (before.kind, bool(before.button), before.rank) != seen:
            self.page.show_items(self._pill.items, self._tall and bool(tile.button))
            self.set_look(colours.surface, colours.line if quiet else colours.edge(accent))

    def recolour(self, fill: str) -> None:
        super().recolour(fill)
        if self._tile is not None:
            accent = tile_colour(self.page.theme.colours, self._tile.kind)
            self._icon.set(TILE_ICONS[self._tile.kind], accent, fill)
            likely = self._tile.rank is Rank.LIKELY
            self._pill.paint(accent if likely else self.page.theme.colours.raised, fill)
