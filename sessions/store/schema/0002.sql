-- Version 2: what was written can be told from what a failing card gives back. SQLite keeps no checksums of its pages.

-- Of each fact with all before it (codec.fact_crc), so that a changed, a lost and a foreign fact are all found.
ALTER TABLE facts ADD COLUMN crc INTEGER NOT NULL DEFAULT 0;
WITH RECURSIVE chain (seq, crc) AS (
    SELECT 0, 0
    UNION ALL
    SELECT facts.seq,
           fact_crc(chain.crc, facts.seq, kind, utc_ms, boot_id, mono_ns, source, source_id, body, transfers)
      FROM chain JOIN facts ON facts.seq = chain.seq + 1
)
UPDATE facts SET crc = chain.crc FROM chain WHERE chain.seq = facts.seq;

-- A mark is money too: use that is billed after a power cut.
ALTER TABLE marks ADD COLUMN crc INTEGER NOT NULL DEFAULT 0;
UPDATE marks SET crc = mark_crc(session, slot, used_ms, energy_mWh, utc_ms, boot_id, mono_ns);

-- A short cut that the next tidy end makes again; its crc goes on from that of its last fact.
DROP TABLE snapshots;
CREATE TABLE snapshots (
    seq   INTEGER PRIMARY KEY,
    shape TEXT NOT NULL,
    state TEXT NOT NULL CHECK (json_valid(state)),
    crc   INTEGER NOT NULL
) STRICT;
