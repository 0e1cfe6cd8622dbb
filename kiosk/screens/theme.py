"""Colours, type and spacing, in one place. Every colour and size on a screen comes from here.

Sizes are written for the base screen, 800x480 (7-inch, 133 dpi, read at arm's length) or the same upright, and
multiplied by one factor for larger ones. Font sizes are negative, which in Tk means pixels: a display's claimed dpi
then changes nothing.

There are three palettes under the same names: dark, light, and high contrast. Large text makes what is read in
sentences larger by about a third; what is large already grows less, so that the layouts hold.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from math import ceil

BASE_LONG, BASE_SHORT = 800, 480
"""The sides of the screen that sizes are written for, lying or upright."""
TARGET = 60
"""Least height of anything to touch, and `GAP` least room between two of them: about 11 mm and 2 mm at 133 dpi."""
GAP = 12
MARGIN = 16
RADIUS = 16
HEADER = 64
LINE = 1.362
"""Height of a line of text in its size: ascent and descent of Noto Sans."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by what they mean, the same names in every theme."""

    night: str
    """Background of everything."""
    surface: str
    raised: str
    line: str
    track: str
    """What is gone of a ring, and the dots of other pages."""
    text: str
    muted: str
    go: str
    yours: str
    warn: str
    stop: str
    busy: str
    fade: float = 0.35
    """How much an outline in the colour of a state steps back."""

    @property
    def ink(self) -> str:
        """Text on a coloured button."""
        return self.night

    def edge(self, accent: str) -> str:
        """The outline of something in the state of that colour."""
        return mix(accent, self.surface, self.fade)

    def wash(self, accent: str, share: float = 0.84) -> str:
        """A ground that has a breath of that colour."""
        return mix(accent, self.night, share)


DARK = Palette(
    night="#0B1220",
    surface="#141E30",
    raised="#1C2940",
    line="#2A3A55",
    track="#2A3A55",
    text="#F2F6FC",
    muted="#9FB0C8",
    go="#36D399",
    yours="#4CC2FF",
    warn="#FFB020",
    stop="#FF5C5C",
    busy="#8EA0B8",
)
LIGHT = Palette(
    night="#EEF2F8",
    surface="#FFFFFF",
    raised="#DCE4EF",
    line="#B4C1D3",
    track="#C6D1E0",
    text="#0E1828",
    muted="#44526A",
    go="#066243",
    yours="#0A56A0",
    warn="#7A4300",
    stop="#A81A25",
    busy="#4C5A70",
)
"""For kiosks in daylight."""
CONTRAST = Palette(
    night="#000000",
    surface="#000000",
    raised="#242424",
    line="#FFFFFF",
    track="#6E6E6E",
    text="#FFFFFF",
    muted="#F0F0F0",
    go="#4DFFA6",
    yours="#7ADFFF",
    warn="#FFD500",
    stop="#FF9C9C",
    busy="#E4E4E4",
    fade=0.0,
)
"""For eyes that need it: every text reaches WCAG's AAA, 7 to 1."""
PALETTES: Mapping[str, Palette] = {"dark": DARK, "light": LIGHT, "contrast": CONTRAST}
"""Every theme by the name it has in ``kiosk.toml``."""


class Type(Enum):
    """The type scale: pixels on the base screen, the same in large text, bold or not, and whether it is for
    figures.
    """

    DISPLAY = (40, 42, True, False)
    TITLE = (30, 34, True, False)
    BUTTON = (24, 29, True, False)
    BODY = (21, 27, False, False)
    STRONG = (21, 27, True, False)
    CAPTION = (17, 22, False, False)
    TIMER = (84, 84, False, True)
    SHORT_TIMER = (72, 72, False, True)
    LONG_TIMER = (52, 52, False, True)
    COUNT = (44, 46, False, True)
    FIGURE = (30, 34, False, True)
    SMALL_FIGURE = (21, 27, False, True)

    @property
    def size(self) -> int:
        return self.value[0]

    @property
    def large(self) -> int:
        return self.value[1]

    @property
    def bold(self) -> bool:
        return self.value[2]

    @property
    def figures(self) -> bool:
        return self.value[3]


SMALLER: dict[Type, Type] = {
    Type.DISPLAY: Type.TITLE,
    Type.TITLE: Type.BUTTON,
    Type.BUTTON: Type.STRONG,
    Type.STRONG: Type.CAPTION,
    Type.BODY: Type.CAPTION,
    Type.TIMER: Type.SHORT_TIMER,
    Type.SHORT_TIMER: Type.LONG_TIMER,
    Type.LONG_TIMER: Type.COUNT,
    Type.COUNT: Type.FIGURE,
    Type.FIGURE: Type.SMALL_FIGURE,
}
"""Where a long word in a small place steps down to. Nothing is smaller than a caption."""

TEXT_FACES = ("Inter", "Noto Sans", "DejaVu Sans")
FIGURE_FACES = ("Roboto", "Noto Sans", "DejaVu Sans")


def first_installed(wanted: Collection[str], installed: Collection[str]) -> str:
    """The first wanted font family that is installed, else Tk's own default face."""
    return next((face for face in wanted if face in installed), "TkDefaultFont")


def mix(colour: str, other: str, share: float) -> str:
    """``colour`` with ``share`` (0 to 1) of ``other`` in it, both as ``#RRGGBB``."""
    parts = (round(int(colour[i : i + 2], 16) * (1 - share) + int(other[i : i + 2], 16) * share) for i in (1, 3, 5))
    return "#" + "".join(f"{part:02X}" for part in parts)


def contrast(a: str, b: str) -> float:
    """The contrast ratio of two colours, 1 to 21, as WCAG 2.1 defines it (relative luminance of sRGB)."""
    light, dark = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    def linear(channel: int) -> float:
        value = channel / 255
        return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@dataclass(frozen=True, slots=True)
class Theme:
    """A palette, a scale, two faces, which way the screen stands, and whether texts are large."""

    colours: Palette
    scale: float
    text_face: str
    figure_face: str
    upright: bool = False
    large: bool = False

    @classmethod
    def for_screen(
        cls, width: int, height: int, installed: Collection[str], colours: Palette = DARK, *, large: bool = False
    ) -> "Theme":
        """The theme for a screen of that many pixels with those font families installed."""
        scale = max(0.75, min(max(width, height) / BASE_LONG, min(width, height) / BASE_SHORT))
        faces = first_installed(TEXT_FACES, installed), first_installed(FIGURE_FACES, installed)
        return cls(colours, scale, *faces, upright=height > width, large=large)

    def px(self, base: float) -> int:
        """A length of the base screen in pixels of this one."""
        return max(1, round(base * self.scale))

    def size(self, kind: Type) -> int:
        """The size of a kind of text in pixels."""
        return self.px(kind.large if self.large else kind.size)

    def lines(self, kind: Type, count: int = 1) -> int:
        """How many pixels so many lines of a kind of text are high."""
        return ceil(self.size(kind) * LINE) * count

    def font(self, kind: Type) -> tuple[str, int, str]:
        """The Tk font of a kind of text."""
        face = self.figure_face if kind.figures else self.text_face
        return face, -self.size(kind), "bold" if kind.bold else "normal"
