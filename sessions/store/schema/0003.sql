-- Version 3: under which card key the store was made, and a card's transfers without reading all of them.

-- What is said of the store as a whole, by name. `card_key` is a fingerprint, which tells nothing of the key.
CREATE TABLE header (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    crc   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Of cards only: each of the other accounts is in a large part of all transfers.
CREATE INDEX transfers_credit ON transfers (credit) WHERE credit GLOB 'card:*';
CREATE INDEX transfers_debit ON transfers (debit) WHERE debit GLOB 'card:*';
