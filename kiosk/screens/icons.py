"""The icons, drawn. A symbol font may be missing on a kiosk; a drawing cannot be.

Each icon is a list of strokes on a 24x24 grid, two units wide with round ends, as in the common open icon sets.
Pillow draws them at four times the size and averages down, which gives the smooth edges that Tk's own canvas lacks
under X11.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, radians, sin

from PIL import Image, ImageDraw

OVERSAMPLING = 4
GRID = 24
STROKE = 2.0

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points; ``width`` in grid units."""

    points: tuple[Point, ...]
    width: float = STROKE


@dataclass(frozen=True, slots=True)
class Arc:
    """Part of a circle's line, in degrees clockwise from three o'clock."""

    cx: float
    cy: float
    r: float
    start: float = 0.0
    end: float = 360.0
    width: float = STROKE


@dataclass(frozen=True, slots=True)
class Disc:
    """A filled circle."""

    cx: float
    cy: float
    r: float


@dataclass(frozen=True, slots=True)
class Rect:
    """A rounded rectangle, its line or filled."""

    x0: float
    y0: float
    x1: float
    y1: float
    r: float = 2.0
    filled: bool = False
    width: float = STROKE


@dataclass(frozen=True, slots=True)
class Area:
    """A filled polygon."""

    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Hole:
    """Takes away what a filled shape covers."""

    shape: Disc | Rect | Area


Shape = Line | Arc | Disc | Rect | Area | Hole

ICONS: Mapping[str, tuple[Shape, ...]] = {
    "free": (Arc(12, 12, 9),),
    "yours": (Disc(12, 12, 10),),
    "padlock": (
        Rect(4.5, 10.5, 19.5, 21, 2.5),
        Line(((8, 10.5), (8, 7.5))),
        Line(((16, 10.5), (16, 7.5))),
        Arc(12, 7.5, 4, 180, 360),
        Disc(12, 15.7, 1.6),
    ),
    "wrench": (Line(((6, 18), (14, 10)), 3.4), Arc(16.5, 7.5, 4.4, 0, 270, 2.8)),
    "plug": (
        Line(((9, 2.5), (9, 7))),
        Line(((15, 2.5), (15, 7))),
        Line(((5, 8), (19, 8))),
        Line(((7, 8), (7, 11.5))),
        Line(((17, 8), (17, 11.5))),
        Arc(12, 11.5, 5, 0, 180),
        Line(((12, 16.5), (12, 21.5))),
    ),
    "cable": (
        Rect(8.5, 2, 15.5, 10, 1.5),
        Line(((10.8, 4.8), (13.2, 4.8)), 1.6),
        Rect(7, 9.5, 17, 15.5, 2, filled=True),
        Line(((12, 15.5), (12, 22))),
    ),
    "door": (Rect(4, 2.5, 20, 21.5, 2), Line(((8, 2.8), (15, 6.2), (15, 21.5))), Disc(12.4, 13, 1.3)),
    "phone": (Rect(6, 2, 18, 22, 2.6), Line(((10.8, 18.6), (13.2, 18.6)))),
    "card": (Rect(2, 5, 22, 19, 2.6), Line(((2, 10), (22, 10))), Line(((6, 15), (10, 15)))),
    "waves": (Arc(5, 12, 4.5, -45, 45), Arc(5, 12, 9.2, -45, 45), Arc(5, 12, 14, -45, 45)),
    "drop": (
        Arc(12, 14.5, 6.5, -15, 195),
        Line(((12, 2.8), (5.7, 12.9))),
        Line(((12, 2.8), (18.3, 12.9))),
        Arc(12, 14.5, 3, 60, 150, 1.6),
    ),
    "cup": (
        Line(((5, 4), (7, 20.5), (17, 20.5), (19, 4), (5, 4))),
        Line(((6.2, 11), (17.8, 11)), 1.6),
    ),
    "coin": (Arc(12, 12, 9.5), Arc(12, 12, 5.8, width=1.4)),
    "clock": (Arc(12, 12, 9.5), Line(((12, 6.5), (12, 12), (15.5, 14)))),
    "bolt": (Area(((13.5, 1.5), (4, 13.8), (11, 13.8), (9.8, 22.5), (20, 9.8), (12.6, 9.8))),),
    "check": (Line(((4.5, 12.5), (10, 18), (19.5, 6.5)), 2.6),),
    "right": (Line(((9, 5), (16, 12), (9, 19)), 2.4),),
    "left": (Line(((15, 5), (8, 12), (15, 19)), 2.4),),
    "down": (Line(((5, 9), (12, 16), (19, 9)), 2.4),),
    "plus": (Line(((12, 4.5), (12, 19.5)), 2.4), Line(((4.5, 12), (19.5, 12)), 2.4)),
    "stop": (Rect(5.5, 5.5, 18.5, 18.5, 2.5, filled=True),),
    "pause": (Rect(6, 4.5, 10, 19.5, 1.2, filled=True), Rect(14, 4.5, 18, 19.5, 1.2, filled=True)),
    "letters": (
        Line(((2.5, 19), (8, 5), (13.5, 19)), 2.2),
        Line(((4.6, 14.5), (11.4, 14.5)), 2.0),
        Line(((15, 19), (18.5, 10), (22, 19)), 1.8),
        Line(((16.2, 16.2), (20.8, 16.2)), 1.6),
    ),
    "contrast": (
        Arc(12, 12, 9.5),
        Area(((12, 2.5), *((12 + 9.5 * cos(radians(a)), 12 + 9.5 * sin(radians(a))) for a in range(-90, 91, 10)))),
    ),
    "help": (
        Arc(12, 12, 10),
        Arc(12, 9.3, 3, 180, 400),
        Line(((14.3, 11.3), (12, 13.4), (12, 14.2))),
        Disc(12, 17.6, 1.4),
    ),
    "warning": (Line(((12, 3), (22, 20.5), (2, 20.5), (12, 3))), Line(((12, 9.5), (12, 14))), Disc(12, 17.2, 1.3)),
    "info": (Arc(12, 12, 10), Line(((12, 11.2), (12, 17))), Disc(12, 7.4, 1.4)),
    "leave": (
        Line(((14, 3.5), (5, 3.5), (5, 20.5), (14, 20.5))),
        Line(((10.5, 12), (21, 12))),
        Line(((17, 8), (21, 12), (17, 16))),
    ),
    "board": (
        Rect(3, 3, 10.5, 10.5, 1.8),
        Rect(13.5, 3, 21, 10.5, 1.8),
        Rect(3, 13.5, 10.5, 21, 1.8),
        Rect(13.5, 13.5, 21, 21, 1.8),
    ),
    "globe": (
        Arc(12, 12, 9.5),
        Line(((2.5, 12), (21.5, 12)), 1.6),
        Arc(5.8, 12, 11.2, -58, 58, 1.6),
        Arc(18.2, 12, 11.2, 122, 238, 1.6),
    ),
    "wave_bye": (
        Disc(12, 12, 10),
        Hole(Disc(8.6, 9.4, 1.5)),
        Hole(Disc(15.4, 9.4, 1.5)),
        Hole(Area(tuple((12 + 5.6 * cos(radians(a)), 12.6 + 5.0 * sin(radians(a))) for a in range(10, 171, 10)))),
    ),
    "elsewhere": (Rect(2, 6, 12, 18, 2), Line(((14.5, 12), (22, 12))), Line(((18.5, 8), (22.2, 12), (18.5, 16)))),
}
"""Every icon by name."""


