"""The parts that screens share: header, notice, coins, and whatever is touched as a whole."""

from kiosk.screens.geometry import Box
from kiosk.screens.intents import Intent, SignOut
from kiosk.screens.models import Banner, Coin, Header
from kiosk.screens.notices import Tone
from kiosk.screens.page import Page
from kiosk.screens.shapes import Icon, Plate, Ring
from kiosk.screens.theme import GAP, TARGET, Palette, Theme, Type, mix
from kiosk.screens.writing import Figures, Paragraphs, Text

FIRST_ROW, BETWEEN_ROWS = 50, 6
"""On an upright screen the header has a second row: what one has, below where one is."""


def tone_colour(colours: Palette, tone: Tone) -> str:
    """The colour that goes with a tone; its icon and words go with it too."""
    return {Tone.GOOD: colours.go, Tone.CALM: colours.yours, Tone.WARN: colours.warn, Tone.BAD: colours.stop}[tone]


TONE_ICONS = {Tone.GOOD: "check", Tone.CALM: "info", Tone.WARN: "warning", Tone.BAD: "warning"}


def sign_out_width(theme: Theme) -> int:
    """How wide the ring that signs out is, with its figures."""
    return theme.px(132 if theme.large else 112)


class HeaderPart:
    """Where am I, what do I have, and the ring that signs out: by itself, or when touched."""

    def __init__(self, page: Page, box: Box) -> None:
        self._page = page
        theme, colours = page.theme, page.theme.colours
        gap = theme.px(GAP)
        row = box.bottom_part(theme.px(TARGET)) if theme.upright else box.middle(box.w, theme.px(TARGET))
        right = row.right_part(sign_out_width(theme))
        balance = row.before(right.w + gap)
        if theme.upright:
            title = wide_title = box.top(theme.px(FIRST_ROW))
        else:
            balance = balance.right_part(theme.px(216 if theme.large else 196))
            title, wide_title = row.before(right.w + balance.w + 2 * gap), row
        arrow = theme.px(TARGET)
        # On an upright screen the row is lower than a fingertip: what feels the finger reaches above it.
        self._back = BackPart(page, Box(title.x, title.bottom - arrow, arrow, arrow), title.left(arrow))
        self._title = Text(page, title, Type.TITLE, colours.text, wrap=True)
        self._title_after = Text(page, title.after(arrow + gap), Type.TITLE, colours.text, wrap=True)
        self._wide_title = Text(page, wide_title, Type.TITLE, colours.text, wrap=True)
        self._balance_plate = Plate(page, balance, colours.surface, colours.night)
        self._card = Icon(page, balance.x + theme.px(30), balance.cy, 28, colours.go, colours.surface, "card")
        self._balance = Text(page, balance.after(theme.px(54)).before(theme.px(6)), Type.STRONG, colours.text)
        self._sign_out = SignOutPart(page, right)
        self._balance_items = [*self._balance_plate.items, *self._card.items, *self._balance.items]
        self._signed_in = True

    def set(self, header: Header, *, bannered: bool = False) -> None:
        """Shows who and what; neither title nor arrow where a notice would cover part of them."""
        signed_in = bool(header.balance)
        title = "" if bannered and self._page.theme.upright else header.title
        if signed_in != self._signed_in:
            self._signed_in = signed_in
            self._page.show_items(self._balance_items, signed_in)
        self._title.set(title if signed_in and header.back is None else "")
        self._title_after.set(title if header.back is not None else "")
        self._back.set(None if bannered and self._page.theme.upright else header.back)
        self._wide_title.set("" if signed_in else title)
        self._balance.set(header.balance)
        self._sign_out.set(header)


class BackPart:
    """The arrow before the title, or the sign of the way out. ``box`` feels the finger, ``plate`` is what is seen of
    it."""

    def __init__(self, page: Page, box: Box, plate: Box) -> None:
        colours = page.theme.colours
        self._page, self.box, self.enabled = page, box, False
        self.intent: Intent | None = None
        self._plate = Plate(page, plate, colours.raised, colours.night)
        self._icon = Icon(page, plate.cx, plate.cy, 30, colours.text, colours.raised, "left")
        page.show_items([*self._plate.items, *self._icon.items], False)
        page.touchables.append(self)

    def set(self, intent: Intent | None) -> None:
        """Shows what leads there, or nothing."""
        if intent != self.intent:
            self.intent = intent
            self._paint(self._page.theme.colours.raised)
        if self.enabled != (intent is not None):
            self.enabled = intent is not None
            self._page.show_items([*self._plate.items, *self._icon.items], self.enabled)

    def press(self) -> None:
        self._paint(mix(self._page.theme.colours.raised, self._page.theme.colours.text, 0.2))

    def cancel(self) -> None:
        self._paint(self._page.theme.colours.raised)

    def release(self) -> None:
        self.cancel()
        if self.intent is not None:
            self._page.on_intent(self.intent)

    def _paint(self, fill: str) -> None:
        self._plate.paint(fill)
        icon = "leave" if isinstance(self.intent, SignOut) else "left"
        self._icon.set(icon, self._page.theme.colours.text, fill)


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
            self._ring.set(count.left, colours.warn if urgent else colours.muted, colours.track)
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
        room = box.after(theme.px(64)).before(theme.px(GAP)).inset(0, theme.px(2))
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
            colours = self._page.theme.colours
            colour = tone_colour(colours, banner.tone)
            fill = colours.wash(colour, 0.82)
            self._frame.paint(fill, line=colour)
            self._icon.set(TONE_ICONS[banner.tone], colour, fill)
            self._text.set(banner.text)


class CoinPart:
    """A coin with its value on it, and beside it what it buys."""

    def __init__(self, page: Page, box: Box, ground: str, big: bool = False) -> None:
        theme, colours = page.theme, page.theme.colours
        size = min(box.h, theme.px(84 if big else 52))
        disc = Box(box.x, box.cy - size // 2, size, size)
        self._ring = Ring(page, disc, 5 if big else 3, ground)
        self._ring.set(1.0, colours.warn, ground)
        face, buys = (Type.BUTTON, Type.TITLE) if big else (Type.STRONG, Type.BODY)
        self._face = Text(page, disc.inset(theme.px(4), 0), face, colours.warn, "middle")
        self._buys = Text(page, box.after(size + theme.px(14 if big else 8)), buys, colours.text)
        self.items = [*self._ring.items, *self._face.items, *self._buys.items]

    def set(self, coin: Coin) -> None:
        """Shows a coin."""
        self._face.set(coin.face)
        self._buys.set(coin.buys)


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
            if isinstance(part, Plate | Text | Figures | Paragraphs | Icon):
                self.page.forget(part.items)
            if isinstance(part, Text | Figures | Paragraphs):
                self.page.texts.remove(part)

    def press(self) -> None:
        self.recolour(mix(self.fill, self.page.theme.colours.text, 0.16))

    def cancel(self) -> None:
        self.recolour(self.fill)

    def release(self) -> None:
        self.cancel()
        if self.intent is not None:
            self.page.on_intent(self.intent)
