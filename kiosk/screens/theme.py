"""The one theme: colours, type, spacing. Every size on a screen comes from here.

Sizes are written for the base screen, 800x480 (7-inch, 133 dpi, read at arm's length), and multiplied by one factor
for larger ones. Font sizes are negative, which in Tk means pixels: a display's claimed dpi then changes nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

BASE_WIDTH, BASE_HEIGHT = 800, 480
"""The screen that sizes are written for."""
TARGET = 60
"""Least height of anything to touch, and `GAP` least room between two of them: about 11 mm and 2 mm at 133 dpi."""
GAP = 12
MARGIN = 16
RADIUS = 16
HEADER = 64
FOOTER = 68


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by what they mean. Other themes have the same names."""

    night: str
    """Background of everything."""
    surface: str
    raised: str
    line: str
    text: str
    muted: str
    go: str
    yours: str
    warn: str
    stop: str
    busy: str

    @property
    def ink(self) -> str:
        """Text on a coloured button."""
        return self.night


DARK = Palette(
    night="#0B1220",
    surface="#141E30",
    raised="#1C2940",
    line="#2A3A55",
    text="#F2F6FC",
    muted="#9FB0C8",
    go="#36D399",
    yours="#4CC2FF",
    warn="#FFB020",
    stop="#FF5C5C",
    busy="#8EA0B8",
)

TEXT_PAIRS: tuple[tuple[str, str], ...] = (
    *((ink, ground) for ink in ("text", "muted") for ground in ("night", "surface", "raised")),
    *((ink, ground) for ink in ("go", "yours", "warn", "stop", "busy") for ground in ("night", "surface", "raised")),
    *(("ink", ground) for ground in ("go", "yours", "warn", "stop", "text")),
)
"""Every (text, ground) pair of palette names that the screens draw; each must reach WCAG AA."""


class Type(Enum):
    """The type scale: pixels on the base screen, bold or not, and whether it is for figures."""

    DISPLAY = (40, True, False)
    TITLE = (30, True, False)
    BUTTON = (24, True, False)
    BODY = (21, False, False)
    STRONG = (21, True, False)
    CAPTION = (17, False, False)
    TIMER = (84, False, True)
    LONG_TIMER = (52, False, True)
    COUNT = (44, False, True)
    FIGURE = (30, False, True)
    SMALL_FIGURE = (21, False, True)

    @property
    def size(self) -> int:
        return self.value[0]

    @property
    def bold(self) -> bool:
        return self.value[1]

    @property
    def figures(self) -> bool:
        return self.value[2]


SMALLER: dict[Type, Type] = {
    Type.DISPLAY: Type.TITLE,
    Type.TITLE: Type.BUTTON,
    Type.BUTTON: Type.STRONG,
    Type.STRONG: Type.CAPTION,
    Type.BODY: Type.CAPTION,
    Type.TIMER: Type.LONG_TIMER,
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
    """A palette, a scale and two faces."""

    colours: Palette
    scale: float
    text_face: str
    figure_face: str

    @classmethod
    def for_screen(cls, width: int, height: int, installed: Collection[str], colours: Palette = DARK) -> "Theme":
        """The theme for a screen of that many pixels with those font families installed."""
        scale = max(0.75, min(width / BASE_WIDTH, height / BASE_HEIGHT))
        return cls(colours, scale, first_installed(TEXT_FACES, installed), first_installed(FIGURE_FACES, installed))

    def px(self, base: float) -> int:
        """A length of the base screen in pixels of this one."""
        return max(1, round(base * self.scale))

    def font(self, kind: Type) -> tuple[str, int, str]:
        """The Tk font of a kind of text."""
        face = self.figure_face if kind.figures else self.text_face
        return face, -self.px(kind.size), "bold" if kind.bold else "normal"
