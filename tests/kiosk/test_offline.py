from pathlib import Path

from kiosk.offline import offline_conductor
from kiosk.settings_model import Settings
from sessions import commands as c
from sessions.store.database import store_path
from sessions.store.load import load
from sessions.store.verify import verify_store
from sessions.units import CardKey, Unit

CARD = CardKey("ck_" + "a" * 26)
STAFF = c.Actor("staff:cli", staff=True)


def top_up(data_dir: Path, command_id: str) -> None:
    with offline_conductor(data_dir, Settings()) as kiosk:
        kiosk.execute(c.AddCredit(CARD, Unit.SECONDS, 60, STAFF, "sorry"), command_id)


def test_a_new_store_is_named_by_its_facts_and_only_once(tmp_path: Path) -> None:
    top_up(tmp_path, "one")
    named = load(store_path(tmp_path)).incarnation
    assert named
    top_up(tmp_path, "two")
    state = load(store_path(tmp_path))
    assert state.incarnation == named
    assert verify_store(store_path(tmp_path)) == []
