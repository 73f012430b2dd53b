-- Work in progress. A row is removed when its work is done; nothing that an auditor relies on is here.

CREATE TABLE inbox (
    id              TEXT   NOT NULL PRIMARY KEY,
    tenant          TEXT   NOT NULL,
    site            TEXT   NOT NULL,
    delivery        TEXT   NOT NULL,
    fact            TEXT   NOT NULL,
    received_at     TEXT   NOT NULL,
    attempts        INTEGER NOT NULL,
    next_attempt_ms BIGINT NOT NULL,
    dead            BOOLEAN NOT NULL,
    last_error      TEXT,
    UNIQUE (tenant, site, delivery)
);
CREATE INDEX inbox_due ON inbox (dead, next_attempt_ms, id);

CREATE TABLE outbox (
    id              TEXT   NOT NULL PRIMARY KEY,
    tenant          TEXT   NOT NULL,
    site            TEXT   NOT NULL,
    issue           TEXT   NOT NULL,
    effect          TEXT   NOT NULL,
    body            TEXT   NOT NULL,
    created_at      TEXT   NOT NULL,
    attempts        INTEGER NOT NULL,
    next_attempt_ms BIGINT NOT NULL,
    dead            BOOLEAN NOT NULL,
    last_error      TEXT,
    UNIQUE (tenant, site, issue, effect) -- a later state of the same thing takes the place of an unsent one
);
CREATE INDEX outbox_due ON outbox (dead, next_attempt_ms, id);
