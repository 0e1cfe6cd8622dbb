"""The parts that screens share: header, notice, tiles, choices, coins."""

from kiosk.screens.geometry import Box
from kiosk.screens.intents import Intent, SignOut
from kiosk.screens.models import Banner, Coin, Header, Rank, Tile, TileKind
from kiosk.screens.notices import Tone
from kiosk.screens.page import Page
from kiosk.screens.shapes import Figures, Icon, Plate, Ring, Text
from kiosk.screens.theme import GAP, TARGET, Palette, Type, mix

BALANCE_W = 196
SIGN_OUT_W = 112


def tone_colour(colours: Palette, tone: Tone) -> str:
    """The colour that goes with a tone; its icon and words go with it too."""
    return {Tone.GOOD: colours.go, Tone.CALM: colours.yours, Tone.WARN: colours.warn, Tone.BAD: colours.stop}[tone]


TONE_ICONS = {Tone.GOOD: "check", Tone.CALM: "info", Tone.WARN: "warning", Tone.BAD: "warning"}


class HeaderPart:
    """Where am I, what do I have, and the ring that signs out: by itself, or when touched."""

    def __init__(self, page: Page, box: Box) -> None:
        self._page = page
        theme, colours = page.theme, page.theme.colours
        gap, target = theme.px(GAP), theme.px(TARGET)
        row = box.middle(box.w, target)
        self._signed_out_box = row
        self._title = Text(page, row.before(theme.px(BALANCE_W + SIGN_OUT_W) + 2 * gap), Type.TITLE, colours.text)
        self._wide_title = Text(page, row, Type.TITLE, colours.text)
        right = row.right_part(theme.px(SIGN_OUT_W))
        balance = row.before(right.w + gap).right_part(theme.px(BALANCE_W))
        self._balance_plate = Plate(page, balance, colours.surface, colours.night)
        self._card = Icon(page, balance.x + theme.px(30), balance.cy, 28, colours.go, colours.surface, "card")
        self._balance = Text(page, balance.after(theme.px(54)).before(gap), Type.STRONG, colours.text)
        self._sign_out = SignOutPart(page, right)
        self._balance_items = [*self._balance_plate.items, *self._card.items, *self._balance.items]
        self._signed_in = True

    def set(self, header: Header) -> None:
        """Shows who and what."""
        signed_in = bool(header.balance)
        if signed_in != self._signed_in:
            self._signed_in = signed_in
            self._page.show_items(self._balance_items, signed_in)
        self._title.set(header.title if signed_in else "")
        self._wide_title.set("" if signed_in else header.title)
        self._balance.set(header.balance)
        self._sign_out.set(header)


