"""A sheet of paper to draw on, as SVG: shapes, and texts that know how wide they are, so that none covers another."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import Final, Literal

FONT: Final = "DejaVu Sans, Verdana, Arial, sans-serif"

EM_WIDTH: Final = 0.62
"""A letter's width over its height: the mean of DejaVu Sans' small letters and digits, which is the widest of FONT."""

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Box:
    """Where something is: left, top, right, bottom, in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def covers(self, other: Box) -> bool:
        """Whether the two share more than an edge."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


def text_width(text: str, size: float) -> float:
    """Give a text's width in pixels, estimated on the safe side."""
    return len(text) * size * EM_WIDTH


def fitted(text: str, size: float, width: float) -> str:
    """Cut a text to a width, with an ellipsis where something is missing."""
    room = int(width / (size * EM_WIDTH))
    return text if len(text) <= room else f"{text[: max(room - 1, 0)]}…"


class Sheet:
    """One drawing, `width` pixels wide and as high as what is on it."""

    def __init__(self, width: float) -> None:
        self.width = width
        self.bottom = 0.0
        self.texts: list[tuple[str, Box]] = []
        """Every text and where it stands."""
        self._shapes: list[ET.Element] = []

    def rect(self, box: Box, fill: str = "none", line: str = "#333333", thick: float = 1, round_px: float = 0) -> None:
        """Draw a rectangle."""
        self._add(
            "rect", x=box.left, y=box.top, width=box.right - box.left, height=box.bottom - box.top, rx=round_px,
            fill=fill, stroke=line, stroke_width=thick,
        )  # fmt: skip
        self.bottom = max(self.bottom, box.bottom)

    def line(self, start: tuple[float, float], end: tuple[float, float], colour: str, thick: float = 2) -> None:
        """Draw a straight line."""
        self._add("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], stroke=colour, stroke_width=thick)
        self.bottom = max(self.bottom, start[1], end[1])

    def dot(self, x: float, y: float, radius: float, fill: str, line: str = "none") -> None:
        """Draw a disc."""
        self._add("circle", cx=x, cy=y, r=radius, fill=fill, stroke=line)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 12,
        *,
        anchor: Anchor = "start",
        colour: str = "#111111",
        bold: bool = False,
    ) -> None:
        """Write a text whose middle line is at `y`."""
        if not text:
            return
        width = text_width(text, size)
        left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        self.texts.append((text, Box(left, y - size / 2, left + width, y + size / 2)))
        element = self._add("text", x=x, y=y + size * 0.36, fill=colour, font_size=size, text_anchor=anchor)
        if bold:
            element.set("font-weight", "bold")
        element.text = text
        self.bottom = max(self.bottom, y + size / 2)

    def svg(self, title: str, margin: float = 40) -> str:
        """Give the whole file."""
        width, height = _number(self.width), _number(self.bottom + margin)
        size = {"width": width, "height": height, "viewBox": f"0 0 {width} {height}"}
        root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", **size, "font-family": FONT})
        ET.SubElement(root, "title").text = title
        ET.SubElement(root, "rect", {"width": width, "height": height, "fill": "#ffffff"})
        root.extend(self._shapes)
        ET.indent(root, " ")
        return ET.tostring(root, encoding="unicode") + "\n"

    def _add(self, kind: str, **attributes: str | float) -> ET.Element:
        element = ET.Element(kind)
        for name, value in attributes.items():
            element.set(name.replace("_", "-"), value if isinstance(value, str) else _number(value))
        self._shapes.append(element)
        return element


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