def icon_mask(name: str, size: int) -> Image.Image:
    """The icon as a grey mask of ``size`` by ``size`` pixels; raises `KeyError` for a name that is not in `ICONS`."""
    return shapes_mask(ICONS[name], size)


def shapes_mask(shapes: tuple[Shape, ...], size: int) -> Image.Image:
    """Shapes on the 24x24 grid as a grey mask of ``size`` by ``size`` pixels."""
    big = Image.new("L", (size * OVERSAMPLING, size * OVERSAMPLING), 0)
    draw = ImageDraw.Draw(big)
    unit = size * OVERSAMPLING / GRID
    for shape in shapes:
        _draw_shape(draw, shape, unit, 255)
    return big.reduce(OVERSAMPLING)


def _draw_shape(draw: ImageDraw.ImageDraw, shape: Shape, unit: float, ink: int) -> None:
    if isinstance(shape, Hole):
        _draw_shape(draw, shape.shape, unit, 0)
    elif isinstance(shape, Line):
        _draw_line(draw, [(x * unit, y * unit) for x, y in shape.points], shape.width * unit, ink)
    elif isinstance(shape, Arc):
        draw_arc(
            draw, shape.cx * unit, shape.cy * unit, shape.r * unit, shape.start, shape.end, shape.width * unit, ink
        )
    elif isinstance(shape, Disc):
        _dot(draw, shape.cx * unit, shape.cy * unit, shape.r * unit, ink)
    elif isinstance(shape, Rect):
        grow = 0.0 if shape.filled else shape.width / 2
        box = [(shape.x0 - grow) * unit, (shape.y0 - grow) * unit, (shape.x1 + grow) * unit, (shape.y1 + grow) * unit]
        radius = (shape.r + grow) * unit
        if shape.filled:
            draw.rounded_rectangle(box, radius, fill=ink)
        else:
            draw.rounded_rectangle(box, radius, outline=ink, width=round(shape.width * unit))
    else:
        draw.polygon([(x * unit, y * unit) for x, y in shape.points], fill=ink)


def _draw_line(draw: ImageDraw.ImageDraw, points: list[Point], width: float, ink: int) -> None:
    draw.line(points, fill=ink, width=round(width))
    for x, y in points:
        _dot(draw, x, y, width / 2, ink)


def draw_arc(
    draw: ImageDraw.ImageDraw, cx: float, cy: float, r: float, start: float, end: float, width: float, ink: int
) -> None:
    """Draws an arc whose line lies evenly on both sides of radius ``r``, with round ends unless it is a full circle."""
    outer = r + width / 2
    draw.arc([cx - outer, cy - outer, cx + outer, cy + outer], start, end, fill=ink, width=round(width))
    if end - start < 360:
        for angle in (radians(start), radians(end)):
            _dot(draw, cx + r * cos(angle), cy + r * sin(angle), width / 2, ink)


def _dot(draw: ImageDraw.ImageDraw, x: float, y: float, r: float, ink: int) -> None:
    draw.ellipse([x - r, y - r, x + r, y + r], fill=ink)
