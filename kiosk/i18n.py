"""The languages of the touchscreen, through gettext.

English is the source: what stands in the code is what an English reader sees, and a string that has no translation
falls back to it. ``locale/LANGUAGE/LC_MESSAGES/kiosk.po`` holds the translations, ``kiosk.mo`` beside it what gettext
reads; both are committed, so that nothing is compiled on a kiosk. ``scripts/messages`` gathers new strings and makes
the ``.mo`` files again; a test fails when a string lacks a translation or an ``.mo`` is older than its ``.po``.

Strings are whole sentences with named gaps: ``_("Slot {number} is open").format(number=1)``. A sentence put together
from parts cannot be translated, so no string is ever built by concatenation.

Only the Tk thread shows strings, so there is one current language, switched by `set_language`.
"""

import gettext
from pathlib import Path

DOMAIN = "kiosk"
LOCALE_DIR = Path(__file__).parent / "locale"
SOURCE_LANGUAGE = "en"
LANGUAGES: dict[str, str] = {"en": "English", "fil": "Filipino", "es": "Español"}
"""Every language the kiosk speaks, by code, each in its own words."""


class _Current:
    """The language that is spoken now. Catalogues stay loaded, so switching back costs nothing."""

    def __init__(self) -> None:
        self.code = SOURCE_LANGUAGE
        self.catalogue: gettext.NullTranslations = gettext.NullTranslations()
        self.loaded: dict[str, gettext.NullTranslations] = {SOURCE_LANGUAGE: self.catalogue}


_current = _Current()


def set_language(code: str) -> None:
    """Speaks a language from now on; raises `ValueError` for one that is not in `LANGUAGES`."""
    if code not in LANGUAGES:
        raise ValueError(f"'{code}' is no language of the kiosk; it speaks {', '.join(LANGUAGES)}.")
    if code not in _current.loaded:
        _current.loaded[code] = gettext.translation(DOMAIN, LOCALE_DIR, [code])
    _current.catalogue = _current.loaded[code]
    _current.code = code


def language() -> str:
    """The code of the language that is spoken now."""
    return _current.code


def _(message: str) -> str:
    """The message in the current language."""
    return _current.catalogue.gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """The form of the message that the current language uses for ``n``."""
    return _current.catalogue.ngettext(singular, plural, n)
