"""A healthy Pi in a folder, for the doctor to look at; a test makes it sick."""

import sys
from pathlib import Path

from hardware.boot_block import write_boot_files
from hardware.pinmap import load_pinmap

ROOT = Path(__file__).parents[3]
DATA = "var/lib/kiosk"
RELEASE = "opt/charging-kiosk/releases/3"
MOUNTS = "22 1 179:2 / / rw,noatime shared:1 - ext4 /dev/mmcblk0p2 rw\n23 22 0:21 / /proc rw - proc proc rw\n"
FILES = {
    "etc/os-release": 'PRETTY_NAME="Debian GNU/Linux 12"\nVERSION_CODENAME=bookworm\n',
    "etc/passwd": f"root:x:0:0::/root:/bin/bash\nkiosk:x:990:990::/{DATA}:/usr/sbin/nologin\n",
    "etc/group": "".join(f"{name}:x:9:kiosk\n" for name in ("gpio", "i2c", "dialout", "video", "input", "render")),
    "proc/device-tree/model": "Raspberry Pi 4 Model B Rev 1.5\0",
    "proc/stat": "cpu 1 2 3\nbtime 4102444800\n",
    "proc/self/mountinfo": MOUNTS,
    "proc/net/route": "Iface Destination Gateway\neth0 00000000 0101A8C0\n",
    "sys/class/net/eth0/operstate": "up\n",
    "sys/class/net/lo/operstate": "unknown\n",
    "sys/class/thermal/thermal_zone0/temp": "51234\n",
    "run/systemd/timesync/synchronized": "",
    "boot/firmware/config.txt": "dtparam=audio=on\ndtoverlay=vc4-kms-v3d\n",
    "boot/firmware/cmdline.txt": "console=serial0,115200 console=tty1 root=PARTUUID=1 rootwait\n",
    f"{RELEASE}/.venv/pyvenv.cfg": "home = /usr/bin\ninclude-system-site-packages = true\n",
    **dict.fromkeys(("dev/gpiochip0", "dev/i2c-1", "dev/ttyAMA0", "dev/watchdog0"), ""),
    **dict.fromkeys(("usr/bin/xinit", "usr/lib/xorg/Xorg", "usr/bin/xhost"), ""),
}
INSTALLED = {
    "kiosk.service": "etc/systemd/system/kiosk.service",
    "kiosk-display.service": "etc/systemd/system/kiosk-display.service",
    "xorg.conf": "etc/X11/xorg.conf.d/10-charging-kiosk.conf",
    "watchdog.conf": "etc/systemd/system.conf.d/10-charging-kiosk.conf",
    "modules.conf": "etc/modules-load.d/charging-kiosk.conf",
    "kiosk-command": "usr/local/bin/kiosk",
    "udev.rules": "etc/udev/rules.d/60-charging-kiosk.rules",
}
PROPERTIES = {
    "RuntimeWatchdogUSec": "15s",
    "UnitFileState": "enabled",
    "ActiveState": "active",
    "MainPID": "4711",
    "StatusText": "Charging kiosk 0.1.0",
}


class Pi:
    """One Pi."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name, text in FILES.items():
            self.write(name, text)
        self.write(f"{DATA}/pinmap.json", (ROOT / "pinmap.json").read_text())
        self.write(f"{DATA}/card.key", "secret")
        (root / DATA / "card.key").chmod(0o600)
        write_boot_files(root, load_pinmap(ROOT / "pinmap.json"))
        (root / "opt/charging-kiosk/current").symlink_to("releases/3")
        for name, place in INSTALLED.items():
            text = (ROOT / "deploy" / name).read_text()
            self.write(f"{RELEASE}/deploy/{name}", text)
            self.write(place, text)
        (root / "proc/4711").mkdir()
        self.runs("3")
        self.says("dpkg", "arm64")
        self.says("vcgencmd", "throttled=0x0")
        self.says("fc-list", "Noto Sans\\nRoboto\\nDejaVu Sans")
        self.says("timedatectl", "yes")
        self.properties()
        # lgpio is on a Pi only.
        self.program(
            f"{RELEASE}/.venv/bin/python", f'case "$2" in *lgpio*) echo there;; *) exec {sys.executable} "$@";; esac'
        )

    @property
    def data(self) -> Path:
        """The data directory, as the doctor finds it from outside."""
        return self.root / DATA

    def write(self, name: str, text: str) -> int:
        """Writes a file; gives its length."""
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        return (self.root / name).write_text(text)

    def change(self, name: str, before: str, after: str) -> None:
        """Changes a file, which must have what is to be changed."""
        text = (self.root / name).read_text()
        assert before in text
        self.write(name, text.replace(before, after))

    def remove(self, name: str) -> Path:
        """Takes a file away; gives where it was."""
        (self.root / name).unlink()
        return self.root / name

    def program(self, name: str, script: str) -> Path:
        """Installs a program; gives its file."""
        self.write(name, f"#!/bin/sh\n{script}\n")
        (self.root / name).chmod(0o755)
        return self.root / name

    def says(self, program: str, text: str) -> Path:
        """Lets a program of the system print something; gives its file."""
        return self.program(f"usr/bin/{program}", f"printf '{text}\\n'")

    def properties(self, **changed: str) -> None:
        """What systemd says of a unit, and of itself."""
        cases = "".join(f" {name}) echo '{value}';;" for name, value in {**PROPERTIES, **changed}.items())
        self.program("usr/bin/systemctl", f'case "$3" in{cases} esac')

    def runs(self, release: str) -> None:
        """Lets the running kiosk be that of a release."""
        (self.root / "proc/4711/cwd").unlink(missing_ok=True)
        (self.root / "proc/4711/cwd").symlink_to(f"/opt/charging-kiosk/releases/{release}")
