"""Pictures of every screen, as customers see them: the real stage, sample kiosks, one PNG each.

``scripts/screens`` runs it on a display of its own.
"""

import argparse
import tkinter as tk
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageGrab

from kiosk.i18n import LANGUAGES, SOURCE_LANGUAGE, set_language
from kiosk.screens.models import AnyModel
from kiosk.screens.reading import Reading
from kiosk.screens.samples import SITE, Sample, read_as, scene
from kiosk.screens.showcase import samples
from kiosk.screens.site import Site
from kiosk.screens.stage import Stage
from kiosk.screens.technician.model import StaffModel
from kiosk.screens.technician.samples import sheets
from kiosk.screens.theme import PALETTES
from kiosk.screens.view_models import build_screen

COLOURS = 128
"""Colours a picture is reduced to: the screens are flat, so nobody sees it, and it takes a third of the room."""


@dataclass(frozen=True, slots=True)
class Look:
    """One way in which screens are drawn."""

    size: tuple[int, int]
    theme: str = "dark"
    large: bool = False
    language: str = SOURCE_LANGUAGE

    @property
    def name(self) -> str:
        """The end of a picture's name."""
        width, height = self.size
        words = (
            f"{width}x{height}",
            *([self.theme] if self.theme != "dark" else []),
            *(["large"] if self.large else []),
            *([self.language] if self.language != SOURCE_LANGUAGE else []),
        )
        return "-".join(words)


BASE = Look((800, 480))
ALL_SCREENS = (BASE, Look((1024, 600)))
"""How every screen is drawn."""
ALL_SHEETS = (*ALL_SCREENS, Look((480, 800)))
"""How every one of the technicians' screens is drawn."""
SOME_SCREENS = (
    Look((800, 480), "light"),
    Look((800, 480), "contrast"),
    Look((800, 480), large=True),
    Look((480, 800)),
    Look((480, 800), "light", large=True, language="fil"),
    Look((1280, 800), language="es"),
)
"""How some are drawn as well: enough to see each theme, size and language."""
SOME = ("attract", "home", "time-choice", "plug-in", "session", "finished", "water-pouring")

STRIP = (
    ("attract", BASE, "Tap your card"), ("home", BASE, "Choose a slot"), ("time-choice", BASE, "Choose a time"),
    ("plug-in", BASE, "Plug in, shut the door"), ("session", BASE, "Walk away, come back"),
    ("water-pouring", SOME_SCREENS[0], "Or fill your cup"),
)  # fmt: skip
"""The pictures that tell the whole story, in two rows, each with what one does there."""
STRIP_COLUMNS, STRIP_SCALE, STRIP_GAP, STRIP_WORDS = 3, 0.6, 14, 40
STRIP_INK = "#7488A6"
"""Readable on a white page and on a dark one."""

_HEAD = """# The screens

Every screen of the kiosk, drawn by the kiosk itself. `scripts/screens` makes these pictures again after a change;
look at each of them before you commit. The larger ones (1024x600) lie beside them; at the end some in the other
themes, sizes and languages.
"""


def main() -> None:
    """Draws the gallery into a folder; with names, only those screens, in the look that is asked for."""
    parser = argparse.ArgumentParser(prog="scripts/screens", description="Draw every screen of the kiosk.")
    parser.add_argument("--out", type=Path, default=Path("docs/screens"), help="where to (docs/screens)")
    parser.add_argument("--language", default=SOURCE_LANGUAGE, help="in which language (en)")
    parser.add_argument("--size", metavar="WxH", help="at which size alone, such as 480x800")
    parser.add_argument("--theme", choices=list(PALETTES), default="dark", help="in which colours (dark)")
    parser.add_argument("--large", action="store_true", help="with large text")
    parser.add_argument("names", nargs="*", help="which screens (all)")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    chosen = [sample for sample in samples() if not asked.names or sample.name in asked.names]
    if asked.size is not None:
        width, _, height = asked.size.partition("x")
        look = Look((int(width), int(height)), asked.theme, asked.large, asked.language)
        draw(chosen, look, asked.out)
        draw_sheets(look, asked.out, asked.names)
        return
    for look in ALL_SCREENS:
        draw(chosen, replace(look, theme=asked.theme, large=asked.large, language=asked.language), asked.out)
    for look in ALL_SHEETS:
        draw_sheets(
            replace(look, theme=asked.theme, large=asked.large, language=asked.language), asked.out, asked.names
        )
    if not asked.names:
        for look in SOME_SCREENS:
            draw([sample for sample in chosen if sample.name in SOME], look, asked.out)
        (asked.out / "README.md").write_text(index(chosen), encoding="utf-8")
        keep(strip(asked.out), asked.out / "strip.png")


