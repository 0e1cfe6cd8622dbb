-- The kiosk's store, version 1. See sessions/store/__init__.py for which table is what.
-- Columns of folded tables bear the names of the fields of their classes in sessions/fold.py.

PRAGMA application_id = 0x4B494F53; -- "KIOS": tells our file from any other SQLite file

CREATE TABLE facts (
    seq       INTEGER PRIMARY KEY,
    kind      TEXT NOT NULL,
    utc_ms    INTEGER NOT NULL,
    boot_id   TEXT NOT NULL,
    mono_ns   INTEGER NOT NULL,
    source    TEXT NOT NULL,
    source_id TEXT,
    body      TEXT NOT NULL CHECK (json_valid(body)),
    transfers TEXT CHECK (transfers IS NULL OR json_valid(transfers)),
    -- Computed when read, so that they cannot contradict the body and cost no byte on the card.
    slot      TEXT GENERATED ALWAYS AS (json_extract(body, '$.slot')) VIRTUAL,
    session   TEXT GENERATED ALWAYS AS (json_extract(body, '$.session')) VIRTUAL,
    card      TEXT GENERATED ALWAYS AS (json_extract(body, '$.card')) VIRTUAL
) STRICT;
-- A source names its own identity: the same identity is one fact, for ever.
CREATE UNIQUE INDEX facts_source ON facts (source, source_id) WHERE source_id IS NOT NULL;
-- Where a session begins and ends; what is said of it stands between. An index of all of it would cost a page a fact.
CREATE INDEX facts_session ON facts (session) WHERE kind IN ('session.started', 'session.collected');

-- Folded from facts. "n" numbers rows in the order of their appearance, which UTC cannot.

CREATE TABLE transfers (
    n      INTEGER PRIMARY KEY,
    id     TEXT NOT NULL UNIQUE,
    seq    INTEGER NOT NULL,
    at_utc INTEGER NOT NULL,
    unit   TEXT NOT NULL,
    debit  TEXT NOT NULL,
    credit TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0)
) STRICT;

CREATE TABLE accounts (
    account TEXT NOT NULL,
    unit    TEXT NOT NULL,
    balance INTEGER NOT NULL,
    PRIMARY KEY (account, unit)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    n           INTEGER PRIMARY KEY,
    session_id  TEXT NOT NULL UNIQUE,
    slot        TEXT NOT NULL,
    service     TEXT NOT NULL,
    card        TEXT NOT NULL,
    state       TEXT NOT NULL,
    granted     INTEGER NOT NULL,
    started_utc INTEGER NOT NULL,
    used_ms     INTEGER NOT NULL,
    returned    INTEGER NOT NULL,
    ended_utc   INTEGER,
    stop_reason TEXT,
    energy_mWh  INTEGER NOT NULL,
    door_opened INTEGER NOT NULL,
    settled     INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_card ON sessions (card, n);

CREATE TABLE claims (
    slot         TEXT NOT NULL,
    visit        TEXT NOT NULL,
    card         TEXT NOT NULL,
    claimed_utc  INTEGER NOT NULL,
    boot_id      TEXT NOT NULL,
    expires_mono INTEGER NOT NULL,
    ended_utc    INTEGER,
    reason       TEXT,
    seq          INTEGER PRIMARY KEY
) STRICT;

CREATE TABLE visits (
    visit        TEXT PRIMARY KEY,
    card         TEXT NOT NULL,
    place        TEXT NOT NULL,
    started_utc  INTEGER NOT NULL,
    boot_id      TEXT NOT NULL,
    started_mono INTEGER NOT NULL,
    ended_utc    INTEGER,
    reason       TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE cards (
    card           TEXT PRIMARY KEY,
    name           TEXT NOT NULL,
    "group"        TEXT NOT NULL,
    blocked        INTEGER NOT NULL,
    expires_utc    INTEGER,
    max_sessions   INTEGER,
    first_seen_utc INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE faults (
    device      TEXT NOT NULL,
    slot        TEXT,
    trouble     TEXT NOT NULL,
    detail      TEXT NOT NULL,
    raised_seq  INTEGER PRIMARY KEY,
    raised_utc  INTEGER NOT NULL,
    cleared_utc INTEGER
) STRICT;

-- No facts: overwritten, bounded, or a copy.

CREATE TABLE marks (
    session    TEXT PRIMARY KEY,
    slot       TEXT NOT NULL,
    used_ms    INTEGER NOT NULL,
    energy_mWh INTEGER NOT NULL,
    utc_ms     INTEGER NOT NULL,
    boot_id    TEXT NOT NULL,
    mono_ns    INTEGER NOT NULL,
    outbox_id  INTEGER -- set while the cloud does not know it
) STRICT, WITHOUT ROWID;

CREATE TABLE samples (
    id         INTEGER PRIMARY KEY,
    session    TEXT NOT NULL,
    slot       TEXT NOT NULL,
    boot_id    TEXT NOT NULL,
    start_mono INTEGER NOT NULL,
    points     TEXT NOT NULL -- [[milliseconds after start_mono, milliamps or null], ...]
) STRICT;
CREATE INDEX samples_session ON samples (session);

CREATE TABLE heartbeats (
    name    TEXT PRIMARY KEY,
    utc_ms  INTEGER NOT NULL,
    boot_id TEXT NOT NULL,
    mono_ns INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE selftests (
    id     INTEGER PRIMARY KEY,
    at_utc INTEGER NOT NULL,
    passed INTEGER NOT NULL,
    checks TEXT NOT NULL CHECK (json_valid(checks))
) STRICT;

CREATE TABLE outbox (
    id    INTEGER PRIMARY KEY,
    path  TEXT NOT NULL UNIQUE,
    value TEXT CHECK (value IS NULL OR json_valid(value)),
    fact  INTEGER,
    CHECK ((value IS NULL) <> (fact IS NULL))
) STRICT;

CREATE TABLE snapshots (
    seq   INTEGER PRIMARY KEY,
    shape TEXT NOT NULL,
    state TEXT NOT NULL CHECK (json_valid(state))
) STRICT;
