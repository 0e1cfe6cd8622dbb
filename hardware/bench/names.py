"""What is said when somebody asks the bench for a thing it does not have."""

from collections.abc import Iterable

from hardware.errors import BenchNameError
from hardware.pinmap_words import near
from hardware.problems import listed


def unknown(what: str, wrong: str, known: Iterable[str]) -> BenchNameError:
    """The error for a name that is none of the known ones: with the near one, and always with all of them."""
    names = list(known)
    guess = near(wrong, names)
    hint = f"Did you mean {guess}? " if guess else ""
    return BenchNameError(f"the bench has no {what} {wrong!r}. {hint}There is {listed(names, last='and') or 'none'}.")
