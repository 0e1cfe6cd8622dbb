"""When the screen is bright, dim or dark, and how its picture wanders so that nothing burns in. Pure."""

from dataclasses import dataclass

DAY_MIN = 24 * 60
WANDER = 2
"""Pixels that the picture moves away from its place at most."""


@dataclass(frozen=True, slots=True)
class RestRules:
    """What the settings say. Times of day are minutes since midnight."""

    bright_percent: int = 100
    night_percent: int = 35
    night_begins: int = 21 * 60
    night_ends: int = 6 * 60
    blank: str = "night"
    """``never``, ``night`` or ``always``: when the screen goes dark while nobody is there."""
    blank_after_s: int = 600
    shift_s: int = 180
    """How often the picture moves by a pixel; 0 never."""

    def is_night(self, minute: int) -> bool:
        """Whether a minute of the day is in the night, which may go over midnight."""
        return (minute - self.night_begins) % DAY_MIN < (self.night_ends - self.night_begins) % DAY_MIN


@dataclass(frozen=True, slots=True)
class Light:
    """How the screen is now."""

    percent: int
    """Of the backlight."""
    dark: bool = False
    """Whether nothing at all is shown."""


def light(rules: RestRules, minute: int, idle_s: float, *, someone: bool) -> Light:
    """How the screen is at a minute of the day, when it was last touched so many seconds ago."""
    night = rules.is_night(minute)
    may_rest = rules.blank == "always" or (rules.blank == "night" and night)
    if may_rest and not someone and idle_s >= rules.blank_after_s:
        return Light(0, dark=True)
    return Light(rules.night_percent if night else rules.bright_percent)


def _walk() -> tuple[tuple[int, int], ...]:
    side = range(-WANDER, WANDER + 1)
    there = [(x if y % 2 == 0 else -x, y) for y in side for x in side]
    start = there.index((0, 0))
    forth = there[start:]
    return (*forth, *reversed(there[:-1]), *there[1:start])


WALK = _walk()
"""Where the picture stands, step by step: everywhere within `WANDER` pixels, one pixel at a time, and again."""


def place(rules: RestRules, running_s: float) -> tuple[int, int]:
    """Where the picture stands, in pixels from its own place, after so many seconds."""
    return WALK[int(running_s // rules.shift_s) % len(WALK)] if rules.shift_s > 0 else (0, 0)
