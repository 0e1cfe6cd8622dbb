"""deploy/install.sh, the real one, on a system in a folder: what it writes, asks, refuses, and takes away again."""

import sqlite3
import stat
import subprocess
from pathlib import Path

import pytest

from kiosk.card_secret import card_secret
from sessions.store.database import prepare, store_path
from tests.deploy.system import CONFIG, ROOT, PiSystem

SCRIPTS = [
    *ROOT.glob("scripts/*"),
    *(ROOT / "deploy" / name for name in ("install.sh", "kiosk-command", "display-ready")),
]


@pytest.fixture
def pi(tmp_path: Path) -> PiSystem:
    return PiSystem(tmp_path)


@pytest.fixture
def installed(pi: PiSystem) -> PiSystem:
    pi.good("install")
    data = pi.root / "var/lib/kiosk"
    prepare(store_path(data))
    card_secret(data)
    pi.asked()
    return pi


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_the_scripts_have_no_known_mistakes(script: Path):
    done = subprocess.run(["shellcheck", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout


def test_an_installation_puts_everything_in_its_place(pi):
    said = pi.good("install")
    assert "Restart the Pi now" in said
    files = pi.files()
    for name, place in {
        "kiosk.service": "etc/systemd/system/kiosk.service",
        "kiosk-display.service": "etc/systemd/system/kiosk-display.service",
        "watchdog.conf": "etc/systemd/system.conf.d/10-charging-kiosk.conf",
        "xorg.conf": "etc/X11/xorg.conf.d/10-charging-kiosk.conf",
        "udev.rules": "etc/udev/rules.d/60-charging-kiosk.rules",
        "modules.conf": "etc/modules-load.d/charging-kiosk.conf",
        "kiosk-command": "usr/local/bin/kiosk",
    }.items():
        assert files[place] == (ROOT / "deploy" / name).read_bytes()
    assert files["opt/charging-kiosk/current"] == "releases/1"
    assert files["var/lib/kiosk/pinmap.json"] == (ROOT / "pinmap.json").read_bytes()
    assert "opt/charging-kiosk/releases/1/pinmap.json" not in files, "or a kiosk without one would drive wrong pins"
    config = files["boot/firmware/config.txt"].decode()
    assert config.startswith(CONFIG)
    assert "gpio=17=op,dl\n" in config
    assert "serial0" not in files["boot/firmware/cmdline.txt"].decode()
    assert stat.S_IMODE((pi.root / "var/lib/kiosk").stat().st_mode) == 0o750


def test_it_asks_the_system_for_packages_user_groups_and_services(pi):
    pi.good("install")
    asked = "\n".join(pi.asked())
    for wanted in ("python3-tk", "python3-lgpio", "xinit", "xserver-xorg-core", "fonts-noto-core"):
        assert f" {wanted}" in asked
    assert "useradd --system --user-group --home-dir /var/lib/kiosk --shell /usr/sbin/nologin kiosk" in asked
    assert "usermod --append --groups gpio,i2c,dialout,video,input,render kiosk" in asked
    assert "systemctl daemon-reload" in asked
    assert "systemctl enable --quiet kiosk-display.service kiosk.service" in asked


def test_a_second_installation_changes_nothing(pi):
    pi.good("install")
    before = pi.files()
    pi.asked()
    pi.good("install")
    assert pi.files() == before
    assert not [line for line in pi.asked() if line.startswith(("apt-get", "useradd", "groupadd", "usermod", "chown"))]


def test_installing_again_does_not_update_behind_ones_back_and_says_how_to(installed):
    assert "another version" not in installed.good("install")
    installed.say("A better kiosk.")
    assert "another version: sudo" in installed.good("install")
    assert installed.release == "1"


def test_a_changed_pinmap_changes_the_boot_lines_and_nothing_else(installed):
    pinmap = installed.root / "var/lib/kiosk/pinmap.json"
    before = installed.files()
    pinmap.write_text(pinmap.read_text().replace('"hz": 100000', '"hz": 50000'))
    installed.good("install")
    after = installed.files()
    assert {name for name in after if after[name] != before.get(name)} == {
        "boot/firmware/config.txt",
        "var/lib/kiosk/pinmap.json",
    }
    assert "i2c_arm_baudrate=50000" in after["boot/firmware/config.txt"].decode()
    assert after["boot/firmware/config.txt"].count(b"# BEGIN charging-kiosk") == 1


@pytest.mark.parametrize("verb", ["install", "update", "rollback", "uninstall"])
def test_a_dry_run_says_every_step_and_does_none(installed, verb):
    installed.say("Another version.")
    if verb == "rollback":
        installed.good("update")
    installed.asked()
    before = installed.files()
    said = installed.good(verb, "--dry-run")
    assert "+ " in said
    assert installed.files() == before
    assert installed.asked() == []


def test_a_dry_run_of_the_first_installation_touches_nothing(pi):
    before = pi.files()
    said = pi.good("--dry-run")
    for step in (
        "useradd",
        "apt-get",
        "kiosk pinmap boot-lines",
        "/etc/systemd/system/kiosk.service",
        "systemctl enable",
    ):
        assert step in said
    assert pi.files() == before
    assert pi.asked() == []


@pytest.mark.parametrize(
    ("environment", "change", "reason"),
    [
        ({"FAKE_ARCHITECTURE": "armhf"}, None, "64-bit"),
        ({"FAKE_ROOT_KIND": "overlay"}, None, "disable_overlayfs"),
        ({}, ("etc/os-release", "VERSION_CODENAME=bullseye\n"), "Bookworm or Trixie"),
        ({}, ("boot/firmware/config.txt", None), "not the system of a Raspberry Pi"),
    ],
    ids=["32 bit", "overlay", "too old", "no Pi"],
)
def test_a_system_that_cannot_be_used_is_refused_untouched(pi, environment, change, reason):
    if change is not None:
        path, text = pi.root / change[0], change[1]
        path.unlink() if text is None else path.write_text(text)
    before = pi.files()
    done = pi.install(**environment)
    assert done.returncode == 1
    assert reason in done.stderr
    assert pi.files() == before
    assert pi.asked() == []


@pytest.mark.parametrize("verb", ["install", "update", "rollback", "uninstall"])
def test_a_dry_run_tells_its_steps_on_any_machine_and_what_would_be_refused_there(pi, verb):
    (pi.root / "etc/os-release").unlink()
    (pi.root / "boot/firmware/config.txt").unlink()
    before = pi.files()
    done = pi.install(verb, "--dry-run", FAKE_ARCHITECTURE="amd64", FAKE_ROOT_KIND="overlay")
    assert done.returncode == 0, done.stderr
    if verb != "uninstall":
        for reason in ("this is no Debian", "this system is amd64", "not the system of a Raspberry Pi"):
            assert reason in done.stdout
    assert ("nothing is installed yet" in done.stdout) == (verb == "update")
    if verb == "install":
        assert "the root is an overlay" in done.stdout
        assert "+ systemctl enable" in done.stdout
    assert pi.files() == before
    assert pi.asked() == []


def test_a_dry_run_needs_no_root_and_no_pi():
    command = [str(ROOT / "deploy/install.sh"), "--dry-run"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "+ " in done.stdout


@pytest.mark.parametrize("words", [["remove"], ["--verbose"], ["install", "now"]])
def test_what_it_does_not_know_is_wrong_use(pi, words):
    done = pi.install(*words)
    assert done.returncode == 2
    assert "sudo deploy/install.sh update" in done.stderr


def test_uninstalling_leaves_the_data_and_the_boot_files_as_they_were(installed):
    installed.good("uninstall")
    files = installed.files()
    assert files["boot/firmware/config.txt"].decode().split() == CONFIG.split()
    assert {name.split("/")[0] for name in files} == {"boot", "etc", "var"}
    assert [name for name in files if name.startswith("etc/")] == ["etc/os-release"]
    assert "var/lib/kiosk/kiosk.db" in files
    assert "systemctl disable --now kiosk-display.service kiosk.service" in installed.asked()


def test_purging_takes_the_data_and_the_user_too(installed):
    installed.good("uninstall", "--purge")
    assert not [name for name in installed.files() if name.startswith("var/lib/kiosk")]
    assert "userdel kiosk" in installed.asked()


def test_an_update_runs_the_new_version_and_keeps_the_old(installed):
    installed.say("A better kiosk.")
    said = installed.good("update")
    assert "release 2 runs" in said
    assert installed.release == "2"
    assert (installed.root / "opt/charging-kiosk/releases/1/.venv/bin/kiosk").exists()
    assert len(list((installed.root / "var/lib/kiosk/backups").glob("before-release-2-*.db"))) == 1
    assert "already" in installed.good("update")
    assert installed.release == "2"


@pytest.mark.parametrize("how", ["does not start", "dies soon", "restarts all the time"])
def test_an_update_that_does_not_run_goes_back_by_itself(installed, how):
    store = store_path(installed.root / "var/lib/kiosk").read_bytes()
    installed.say(f"This one {how}.")
    done = installed.install("update")
    assert done.returncode == 1
    assert "release 1 does again. No data was changed." in done.stderr
    assert installed.release == "1"
    assert store_path(installed.root / "var/lib/kiosk").read_bytes() == store


def test_a_store_that_the_old_version_cannot_read_any_more_is_put_back(installed):
    installed.say("This one changes the store.")
    done = installed.install("update")
    assert done.returncode == 1
    assert "with the store of before the update" in done.stderr, done.stderr
    assert installed.release == "1"
    data = installed.root / "var/lib/kiosk"
    form = sqlite3.connect(store_path(data)).execute("PRAGMA user_version").fetchone()[0]
    assert form != 999
    assert (data / "kiosk.db.replaced-1").exists(), "what the new version stored is kept"


def test_a_pinmap_that_the_new_version_refuses_stops_the_update(installed):
    (installed.root / "var/lib/kiosk/pinmap.json").write_text("{")
    installed.say("A better kiosk.")
    done = installed.install("update")
    assert "Nothing was changed" in done.stderr
    assert installed.release == "1"
    assert not [line for line in installed.asked() if "restart" in line]


def test_rolling_back_goes_to_the_version_before(installed):
    installed.say("A better kiosk.")
    installed.good("update")
    installed.good("rollback")
    assert installed.release == "1"
    done = installed.install("rollback")
    assert "no version before release 1" in done.stderr


def test_a_building_that_was_cut_off_is_made_anew(installed):
    half = installed.root / "opt/charging-kiosk/releases/2"
    half.mkdir()
    (half / "leftover").write_text("half")
    installed.say("A better kiosk.")
    installed.good("update")
    assert not list(installed.root.glob("opt/charging-kiosk/releases/*/leftover"))


def test_old_releases_are_let_go(installed):
    for number in range(3):
        installed.say(f"Version {number}.")
        installed.good("update")
    assert sorted(path.name for path in (installed.root / "opt/charging-kiosk/releases").iterdir()) == ["2", "3", "4"]
