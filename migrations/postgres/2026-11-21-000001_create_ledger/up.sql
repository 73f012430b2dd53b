-- The ledger itself. Entries and checkpoints are never changed or removed: the database refuses, whoever asks.
-- Text is compared byte by byte, so that order does not depend on where the cluster was made.

CREATE TABLE entries (
    tenant   TEXT COLLATE "C" NOT NULL,
    seq      BIGINT NOT NULL CHECK (seq >= 0),
    bytes    BYTEA  NOT NULL,
    leaf     BYTEA  NOT NULL CHECK (length(leaf) = 32),
    id       TEXT COLLATE "C" NOT NULL,
    idem     BYTEA  NOT NULL CHECK (length(idem) = 32),
    at       TEXT COLLATE "C" NOT NULL,
    type     TEXT COLLATE "C" NOT NULL,
    severity TEXT COLLATE "C" NOT NULL,
    subject  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, seq),
    UNIQUE (tenant, id),
    UNIQUE (tenant, idem)
);
CREATE INDEX entries_by_subject ON entries (tenant, subject, seq);
-- Canonical JSON of under a kilobyte: compressing it costs every reader and saves little.
ALTER TABLE entries ALTER COLUMN bytes SET STORAGE EXTERNAL;

CREATE TABLE heads (
    tenant    TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    size      BIGINT NOT NULL CHECK (size >= 0),
    last_leaf BYTEA  NOT NULL CHECK (length(last_leaf) = 32),
    frontier  BYTEA  NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE tiles (
    tenant TEXT COLLATE "C" NOT NULL,
    level  INTEGER NOT NULL,
    idx    BIGINT  NOT NULL,
    hashes BYTEA   NOT NULL CHECK (length(hashes) = 8192),
    PRIMARY KEY (tenant, level, idx)
);

CREATE TABLE checkpoints (
    tenant TEXT COLLATE "C" NOT NULL,
    size   BIGINT NOT NULL,
    note   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, size)
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% are append-only', TG_TABLE_NAME;
END $$;

CREATE TRIGGER entries_are_not_changed BEFORE UPDATE ON entries
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entries_are_not_removed BEFORE DELETE ON entries
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entries_are_not_emptied BEFORE TRUNCATE ON entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checkpoints_are_not_changed BEFORE UPDATE ON checkpoints
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checkpoints_are_not_removed BEFORE DELETE ON checkpoints
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checkpoints_are_not_emptied BEFORE TRUNCATE ON checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Values that entries commit to by digest. Erasing one leaves the ledger intact.
CREATE TABLE disclosures (
    tenant     TEXT COLLATE "C" NOT NULL,
    seq        BIGINT NOT NULL,
    digest     TEXT COLLATE "C" NOT NULL,
    disclosure TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, digest)
);
CREATE INDEX disclosures_by_entry ON disclosures (tenant, seq, digest);
