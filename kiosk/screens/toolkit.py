"""customtkinter, made quiet. Import it from here, so that it is set up before any of its widgets exists.

It would ask the desktop for its colour mode 33 times a second and every window for its scaling ten times, for ever,
also after the window is gone. A kiosk is dark by its own choice and X11 has no scaling to tell of, so both loops are
told that they run already.
"""

import customtkinter as ctk

ctk.set_appearance_mode("dark")
ctk.AppearanceModeTracker.update_loop_running = True
ctk.ScalingTracker.update_loop_running = True

__all__ = ["ctk"]
