"""A running kiosk whose pinmap is saved anew: the file, the watch on it, and what came of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hardware.pinmap import load_pinmap
from hardware.reload import Reload
from hardware.rewiring import Rewirer
from kiosk.clock import monotonic
from kiosk.commands import new_command_id
from kiosk.pinmap_follow import PinmapFollower, PinmapLike
from kiosk.pinmap_watch import PinmapWatch
from kiosk.settings_model import WaterSettings
from sessions import commands as c
from sessions.events import SCREEN
from tests.kiosk.running import PATIENCE_S, PINMAP, RunningKiosk, wait_for

GOOD = PINMAP.read_text(encoding="utf-8")


@dataclass
class Reloading:
    """A running kiosk, its pinmap file, and the watch on it."""

    kiosk: RunningKiosk
    file: Path
    reload: Reload
    watch: PinmapWatch
    followed: list[PinmapLike]

    def save(self, edits: dict[str, str], text: str = GOOD) -> None:
        for old, new in edits.items():
            assert old in text, old
            text = text.replace(old, f"\0{new}", 1)
        self.file.write_text(text.replace("\0", ""), encoding="utf-8")

    def taken(self) -> None:
        wait_for(lambda: self.reload.pinmap == load_pinmap(self.file))
        wait_for(lambda: not self.watch.told)

    def told(self, part: str) -> str:
        return str(wait_for(lambda: next((each for each in self.watch.told if part in each), None)))

    def part(self) -> Any:
        return self.kiosk.get("/health")["parts"]["pinmap"]

    def shown(self, slot: str) -> Any:
        return self.kiosk.get("/api/bench")["slots"][slot]

    def sign_out(self) -> None:
        """Whoever is signed in at the screen goes."""
        visit = self.kiosk.conductor.state.visit_at(SCREEN)
        assert visit is not None
        self.kiosk.facade.submit(c.SignOut(visit.visit), new_command_id()).result(PATIENCE_S)
        wait_for(lambda: self.kiosk.get("/api/session")["data"]["visit"] is None)

    def charge(self, slot: str, uid: str) -> str:
        """Signs a card in, charges a phone there, and signs it out again; gives the session."""
        visit = self.kiosk.sign_in(uid, 5)
        session: str = self.kiosk.done(f"/api/slots/{slot}/start", {"seconds": 120})["session_id"]
        assert visit
        self.kiosk.done(f"/api/bench/slots/{slot}/plug", {"phone": "typical"})
        wait_for(lambda: self.kiosk.slot(slot)["state"] == "charging")
        return session


def reloading(kiosk: RunningKiosk, file: Path, rewirer: Rewirer | None = None) -> Reloading:
    follower = PinmapFollower(kiosk.kiosk, WaterSettings(), lambda: kiosk.wiring.water)
    followed: list[PinmapLike] = []
    follower.took_over.append(followed.append)
    rewirer = rewirer or Rewirer(kiosk.wiring, kiosk.pinmap, kiosk.noticed, monotonic, kiosk.bench.refit)
    reload = Reload(str(file), kiosk.pinmap, rewirer, follower)
    watch = PinmapWatch(file, reload.take, look_s=0.02)
    kiosk.kiosk.let_in(watch, watch.part)
    return Reloading(kiosk, file, reload, watch, followed)
