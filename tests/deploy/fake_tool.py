"""Stands in for one tool of the system, by the name it is called: notes what it was asked, and keeps a little state.

FAKE_ROOT is the system below which the installer works; the notes are kept beside it.
"""

import os
import sqlite3
import sys
from pathlib import Path

NAME = os.path.basename(sys.argv[0])
ARGS = sys.argv[1:]
ROOT = Path(os.environ["FAKE_ROOT"])
STATE = ROOT.parent
ASKED, PACKAGES, NAMES, MEMBER_OF, PIDS = (
    STATE / f"{name}.txt" for name in ("asked", "packages", "names", "in", "pids")
)
OURS = ("/opt/charging-kiosk", "/var/lib/kiosk")


def note() -> None:
    with ASKED.open("a") as asked:
        asked.write(" ".join([NAME, *ARGS]).replace(str(ROOT), "") + "\n")


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def add(path: Path, *new: str) -> None:
    path.write_text("".join(f"{line}\n" for line in [*lines(path), *new]))


def chroot() -> int:
    """Runs the command here, with the paths of the system below the root."""
    argv = [f"{ROOT}{arg}" if arg == "/" or arg.startswith(OURS) else arg for arg in ARGS[1:]]
    if argv[0] == "install":
        argv = [arg for n, arg in enumerate(argv) if arg not in ("-o", "-g") and argv[n - 1] not in ("-o", "-g")]
    os.execvp(argv[0], argv)


def runuser() -> int:
    os.execvp(ARGS[ARGS.index("--") + 1], ARGS[ARGS.index("--") + 1 :])


def store_form() -> int:
    store = ROOT / "var/lib/kiosk/kiosk.db"
    return int(sqlite3.connect(store).execute("PRAGMA user_version").fetchone()[0]) if store.exists() else 0


def systemctl() -> int:
    """A kiosk that does what the README of its release says: run, not start, die soon, or change the store and die."""
    readme = ROOT / "opt/charging-kiosk/current/README.md"
    kind = readme.read_text() if readme.exists() else ""
    if ARGS[0] == "restart":
        if "changes the store" in kind:
            store = sqlite3.connect(ROOT / "var/lib/kiosk/kiosk.db")
            store.execute("PRAGMA user_version = 999")
            store.commit()
            return 1
        add(PIDS, "started")
        return int("does not start" in kind or store_form() == 999)
    if ARGS[0] == "is-active":
        return int("dies soon" in kind)
    if ARGS[0] == "show":
        if "restarts all the time" in kind:
            add(PIDS, "again")
        sys.stdout.write(f"{len(lines(PIDS))}\n")
    return 0


def dpkg() -> int:
    sys.stdout.write(f"{os.environ.get('FAKE_ARCHITECTURE', 'arm64')}\n")
    return 0


def dpkg_query() -> int:
    sys.stdout.writelines(f"{name} installed\n" for name in lines(PACKAGES))
    return 1


def apt_get() -> int:
    if "install" in ARGS:
        add(PACKAGES, *(arg for arg in ARGS[ARGS.index("install") + 1 :] if not arg.startswith("-")))
    return 0


def getent() -> int:
    return 0 if " ".join(ARGS) in lines(NAMES) or ARGS[1] == "dialout" else 2


def useradd() -> int:
    add(NAMES, f"passwd {ARGS[-1]}", f"group {ARGS[-1]}")
    return 0


def groupadd() -> int:
    add(NAMES, f"group {ARGS[-1]}")
    return 0


def usermod() -> int:
    add(MEMBER_OF, *ARGS[ARGS.index("--groups") + 1].split(","))
    return 0


def id_() -> int:
    sys.stdout.write(" ".join(["kiosk", *lines(MEMBER_OF)]) + "\n")
    return 0


def findmnt() -> int:
    sys.stdout.write(os.environ.get("FAKE_ROOT_KIND", "ext4") + "\n")
    return 0


ASKING = {"chroot": chroot, "runuser": runuser, "dpkg": dpkg, "dpkg-query": dpkg_query, "getent": getent, "id": id_}
CHANGING = {"systemctl": systemctl, "apt-get": apt_get, "useradd": useradd, "groupadd": groupadd, "usermod": usermod}

if __name__ == "__main__":
    if NAME in (*ASKING, "findmnt", "sleep"):
        sys.exit({**ASKING, "findmnt": findmnt}.get(NAME, int)())
    note()
    sys.exit(CHANGING.get(NAME, int)())
