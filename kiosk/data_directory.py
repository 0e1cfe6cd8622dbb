"""The data directory of a running kiosk: its store, and the fleet's secret."""

import logging
from contextlib import ExitStack
from pathlib import Path

from kiosk.card_secret import card_secret
from kiosk.clock import SystemClock
from sessions.access import access_digest
from sessions.cards import card_key, key_fingerprint
from sessions.errors import StoreError
from sessions.store.database import store_path
from sessions.store.header import keep_card_key
from sessions.store.opening import open_store
from sessions.store.queries import Queries
from sessions.units import CardKey

_log = logging.getLogger(__name__)


class DataDirectory:
    """A data directory in use: its store, opened and made good, and the fleet's secret."""

    def __init__(self, data_dir: Path, stack: ExitStack, volatile: str | None = None) -> None:
        """``volatile`` says why what is stored here does not survive a restart, if it does not: then nothing is sold.

        Raises `StoreError` or `CardSecretError`. The caller holds the directory's lock.
        """
        self.volatile = volatile
        self.clock = SystemClock()
        self.secret = card_secret(data_dir)
        self.store = store_path(data_dir)
        opened = open_store(self.store, self.clock())
        keep_card_key(self.store, key_fingerprint(self.secret))
        self.state = opened.state
        self.rescued = opened.rescue.sentence if opened.rescue is not None else None
        """What befell the store, in a sentence, if it had to be made good."""
        if self.rescued is not None:
            _log.critical("%s", self.rescued)
        self.queries = Queries(self.store)
        stack.callback(self.queries.close)

    def card_key(self, uid: str) -> CardKey:
        """The CardKey of a canonical UID."""
        return card_key(self.secret, uid)

    def coin_is_stored(self, coin: str) -> bool:
        """Whether a coin of that identity is in the store for good; no, while the store cannot be asked. Any thread:
        a reader of the log sees what was committed, and a commit is synced before anybody sees it."""
        try:
            return self.queries.fact_by_source("coin", coin) is not None
        except StoreError as error:
            _log.warning("Whether a coin is stored could not be asked: %s", error)
            return False

    def access_digest(self, access_key: str) -> str:
        """What an access key is known by."""
        return access_digest(self.secret, access_key)
