"""Makes the checksums of a store right again, so that a test can ask what is found behind them."""

import sqlite3
import zlib

from sessions.store.codec import FACT_COLUMNS, fact_crc
from sessions.store.load import crc_at


def reseal(connection: sqlite3.Connection) -> None:
    """Gives every fact and the snapshot the checksum of what stands there now."""
    crc = 0
    for seq, *rest in connection.execute(f"SELECT {FACT_COLUMNS} FROM facts ORDER BY seq").fetchall():
        crc = fact_crc(crc, seq, *rest)
        connection.execute("UPDATE facts SET crc = ? WHERE seq = ?", (crc, seq))
    for seq, state in connection.execute("SELECT seq, state FROM snapshots").fetchall():
        sealed = zlib.crc32(state.encode("utf-8"), crc_at(connection, seq))
        connection.execute("UPDATE snapshots SET crc = ? WHERE seq = ?", (sealed, seq))