class SignOutPart:
    """The ring that shows when the screen signs out."""

    def __init__(self, page: Page, box: Box) -> None:
        theme, colours = page.theme, page.theme.colours
        self._page, self.box, self.enabled = page, box, False
        self._plate = Plate(page, box, colours.surface, colours.night)
        ring = theme.px(28)
        self._ring = Ring(page, Box(box.x + theme.px(14), box.cy - ring // 2, ring, ring), 4, colours.surface)
        self._text = Text(page, box.after(theme.px(52)).before(theme.px(8)), Type.SMALL_FIGURE, colours.text)
        self._items = [*self._plate.items, *self._ring.items, *self._text.items]
        self._shown = True
        page.touchables.append(self)

    def set(self, header: Header) -> None:
        """Shows how long until it signs out; nothing where nobody is signed in."""
        count = header.sign_out
        if (count is not None) != self._shown:
            self._shown = self.enabled = count is not None
            self._page.show_items(self._items, self._shown)
        self.enabled = self._shown
        if count is not None:
            colours = self._page.theme.colours
            urgent = count.tone is Tone.WARN
            self._ring.set(count.left, colours.warn if urgent else colours.muted, colours.line)
            self._text.set(count.text, colours.warn if urgent else colours.text)

    def press(self) -> None:
        self._plate.paint(mix(self._page.theme.colours.surface, self._page.theme.colours.text, 0.2))

    def cancel(self) -> None:
        self._plate.paint(self._page.theme.colours.surface)

    def release(self) -> None:
        self.cancel()
        self._page.on_intent(SignOut())


class BannerPart:
    """A notice, over the title for as long as it is told, so that nothing else on the screen moves."""

    def __init__(self, page: Page, box: Box) -> None:
        theme, colours = page.theme, page.theme.colours
        self._page = page
        self._frame = Plate(page, box, colours.surface, colours.night, line=colours.yours)
        self._icon = Icon(page, box.x + theme.px(34), box.cy, 30, colours.yours, colours.surface)
        room = box.after(theme.px(64)).before(theme.px(GAP)).inset(0, theme.px(3))
        self._text = Text(page, room, Type.BODY, colours.text, wrap=True)
        self._items = [*self._frame.items, *self._icon.items, *self._text.items]
        self._banner: Banner | None = None
        page.show_items(self._items, False)

    def set(self, banner: Banner | None) -> None:
        """Shows a notice, or none."""
        if banner == self._banner:
            return
        if (banner is None) != (self._banner is None):
            self._page.show_items(self._items, banner is not None)
            for item in self._items if banner is not None else ():
                self._page.tag_raise(item)
        self._banner = banner
        if banner is not None:
            colour = tone_colour(self._page.theme.colours, banner.tone)
            fill = mix(colour, self._page.theme.colours.night, 0.82)
            self._frame.paint(fill, line=colour)
            self._icon.set(TONE_ICONS[banner.tone], colour, fill)
            self._text.set(banner.text)


class CoinPart:
    """A coin with its value on it, and beside it what it buys."""

    def __init__(self, page: Page, box: Box, ground: str, large: bool = False) -> None:
        theme, colours = page.theme, page.theme.colours
        size = min(box.h, theme.px(84 if large else 52))
        disc = Box(box.x, box.cy - size // 2, size, size)
        self._ring = Ring(page, disc, 5 if large else 3, ground)
        self._ring.set(1.0, colours.warn, ground)
        face, buys = (Type.BUTTON, Type.TITLE) if large else (Type.STRONG, Type.BODY)
        self._face = Text(page, disc.inset(theme.px(6)), face, colours.warn, "middle")
        self._buys = Text(page, box.after(size + theme.px(14 if large else 8)), buys, colours.text)
        self.items = [*self._ring.items, *self._face.items, *self._buys.items]

    def set(self, coin: Coin) -> None:
        """Shows a coin."""
        self._face.set(coin.face)
        self._buys.set(coin.buys)


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


class Card:
    """Something touchable with an outline: a tile, a row, a choice. It lights up under the finger."""

    def __init__(self, page: Page, box: Box) -> None:
        colours = page.theme.colours
        self.page, self.box, self.enabled = page, box, False
        self.intent: Intent | None = None
        self.fill, self.line = colours.surface, colours.line
        self.frame = Plate(page, box, self.fill, colours.night, line=self.line)
        page.touchables.append(self)

    def set_look(self, fill: str, line: str) -> None:
        """Changes its colours."""
        self.fill, self.line = fill, line
        self.recolour(fill)

    def recolour(self, fill: str) -> None:
        """Paints it; subclasses paint what lies on it too."""
        self.frame.paint(fill, line=self.line)

    def remove(self) -> None:
        """Takes it off the page for good."""
        self.page.touchables.remove(self)
        for part in vars(self).values():
            if isinstance(part, Plate | Text | Figures | Icon):
                self.page.forget(part.items)
            if isinstance(part, Text | Figures):
                self.page.texts.remove(part)

    def press(self) -> None:
        self.recolour(mix(self.fill, self.page.theme.colours.text, 0.16))

    def cancel(self) -> None:
        self.recolour(self.fill)

    def release(self) -> None:
        self.cancel()
        if self.intent is not None:
            self.page.on_intent(self.intent)


class TilePart(Card):
    """A slot on the board. Tall tiles show everything; flat ones, where there are many slots, what matters."""

    def __init__(self, page: Page, box: Box) -> None:
        super().__init__(page, box)
        theme, colours = page.theme, page.theme.colours
        self._tile: Tile | None = None
        pad = theme.px(14)
        inner = box.inset(pad)
        self._tall = box.h >= theme.px(220)
        top = inner.top(theme.px(48 if self._tall else 36))
        self._number = Text(page, top.left(inner.w // 2), Type.COUNT if self._tall else Type.FIGURE, colours.text)
        icon = 38 if self._tall else 28
        self._icon = Icon(page, inner.right - theme.px(icon) // 2, top.cy, icon, colours.text, self.fill)
        rest = inner.below(top.h + theme.px(8 if self._tall else 2))
        word_h = theme.px(40 if self._tall else 32)
        self._word = Text(page, rest.top(word_h), Type.TITLE if self._tall else Type.BUTTON, colours.text)
        line = rest.below(word_h).top(theme.px(30 if self._tall else 28))
        self._plug = Text(page, line, Type.BODY if self._tall else Type.CAPTION, colours.muted)
        below = rest.below(word_h + line.h + theme.px(4)).top(theme.px(42)) if self._tall else line
        self._figure = Figures(page, below, Type.FIGURE if self._tall else Type.SMALL_FIGURE, colours.text, "left")
        self._detail = Text(page, below, Type.BODY if self._tall else Type.CAPTION, colours.text)
        pill = inner.bottom_part(theme.px(56))
        self._pill = Plate(page, pill, colours.go, self.fill)
        self._button = Text(page, pill, Type.BUTTON, colours.ink, "middle")

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
        second = "" if not self._tall and (tile.figure or tile.detail) else tile.plug
        self._plug.set(second)
        self._figure.set(tile.figure)
        self._detail.set(tile.detail, colours.muted if quiet else colours.text)
        likely = tile.rank is Rank.LIKELY
        self._button.set(tile.button if self._tall else "", colours.ink if likely else colours.text)
        seen = (tile.kind, bool(tile.button), tile.rank)
        if before is None or (before.kind, bool(before.button), before.rank) != seen:
            self.page.show_items(self._pill.items, self._tall and bool(tile.button))
            self.set_look(colours.surface, colours.line if quiet else mix(accent, colours.surface, 0.35))

    def recolour(self, fill: str) -> None:
        super().recolour(fill)
        if self._tile is not None:
            accent = tile_colour(self.page.theme.colours, self._tile.kind)
            self._icon.set(TILE_ICONS[self._tile.kind], accent, fill)
            likely = self._tile.rank is Rank.LIKELY
            self._pill.paint(accent if likely else self.page.theme.colours.raised, fill)
