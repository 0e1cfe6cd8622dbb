"""What people type as an option's value, refused in words rather than in a programmer's terms."""

import re
from typing import Any

import click

from kiosk.options import LARGEST_WINDOW, SMALLEST_WINDOW

_SIZE = re.compile(r"(\d{1,5})x(\d{1,5})", re.ASCII)
_TIME = re.compile(r"(\d{1,9})\s*(s|min|h)?")
_FACTORS = {None: 1, "s": 1, "min": 60, "h": 3600}


class WholeNumber(click.ParamType[int]):
    """An integer from ``least`` up, to ``most`` if there is one."""

    name = "number"

    def __init__(self, least: int, most: int | None = None) -> None:
        self._least, self._most = least, most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        limits = f"from {self._least} up" if self._most is None else f"from {self._least} to {self._most}"
        try:
            number = int(value)
        except ValueError:
            self.fail(f"{value!r} is not a whole number {limits}.", param, ctx)
        if number < self._least or (self._most is not None and number > self._most):
            self.fail(f"{number} is not {limits}.", param, ctx)
        return number


class WindowSize(click.ParamType[tuple[int, int]]):
    """A window's width and height in pixels, such as ``1024x600`` or ``480x800``, no smaller or larger than
    screens are drawn for."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        if isinstance(value, tuple):
            return value
        match = _SIZE.fullmatch(str(value))
        if match is None:
            self.fail(f"{value!r} is not a size such as 1024x600.", param, ctx)
        size = int(match[1]), int(match[2])
        least, most = SMALLEST_WINDOW, LARGEST_WINDOW
        long, short = max(size), min(size)
        if not (least[0] <= long <= most[0] and least[1] <= short <= most[1]):
            limits = f"from {least[0]}x{least[1]} to {most[0]}x{most[1]}, lying or upright"
            self.fail(f"{value} is not {limits}: the sizes that the screens are drawn for.", param, ctx)
        return size


def seconds_of(text: str) -> int:
    """The seconds that a time such as ``30min`` means. Raises `click.BadParameter`."""
    match = _TIME.fullmatch(text.strip())
    if match is None or int(match[1]) == 0:
        raise click.BadParameter(f"{text!r} is not a time such as 600, 90s, 30min or 2h.", param_hint="AMOUNT")
    return int(match[1]) * _FACTORS[match[2]]