def draw(chosen: list[Sample], look: Look, folder: Path) -> None:
    """Draws these samples in a look, as ``NAME-LOOK.png``."""
    set_language(look.language)
    site = replace(SITE, theme=look.theme, large_text=look.large)
    reading = Reading(look.language, look.theme == "contrast", look.large)
    _draw(look, site, ((s.name, build_screen(scene(read_as(s, reading), site))) for s in chosen), folder)
    set_language(SOURCE_LANGUAGE)


def draw_sheets(look: Look, folder: Path, names: Sequence[str] = ()) -> None:
    """Draws the technicians' screens in a look; with names, only those."""
    set_language(look.language)
    chosen = [(name, sheet) for name, sheet in sheets() if not names or name in names]
    if chosen:
        _draw(look, replace(SITE, theme=look.theme, large_text=look.large), chosen, folder)
    set_language(SOURCE_LANGUAGE)


def _draw(look: Look, site: Site, shown: Iterable[tuple[str, AnyModel | StaffModel]], folder: Path) -> None:
    width, height = look.size
    root = tk.Tk()
    root.overrideredirect(True)
    root.geometry(f"{width}x{height}+0+0")
    stage = Stage(root, look.size, site, lambda intent: None)
    stage.pack()
    for name, model in shown:
        stage.show(model)
        stage.settle()
        root.update()
        keep(grab(root, look.size), folder / f"{name}-{look.name}.png")
    root.destroy()


def grab(root: tk.Misc, size: tuple[int, int]) -> Image.Image:
    """The window as a picture of few colours."""
    x, y = root.winfo_rootx(), root.winfo_rooty()
    picture = ImageGrab.grab((x, y, x + size[0], y + size[1]), xdisplay=root.winfo_screen())
    return picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def keep(picture: Image.Image, path: Path) -> None:
    """Writes a picture, unless the file shows the same already: its bytes differ with the library that packed them."""
    if path.exists():
        with Image.open(path) as former:
            if former.size == picture.size and former.mode == picture.mode and _same(former, picture):
                return
    picture.save(path, optimize=True)


def _same(one: Image.Image, other: Image.Image) -> bool:
    """Whether every pixel has the same colour; how a palette numbers its colours does not matter."""
    return ImageChops.difference(one.convert("RGBA"), other.convert("RGBA")).getbbox(alpha_only=False) is None


def strip(folder: Path) -> Image.Image:
    """From the card to the phone on its charger, for the README: drawn pictures with round corners, words below."""
    width, height = (round(side * STRIP_SCALE) for side in BASE.size)
    rows = -(-len(STRIP) // STRIP_COLUMNS)
    across, down = width + STRIP_GAP, height + STRIP_WORDS
    whole = Image.new("RGBA", (STRIP_COLUMNS * across - STRIP_GAP, rows * down))
    pen, font = ImageDraw.Draw(whole), ImageFont.load_default(22)
    mask = Image.new("L", (4 * width, 4 * height), 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, 4 * width - 1, 4 * height - 1), 4 * STRIP_GAP, fill=255)
    for k, (name, look, words) in enumerate(STRIP):
        picture = Image.open(folder / f"{name}-{look.name}.png").convert("RGB").resize((width, height))
        x, y = k % STRIP_COLUMNS * across, k // STRIP_COLUMNS * down
        whole.paste(picture, (x, y), mask.reduce(4))
        pen.text((x + width // 2, y + height + STRIP_WORDS // 2), words, STRIP_INK, font, anchor="mm")
    return whole


def index(chosen: list[Sample]) -> str:
    """The gallery's page: every picture under its caption, then the other looks."""
    parts = [f"\n## {s.caption}\n\n![{s.caption}]({s.name}-{BASE.name}.png)\n" for s in chosen]
    for look in SOME_SCREENS:
        pictures = "\n".join(f"![{name}]({name}-{look.name}.png)" for name in SOME)
        parts.append(f"\n## {_title(look)}\n\n{pictures}\n")
    staff = "\n".join(f"![{name}]({name}-{BASE.name}.png)" for name, _ in sheets())
    parts.append(f"\n## For technicians\n\n{staff}\n")
    return _HEAD + "".join(parts)


def _title(look: Look) -> str:
    words = [f"{look.theme} theme", *(["large text"] if look.large else []), LANGUAGES[look.language]]
    return f"{look.size[0]}x{look.size[1]}, {', '.join(words)}"


if __name__ == "__main__":
    main()
