"""Python with Tk, the driver of the pins, fonts, and a home that a toolkit may write in."""

from collections.abc import Iterator
from pathlib import Path

from kiosk.doctor.findings import Check, Topic
from kiosk.doctor.machine import INSTALLED, USER, Machine

OLDEST_PYTHON = (3, 11)
FONTS = ("Noto Sans", "Roboto")
"""The first choice of the screens (`kiosk/screens/theme.py`); without them Tk takes what it finds."""
SETUP = "Run deploy/install.sh again: it installs what is missing."

_software = Topic("software")


def examine(machine: Machine) -> Iterator[Check]:
    """Everything about programs and libraries."""
    yield _system(machine)
    yield _python(machine)
    yield _tk(machine)
    yield _lgpio(machine)
    yield _system_packages(machine)
    yield _fonts(machine)
    yield _home(machine)


def _system(machine: Machine) -> Check:
    release = machine.text("etc/os-release") or ""
    name = next((line[17:].strip('"') for line in release.splitlines() if line.startswith("VERSION_CODENAME=")), "")
    if machine.model is None:
        return _software.skipped("system", "This is no Raspberry Pi; a kiosk here is a simulated one.")
    wide = machine.ask("usr/bin/dpkg", "--print-architecture")
    good = name in ("bookworm", "trixie") and wide in ("arm64", None)
    advice = "Write the card anew with Raspberry Pi OS Lite (64-bit), Bookworm or Trixie."
    return _software.judged("system", good, advice, f"{name or 'unknown'} {wide or ''}".strip())


def _python(machine: Machine) -> Check:
    version = machine.ask_python("import sys; print(*sys.version_info[:3], sep='.')")
    if version is None:
        return _software.failed("python", f"The kiosk's Python cannot be started. {SETUP}")
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    return _software.judged("python", numbers >= OLDEST_PYTHON, "The kiosk needs Python 3.11 or newer.", version)


def _tk(machine: Machine) -> Check:
    version = machine.ask_python("import tkinter; print(tkinter.TkVersion)") or ""
    advice = (
        "This Python has no Tk. Install python3-tk, and make .venv from /usr/bin/python3: other Pythons are often "
        "built without it."
    )
    return _software.judged("tk", version.replace(".", "").isdigit(), advice, version[-60:])


def _lgpio(machine: Machine) -> Check:
    if machine.model is None:
        return _software.skipped("lgpio", "Only a Raspberry Pi has pins.")
    # lgpio makes a pipe in LG_WD when it is imported.
    code = "import os, tempfile; os.environ.setdefault('LG_WD', tempfile.gettempdir()); import lgpio; print('there')"
    said = machine.ask_python(code) or "no answer"
    advice = "The kiosk's Python cannot import lgpio. Install python3-lgpio; .venv must see system packages."
    return _software.judged("lgpio", said.endswith("there"), advice, said.splitlines()[-1][:80])


def _system_packages(machine: Machine) -> Check:
    settings = machine.text(f"{INSTALLED}/.venv/pyvenv.cfg") if machine.installed else None
    if settings is None:
        return _software.skipped("system packages", "No kiosk is installed here by deploy/install.sh.")
    seen = "include-system-site-packages = true" in settings
    advice = f".venv does not see Debian's packages, and on Trixie lgpio exists only there. {SETUP}"
    return _software.judged("system packages", seen, advice, "seen" if seen else "not seen")


def _fonts(machine: Machine) -> Check:
    families = machine.ask("usr/bin/fc-list", ":", "family")
    if families is None:
        return _software.skipped("fonts", "fc-list is not there to be asked (package fontconfig).")
    missing = [font for font in FONTS if font not in families]
    advice = f"{' and '.join(missing)} missing: install fonts-noto-core and fonts-roboto-unhinted."
    return _software.judged("fonts", not missing, advice, ", ".join(font for font in FONTS if font in families))


def _home(machine: Machine) -> Check:
    """customtkinter copies its fonts into the home folder, and complains where it cannot."""
    accounts = machine.text("etc/passwd") or ""
    account = next((line.split(":") for line in accounts.splitlines() if line.startswith(f"{USER}:")), None)
    if account is None:
        return _software.skipped("home", f"There is no user {USER}: no kiosk is installed here.")
    home = Path(account[5])
    there = machine.path(home).is_dir()
    advice = f"{home}, the home of {USER}, is missing: corners are drawn coarsely, and a font may be missing. {SETUP}"
    return _software.judged("home", there, advice, str(home))
