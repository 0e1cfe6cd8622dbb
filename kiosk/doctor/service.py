"""The units, the screen's settings, which version runs, and the fleet's settings."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path

from kiosk.doctor.findings import Check, Topic
from kiosk.doctor.machine import INSTALLED, Machine

FILES = {
    "kiosk.service": "etc/systemd/system/kiosk.service",
    "kiosk-display.service": "etc/systemd/system/kiosk-display.service",
    "xorg.conf": "etc/X11/xorg.conf.d/10-charging-kiosk.conf",
    "watchdog.conf": "etc/systemd/system.conf.d/10-charging-kiosk.conf",
    "modules.conf": "etc/modules-load.d/charging-kiosk.conf",
    "kiosk-command": "usr/local/bin/kiosk",
}
"""Files of deploy/ and where the installer puts them."""
AGAIN = "Run deploy/install.sh again."
SCREEN_PROGRAMS = "usr/bin/xinit", "usr/lib/xorg/Xorg", "usr/bin/xhost"
NEVER_BLANK = ("BlankTime", "StandbyTime", "SuspendTime", "OffTime")

_service = Topic("service")
_screen = Topic("screen")
_settings = Topic("settings")


def examine(machine: Machine) -> Iterator[Check]:
    """Everything that the installer set up to run."""
    if machine.installed:
        yield _files(machine)
        for unit in ("kiosk.service", "kiosk-display.service"):
            yield from _unit(machine, unit)
        yield _version(machine)
        yield _programs(machine)
        yield _blanking(machine)
    else:
        yield _service.skipped("installed", "No kiosk is installed here by deploy/install.sh: it is run by hand.")
    yield _toml(machine)
    yield firebase(machine)


def _files(machine: Machine) -> Check:
    other = [
        f"/{place}"
        for name, place in FILES.items()
        if machine.text(f"{INSTALLED}/deploy/{name}") != machine.text(place)
    ]
    advice = f"{' and '.join(other)} missing or not of this version. {AGAIN}"
    return _service.judged("installed", not other, advice, f"{len(FILES) - len(other)} of {len(FILES)} files")


def _unit(machine: Machine, unit: str) -> Iterator[Check]:
    enabled, active = machine.systemd(unit, "UnitFileState"), machine.systemd(unit, "ActiveState")
    if enabled is None or active is None:
        yield _service.skipped(unit, "systemd is not there to be asked.")
        return
    yield _service.judged(f"{unit} at boot", enabled == "enabled", f"sudo systemctl enable {unit}", enabled)
    # StatusText is what the kiosk itself says, such as why its watchdog is not fed.
    status = machine.systemd(unit, "StatusText") or ""
    advice = f"sudo systemctl restart {unit}, and look at: journalctl -u {unit} -n 50. {status}".rstrip()
    yield _service.judged(f"{unit} now", active == "active", advice, active)


def _version(machine: Machine) -> Check:
    release = _release(machine.path(INSTALLED))
    pid = machine.systemd("kiosk.service", "MainPID")
    if pid is None or pid in ("", "0"):
        return _service.skipped("version", "No kiosk runs.")
    runs = _release(machine.path(f"proc/{pid}/cwd"))
    if runs is None or release is None:
        return _service.skipped("version", "Which version runs is not ours to see; sudo kiosk doctor may.")
    advice = f"Release {runs} still runs, release {release} is installed: sudo systemctl restart kiosk"
    return _service.judged("version", runs == release, advice, f"release {runs}")


def _release(link: Path) -> str | None:
    try:
        return link.readlink().name
    except OSError:
        return None


def _programs(machine: Machine) -> Check:
    missing = [f"/{name}" for name in SCREEN_PROGRAMS if not machine.path(name).exists()]
    advice = f"{' and '.join(missing)} missing, so there is no screen. {AGAIN}"
    return _screen.judged("programs", not missing, advice)


def _blanking(machine: Machine) -> Check:
    settings = (machine.text(FILES["xorg.conf"]) or "").split("\n")
    zero = {line.split('"')[1] for line in settings if line.count('"') == 4 and line.split('"')[3] == "0"}
    missing = [name for name in NEVER_BLANK if name not in zero]
    advice = f"The screen goes dark after a while ({', '.join(missing)}). {AGAIN}"
    return _screen.judged("never blank", not missing, advice)


def _toml(machine: Machine) -> Check:
    if machine.settings_trouble is not None:
        return _settings.failed("kiosk.toml", machine.settings_trouble)
    return _settings.passed("kiosk.toml")


def firebase(machine: Machine) -> Check:
    """Whether the settings of the fleet can be used."""
    fleet = machine.firebase
    if fleet is None or fleet.database_url is None:
        return _settings.skipped("firebase", "[firebase] is not set: this kiosk works on its own.")
    if fleet.database_url.startswith("http://"):
        return _settings.passed("firebase", fleet.database_url, "An emulator, without credentials.")
    said = fleet.credentials.get_secret_value() if fleet.credentials is not None else ""
    if not said:
        return _settings.failed("firebase", "[firebase] has a database_url and no credentials.", fleet.database_url)
    if not said.lstrip().startswith("{"):
        file = machine.path(said)
        trouble = _file_trouble(file, said)
        if trouble is not None:
            return _settings.failed("firebase", trouble, fleet.database_url)
        said = file.read_text(encoding="utf-8", errors="replace")
    return _settings.judged(
        "firebase", _is_account(said), "The credentials are no service account's JSON.", fleet.database_url
    )


def _file_trouble(file: Path, name: str) -> str | None:
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
        file.read_bytes()
    except OSError as error:
        return f"{name}, the credentials, cannot be read ({error.strerror})."
    return f"Others may read the credentials: sudo chmod 600 {name}" if mode & 0o077 else None


def _is_account(text: str) -> bool:
    try:
        account = json.loads(text)
    except ValueError:
        return False
    return isinstance(account, dict) and {"project_id", "private_key", "client_email"} <= account.keys()
