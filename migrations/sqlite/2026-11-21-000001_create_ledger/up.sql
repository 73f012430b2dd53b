-- The ledger itself. Entries and checkpoints are never changed or removed: the database refuses.

CREATE TABLE entries (
    tenant   TEXT    NOT NULL,
    seq      BIGINT  NOT NULL CHECK (seq >= 0),
    bytes    BLOB    NOT NULL,
    leaf     BLOB    NOT NULL CHECK (length(leaf) = 32),
    id       TEXT    NOT NULL,
    idem     BLOB    NOT NULL CHECK (length(idem) = 32),
    at       TEXT    NOT NULL,
    type     TEXT    NOT NULL,
    severity TEXT    NOT NULL,
    subject  TEXT    NOT NULL,
    PRIMARY KEY (tenant, seq),
    UNIQUE (tenant, id),
    UNIQUE (tenant, idem)
);
CREATE INDEX entries_by_subject ON entries (tenant, subject, seq);

CREATE TRIGGER entries_are_not_changed BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;
CREATE TRIGGER entries_are_not_removed BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;

-- INSERT OR REPLACE removes rows without asking the trigger above.
CREATE TRIGGER entries_are_not_replaced BEFORE INSERT ON entries
WHEN EXISTS (SELECT 1 FROM entries WHERE tenant = NEW.tenant AND seq = NEW.seq)
  OR EXISTS (SELECT 1 FROM entries WHERE tenant = NEW.tenant AND id = NEW.id)
  OR EXISTS (SELECT 1 FROM entries WHERE tenant = NEW.tenant AND idem = NEW.idem)
BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;

CREATE TABLE heads (
    tenant    TEXT   NOT NULL PRIMARY KEY,
    size      BIGINT NOT NULL CHECK (size >= 0),
    last_leaf BLOB   NOT NULL CHECK (length(last_leaf) = 32),
    frontier  BLOB   NOT NULL
);

CREATE TABLE tiles (
    tenant TEXT    NOT NULL,
    level  INTEGER NOT NULL,
    idx    BIGINT  NOT NULL,
    hashes BLOB    NOT NULL CHECK (length(hashes) = 8192),
    PRIMARY KEY (tenant, level, idx)
);

CREATE TABLE checkpoints (
    tenant TEXT   NOT NULL,
    size   BIGINT NOT NULL,
    note   TEXT   NOT NULL,
    PRIMARY KEY (tenant, size)
);
CREATE TRIGGER checkpoints_are_not_changed BEFORE UPDATE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints are append-only'); END;
CREATE TRIGGER checkpoints_are_not_removed BEFORE DELETE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints are append-only'); END;

-- A checkpoint of a size that has one is left out, not written over: ON CONFLICT DO NOTHING stays possible.
CREATE TRIGGER checkpoints_are_not_replaced BEFORE INSERT ON checkpoints
WHEN EXISTS (SELECT 1 FROM checkpoints WHERE tenant = NEW.tenant AND size = NEW.size)
BEGIN SELECT RAISE(IGNORE); END;

-- Values that entries commit to by digest. Erasing one leaves the ledger intact.
CREATE TABLE disclosures (
    tenant     TEXT   NOT NULL,
    seq        BIGINT NOT NULL,
    digest     TEXT   NOT NULL,
    disclosure TEXT   NOT NULL,
    PRIMARY KEY (tenant, digest)
);
CREATE INDEX disclosures_by_entry ON disclosures (tenant, seq, digest);
