"""Every string is whole, translated into every language, and what gettext reads is what translators wrote."""

import ast
import gettext
import re
from pathlib import Path
from string import Formatter

import pytest

from kiosk import i18n
from kiosk.i18n import LANGUAGES, LOCALE_DIR, SOURCE_LANGUAGE, language, ngettext, set_language

KIOSK = Path(i18n.__file__).parent
MARKS = {"_": 1, "ngettext": 2}
TRANSLATED = [code for code in LANGUAGES if code != SOURCE_LANGUAGE]


def marked_strings() -> set[str]:
    """What stands in ``_()`` and ``ngettext()``; fails for anything that is not one plain string."""
    found: set[str] = set()
    for path in KIOSK.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
                if path == KIOSK / "i18n.py":
                    continue
                for argument in node.args[: MARKS[node.func.id]]:
                    where = f"{path.name}:{node.lineno}"
                    assert isinstance(argument, ast.Constant), f"{where}: a string must stand in one piece"
                    assert isinstance(argument.value, str), where
                    found.add(argument.value)
    return found


def po_messages(code: str) -> dict[str, list[str]]:
    """The translations in a .po file by msgid; plural forms in their order."""
    text = (LOCALE_DIR / code / "LC_MESSAGES" / "kiosk.po").read_text(encoding="utf-8")
    messages: dict[str, list[str]] = {}
    for block in text.split("\n\n"):
        fields: dict[str, str] = {}
        key = ""
        for line in block.splitlines():
            match = re.match(r'(msg\w+(?:\[\d\])?) (".*")$', line)
            if match:
                key = match[1]
                fields[key] = ast.literal_eval(match[2])
            elif line.startswith('"'):
                fields[key] += ast.literal_eval(line)
        if fields.get("msgid"):
            messages[fields["msgid"]] = [value for name, value in fields.items() if name.startswith("msgstr")]
    return messages


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_string_is_missing_and_none_is_left_over(code):
    messages = po_messages(code)
    plurals = {string for string in marked_strings() if string not in messages}
    assert plurals <= {"Your phones in slots {numbers} stay safe."}
    assert not messages.keys() - marked_strings()
    assert not [msgid for msgid, strings in messages.items() if not all(strings)]


@pytest.mark.parametrize("code", TRANSLATED)
def test_translations_have_the_gaps_of_the_source(code):
    for msgid, strings in po_messages(code).items():
        for string in strings:
            assert gaps(string) == gaps(msgid), msgid


@pytest.mark.parametrize("code", TRANSLATED)
def test_what_gettext_reads_is_what_translators_wrote(code):
    catalogue = gettext.translation(i18n.DOMAIN, LOCALE_DIR, [code])
    for msgid, strings in po_messages(code).items():
        one, many = strings[0], strings[-1]
        read = [catalogue.gettext(msgid)] if len(strings) == 1 else [catalogue.ngettext(msgid, "", n) for n in (1, 7)]
        assert read == ([one] if len(strings) == 1 else [one, many]), "run scripts/messages"


def test_a_language_can_be_switched_and_switched_back():
    set_language("es")
    assert (i18n._("Free"), language()) == ("Libre", "es")
    assert ngettext("{free} of {total} free", "{free} of {total} free", 2).format(free=2, total=4) == "2 de 4 libres"
    set_language("en")
    assert i18n._("Free") == "Free"


def test_an_unknown_language_is_refused_by_name():
    with pytest.raises(ValueError, match=r"'tlh' is no language of the kiosk; it speaks en, fil, es"):
        set_language("tlh")
