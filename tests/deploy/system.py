"""A Raspberry Pi's system in a folder, the tools that the installer asks, and a checkout to install from."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
KIOSK = Path(sys.executable).with_name("kiosk")
FAKES = "apt-get chown chroot dpkg dpkg-query findmnt getent groupadd id journalctl runuser sleep systemctl udevadm"
SETUP = f"""#!/bin/sh
cd "$(dirname "$0")/.." && mkdir -p .venv/bin .tools
printf '#!/bin/sh\\nexec {KIOSK} "$@"\\n' >.venv/bin/kiosk
printf '#!/bin/sh\\nexit 0\\n' >.venv/bin/python
chmod +x .venv/bin/*
"""
CONFIG = "dtparam=audio=on\ndtoverlay=vc4-kms-v3d\n\n[cm4]\notg_mode=1\n\n[all]\n"


class PiSystem:
    """One system. ``folder`` is the test's own."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "pi"
        self.checkout = folder / "checkout"
        self._asked = folder / "asked.txt"
        self._tools = folder / "bin"
        self._make_root()
        self._make_tools()
        self._make_checkout()

    def _make_root(self) -> None:
        for path, text in {
            "etc/os-release": "ID=debian\nVERSION_CODENAME=bookworm\n",
            "boot/firmware/config.txt": CONFIG,
            "boot/firmware/cmdline.txt": "console=serial0,115200 console=tty1 root=PARTUUID=1 rootwait\n",
        }.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(text)

    def _make_tools(self) -> None:
        self._tools.mkdir()
        tool = self._tools / "fake"
        fake = (Path(__file__).parent / "fake_tool.py").read_text()
        tool.write_text(f"#!/usr/bin/python3 -IS\n{fake}")
        tool.chmod(0o755)
        for name in (*FAKES.split(), "useradd", "userdel", "usermod"):
            (self._tools / name).symlink_to(tool)

    def _make_checkout(self) -> None:
        for name in ("kiosk", "hardware", "sessions", "scripts", "docs"):
            (self.checkout / name).mkdir(parents=True)
            (self.checkout / name / "a_file").write_text(name)
        shutil.copytree(ROOT / "deploy", self.checkout / "deploy")
        for path in ("pyproject.toml", "LICENSE", "pinmap.json", *(p.name for p in ROOT.glob("requirements*.lock"))):
            shutil.copy(ROOT / path, self.checkout / path)
        setup = self.checkout / "scripts/setup"
        setup.write_text(SETUP)
        setup.chmod(0o755)
        self.say("A kiosk that runs.")

    def say(self, readme: str) -> None:
        """Changes the checkout: another README, which also tells how this version behaves."""
        (self.checkout / "README.md").write_text(readme)

    def install(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Calls the installer on this system."""
        return subprocess.run(
            [str(self.checkout / "deploy/install.sh"), *words, "--root", str(self.root)],
            env={
                **os.environ,
                "PATH": f"{self._tools}:{os.environ['PATH']}",
                "FAKE_ROOT": str(self.root),
                **environment,
            },
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )

    def good(self, *words: str) -> str:
        """Calls the installer, which must succeed, and gives what it said."""
        done = self.install(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def asked(self) -> list[str]:
        """What the tools were asked since the last call of this."""
        text = self._asked.read_text().splitlines() if self._asked.exists() else []
        self._asked.unlink(missing_ok=True)
        return text

    def files(self) -> dict[str, bytes | str]:
        """Everything below the root, links as what they point to."""
        return {
            str(path.relative_to(self.root)): os.readlink(path) if path.is_symlink() else path.read_bytes()
            for path in self.root.rglob("*")
            if path.is_symlink() or path.is_file()
        }

    @property
    def release(self) -> str:
        """The release in use."""
        return os.readlink(self.root / "opt/charging-kiosk/current").rpartition("/")[2]
