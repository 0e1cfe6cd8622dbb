"""Pictures of every screen, as customers see them: the real stage, sample kiosks, one PNG each.

``scripts/screens`` runs it on a display of its own.
"""

import argparse
import tkinter as tk
from pathlib import Path

from PIL import Image, ImageGrab

from kiosk.i18n import SOURCE_LANGUAGE, set_language
from kiosk.screens.samples import SITE, Sample, samples, scene
from kiosk.screens.stage import Stage
from kiosk.screens.view_models import build_screen

SIZES = ((800, 480), (1024, 600))
COLOURS = 128
"""Colours a picture is reduced to: the screens are flat, so nobody sees it, and it takes a third of the room."""

_HEAD = """# The screens

Every screen of the kiosk, drawn by the kiosk itself. `scripts/screens` makes these pictures again after a change;
look at each of them before you commit. The larger ones (1024x600) lie beside them.
"""


def main() -> None:
    """Draws the gallery into a folder; with names, only those screens."""
    parser = argparse.ArgumentParser(prog="scripts/screens", description="Draw every screen of the kiosk.")
    parser.add_argument("--out", type=Path, default=Path("docs/screens"), help="where to (docs/screens)")
    parser.add_argument("--language", default=SOURCE_LANGUAGE, help="in which language (en)")
    parser.add_argument("names", nargs="*", help="which screens (all)")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    chosen = [sample for sample in samples() if not asked.names or sample.name in asked.names]
    set_language(asked.language)
    for size in SIZES:
        draw(chosen, size, asked.out)
    if not asked.names:
        (asked.out / "README.md").write_text(index(chosen), encoding="utf-8")


def draw(chosen: list[Sample], size: tuple[int, int], folder: Path) -> None:
    """Draws these samples at a size, as ``NAME-WIDTHxHEIGHT.png``."""
    width, height = size
    root = tk.Tk()
    root.overrideredirect(True)
    root.geometry(f"{width}x{height}+0+0")
    stage = Stage(root, size, SITE, lambda intent: None)
    stage.pack()
    for sample in chosen:
        stage.show(build_screen(scene(sample)))
        stage.settle()
        root.update()
        picture = grab(root, size)
        picture.save(folder / f"{sample.name}-{width}x{height}.png", optimize=True)
    root.destroy()


def grab(root: tk.Misc, size: tuple[int, int]) -> Image.Image:
    """The window as a picture of few colours."""
    x, y = root.winfo_rootx(), root.winfo_rooty()
    picture = ImageGrab.grab((x, y, x + size[0], y + size[1]), xdisplay=root.winfo_screen())
    return picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def index(chosen: list[Sample]) -> str:
    """The gallery's page: every picture under its caption."""
    width, height = SIZES[0]
    parts = [f"\n## {s.caption}\n\n![{s.caption}]({s.name}-{width}x{height}.png)\n" for s in chosen]
    return _HEAD + "".join(parts)


if __name__ == "__main__":
    main()
