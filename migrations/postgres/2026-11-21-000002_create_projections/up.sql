-- What follows from the entries. The verifier folds the entries and compares every column. Encrypted and
-- erasable columns are checked by the digest that stands in the ledger.

CREATE TABLE tenants (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    ledger_key  TEXT COLLATE "C" NOT NULL,
    signing_key BYTEA NOT NULL,
    since       TEXT COLLATE "C" NOT NULL
);

CREATE TABLE sites (
    tenant        TEXT COLLATE "C" NOT NULL,
    id            TEXT COLLATE "C" NOT NULL,
    client_key    TEXT COLLATE "C" NOT NULL UNIQUE,
    base_url      TEXT COLLATE "C" NOT NULL,
    cloud_id      TEXT COLLATE "C",
    state         TEXT COLLATE "C" NOT NULL,
    shared_secret BYTEA  NOT NULL,
    seq           BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE TABLE settings (
    tenant         TEXT COLLATE "C" NOT NULL,
    site           TEXT COLLATE "C" NOT NULL,
    project        TEXT COLLATE "C" NOT NULL, -- empty: every project without settings of its own
    approver_role  TEXT COLLATE "C",
    approver_group TEXT COLLATE "C",
    own_ticket     BOOLEAN NOT NULL,
    seq            BIGINT  NOT NULL,
    PRIMARY KEY (tenant, site, project)
);

CREATE TABLE people (
    tenant     TEXT COLLATE "C" NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    site       TEXT COLLATE "C" NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL,
    seq        BIGINT NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, site, account_id)
);

CREATE TABLE tickets (
    tenant          TEXT COLLATE "C" NOT NULL,
    site            TEXT COLLATE "C" NOT NULL,
    issue           TEXT COLLATE "C" NOT NULL,
    ticket_key      TEXT COLLATE "C" NOT NULL,
    deleted         BOOLEAN NOT NULL,
    content_hash    TEXT COLLATE "C" NOT NULL,
    content_key     BYTEA   NOT NULL,
    catalog         TEXT COLLATE "C" NOT NULL,
    requirement_set TEXT COLLATE "C" NOT NULL,
    severity        TEXT COLLATE "C" NOT NULL,
    risk_tenths     INTEGER NOT NULL,
    assessed_by     TEXT COLLATE "C" NOT NULL,
    assessed_seq    BIGINT  NOT NULL,
    approval        TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, site, issue)
);

CREATE TABLE approvals (
    tenant          TEXT COLLATE "C" NOT NULL,
    event           TEXT COLLATE "C" NOT NULL,
    seq             BIGINT NOT NULL,
    site            TEXT COLLATE "C" NOT NULL,
    issue           TEXT COLLATE "C" NOT NULL,
    reviewer        TEXT COLLATE "C" NOT NULL,
    role            TEXT COLLATE "C" NOT NULL,
    decision        TEXT COLLATE "C" NOT NULL,
    content_hash    TEXT COLLATE "C" NOT NULL,
    requirement_set TEXT COLLATE "C" NOT NULL,
    reviewed_at     TEXT COLLATE "C" NOT NULL,
    state           TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, event)
);
CREATE INDEX approvals_by_ticket ON approvals (tenant, site, issue, seq);

CREATE TABLE requirement_sets (
    tenant  TEXT COLLATE "C" NOT NULL,
    version TEXT COLLATE "C" NOT NULL,
    seq     BIGINT NOT NULL,
    PRIMARY KEY (tenant, version)
);

CREATE TABLE verifications (
    tenant      TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    verdict     TEXT COLLATE "C" NOT NULL,
    size        BIGINT NOT NULL,
    findings    BIGINT NOT NULL,
    verified_at TEXT COLLATE "C" NOT NULL,
    seq         BIGINT NOT NULL
);
