-- Work in progress. A row is removed when its work is done; nothing that an auditor relies on is here.

CREATE TABLE inbox (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    tenant          TEXT COLLATE "C" NOT NULL,
    site            TEXT COLLATE "C" NOT NULL,
    delivery        TEXT COLLATE "C" NOT NULL,
    fact            TEXT COLLATE "C" NOT NULL,
    received_at     TEXT COLLATE "C" NOT NULL,
    attempts        INTEGER NOT NULL,
    next_attempt_ms BIGINT NOT NULL,
    dead            BOOLEAN NOT NULL,
    last_error      TEXT COLLATE "C",
    UNIQUE (tenant, site, delivery)
);
CREATE INDEX inbox_due ON inbox (dead, next_attempt_ms, id);

CREATE TABLE outbox (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    tenant          TEXT COLLATE "C" NOT NULL,
    site            TEXT COLLATE "C" NOT NULL,
    issue           TEXT COLLATE "C" NOT NULL,
    effect          TEXT COLLATE "C" NOT NULL,
    body            TEXT COLLATE "C" NOT NULL,
    created_at      TEXT COLLATE "C" NOT NULL,
    attempts        INTEGER NOT NULL,
    next_attempt_ms BIGINT NOT NULL,
    dead            BOOLEAN NOT NULL,
    last_error      TEXT COLLATE "C",
    UNIQUE (tenant, site, issue, effect) -- a later state of the same thing takes the place of an unsent one
);
CREATE INDEX outbox_due ON outbox (dead, next_attempt_ms, id);
