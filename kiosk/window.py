"""The kiosk's window: opened without a window manager's help, photographed and touched from outside for the
simulation."""

import io
import tkinter as tk

from kiosk.errors import KioskError, NoPicture


class NoDisplay(KioskError, RuntimeError):
    """There is no screen to open a window on, or none that is large enough."""


def open_window(title: str, window: tuple[int, int] | None) -> tuple[tk.Tk, tuple[int, int]]:
    """Opens the kiosk's window and gives it with its size in pixels: that of the whole screen unless ``window`` says.

    ``-fullscreen`` needs a window manager, which a kiosk does not have: the geometry is set by hand. Raises
    `NoDisplay`.
    """
    try:
        root = tk.Tk(className="Kiosk")
    except tk.TclError as error:
        raise NoDisplay(
            f"No window can be opened ({error}). Start it with --headless, or with scripts/run, which brings a display."
        ) from error
    screen = root.winfo_screenwidth(), root.winfo_screenheight()
    size = window or screen
    if size[0] > screen[0] or size[1] > screen[1]:
        root.destroy()
        raise NoDisplay(
            f"The window of {size[0]}x{size[1]} pixels does not fit on this display of {screen[0]}x{screen[1]}. Choose "
            "a smaller --size, or a larger display."
        )
    root.title(title)
    root.geometry(f"{size[0]}x{size[1]}+0+0")
    root.resizable(False, False)
    if window is None:
        root.overrideredirect(True)
    return root, size


class Picture:
    """Photographs the window. Only the place of the window is taken from Tk, once; the rest runs on any thread."""

    def __init__(self, root: tk.Tk, size: tuple[int, int]) -> None:
        self._display = root.winfo_screen()
        self._box = (root.winfo_rootx(), root.winfo_rooty(), root.winfo_rootx() + size[0], root.winfo_rooty() + size[1])

    def png(self) -> bytes:
        """The window's part of the screen as a PNG. Raises `NoPicture` when the display does not give it."""
        from PIL import ImageGrab

        try:
            image = ImageGrab.grab(self._box, xdisplay=self._display)
        except OSError as error:
            raise NoPicture(f"The display gives no picture ({error}).") from error
        file = io.BytesIO()
        image.save(file, "PNG")
        return file.getvalue()


def touch(root: tk.Tk, x: int, y: int) -> None:
    """A finger that lands and lifts at a pixel of the window. Runs on the Tk thread."""
    widget = root.winfo_containing(root.winfo_rootx() + x, root.winfo_rooty() + y)
    if widget is None:
        return
    at_x, at_y = root.winfo_rootx() + x - widget.winfo_rootx(), root.winfo_rooty() + y - widget.winfo_rooty()
    for event in ("<Enter>", "<Motion>", "<ButtonPress-1>", "<ButtonRelease-1>"):
        widget.event_generate(event, x=at_x, y=at_y)
