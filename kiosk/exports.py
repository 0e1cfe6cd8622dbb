"""Everything that is kept, as tables for a spreadsheet."""

import csv
import io
from collections.abc import Iterator, Sequence

from kiosk.reports import session_json
from sessions.store.queries import Queries

PAGE = 500
SESSION_COLUMNS = (
    "session_id",
    "slot",
    "service",
    "state",
    "card",
    "started_at",
    "ended_at",
    "granted_s",
    "used_s",
    "returned_s",
    "stop_reason",
    "energy_mWh",
    "granted_ml",
    "used_ml",
    "returned_ml",
)


def sessions_csv(store: Queries) -> Iterator[str]:
    """All sessions, the newest first, as CSV (RFC 4180) in pieces; the first line names the columns.

    What begins during the export is not in it. Raises `StoreError` when the store cannot be read, before the first
    piece if it is the first page that cannot.
    """
    marks, before = store.marks(), None
    head: tuple[Sequence[str], ...] = (SESSION_COLUMNS,)
    while True:
        page = store.sessions(PAGE, before)
        rows = [session_json(session, marks.get(session.session_id)) for session in page.sessions]
        yield _lines([*head, *([row.get(column, 0) for column in SESSION_COLUMNS] for row in rows)])
        head = ()
        if page.next is None:
            return
        before = page.next


def _lines(rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
