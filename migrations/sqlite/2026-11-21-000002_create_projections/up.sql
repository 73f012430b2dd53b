-- What follows from the entries. The verifier folds the entries and compares every column. Encrypted and
-- erasable columns are checked by the digest that stands in the ledger.

CREATE TABLE tenants (
    id          TEXT NOT NULL PRIMARY KEY,
    ledger_key  TEXT NOT NULL,
    signing_key BLOB NOT NULL,
    since       TEXT NOT NULL
);

CREATE TABLE sites (
    tenant        TEXT   NOT NULL,
    id            TEXT   NOT NULL,
    client_key    TEXT   NOT NULL UNIQUE,
    base_url      TEXT   NOT NULL,
    cloud_id      TEXT,
    state         TEXT   NOT NULL,
    shared_secret BLOB   NOT NULL,
    seq           BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE TABLE settings (
    tenant         TEXT    NOT NULL,
    site           TEXT    NOT NULL,
    project        TEXT    NOT NULL, -- empty: every project without settings of its own
    approver_role  TEXT,
    approver_group TEXT,
    own_ticket     BOOLEAN NOT NULL CHECK (own_ticket IN (0, 1)),
    seq            BIGINT  NOT NULL,
    PRIMARY KEY (tenant, site, project)
);

CREATE TABLE people (
    tenant     TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    site       TEXT   NOT NULL,
    account_id TEXT   NOT NULL,
    seq        BIGINT NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, site, account_id)
);

CREATE TABLE tickets (
    tenant          TEXT    NOT NULL,
    site            TEXT    NOT NULL,
    issue           TEXT    NOT NULL,
    ticket_key      TEXT    NOT NULL,
    deleted         BOOLEAN NOT NULL CHECK (deleted IN (0, 1)),
    content_hash    TEXT    NOT NULL,
    content_key     BLOB    NOT NULL,
    catalog         TEXT    NOT NULL,
    requirement_set TEXT    NOT NULL,
    severity        TEXT    NOT NULL,
    risk_tenths     INTEGER NOT NULL,
    assessed_by     TEXT    NOT NULL,
    assessed_seq    BIGINT  NOT NULL,
    approval        TEXT    NOT NULL,
    PRIMARY KEY (tenant, site, issue)
);

CREATE TABLE approvals (
    tenant          TEXT   NOT NULL,
    event           TEXT   NOT NULL,
    seq             BIGINT NOT NULL,
    site            TEXT   NOT NULL,
    issue           TEXT   NOT NULL,
    reviewer        TEXT   NOT NULL,
    role            TEXT   NOT NULL,
    decision        TEXT   NOT NULL,
    content_hash    TEXT   NOT NULL,
    requirement_set TEXT   NOT NULL,
    reviewed_at     TEXT   NOT NULL,
    state           TEXT   NOT NULL,
    PRIMARY KEY (tenant, event)
);
CREATE INDEX approvals_by_ticket ON approvals (tenant, site, issue, seq);

CREATE TABLE requirement_sets (
    tenant  TEXT   NOT NULL,
    version TEXT   NOT NULL,
    seq     BIGINT NOT NULL,
    PRIMARY KEY (tenant, version)
);

CREATE TABLE verifications (
    tenant      TEXT   NOT NULL PRIMARY KEY,
    verdict     TEXT   NOT NULL,
    size        BIGINT NOT NULL,
    findings    BIGINT NOT NULL,
    verified_at TEXT   NOT NULL,
    seq         BIGINT NOT NULL
);
