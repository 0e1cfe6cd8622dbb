"""`/usr/local/bin/kiosk`: whoever calls it, the kiosk's files stay the kiosk's."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INSTALLED = "/opt/charging-kiosk/current/.venv/bin/kiosk"


def called(folder: Path, user: str, *words: str) -> str:
    """How the installed program is called in the end when this user types `kiosk …`."""
    installed = folder / "kiosk"
    script = folder / "kiosk-command"
    script.write_text((ROOT / "deploy/kiosk-command").read_text().replace(INSTALLED, str(installed)))
    fakes = {
        "kiosk": 'echo "itself: $*"',
        "runuser": 'echo "runuser $*"',
        "sudo": 'echo "sudo $*"',
        "id": f'[ "$1" = -un ] && echo {user} || echo {0 if user == "root" else 1000}',
    }
    for name, text in fakes.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}
    command = ["sh", str(script), *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=20, check=True)
    return done.stdout.strip().replace(str(installed), "kiosk")


@pytest.mark.parametrize(
    ("user", "words", "expected"),
    [
        ("kiosk", "doctor --json", "itself: doctor --json"),
        ("root", "cards list", "runuser -u kiosk -- kiosk cards list"),
        ("maria", "sessions list", "sudo -u kiosk -- kiosk sessions list"),
        ("root", "pinmap boot-lines --write /", "itself: pinmap boot-lines --write /"),
        ("maria", "pinmap boot-lines --write /", "sudo -u root -- kiosk pinmap boot-lines --write /"),
        ("maria", "pinmap check", "sudo -u kiosk -- kiosk pinmap check"),
        ("root", "", "runuser -u kiosk -- kiosk"),
    ],
)
def test_it_runs_as_the_user_whose_files_it_writes(tmp_path, user, words, expected):
    assert called(tmp_path, user, *words.split()) == expected
