-- A projection: addresses to which entries are sent as they come.

CREATE TABLE feeds (
    tenant  TEXT COLLATE "C" NOT NULL,
    id      TEXT COLLATE "C" NOT NULL,
    host    TEXT COLLATE "C" NOT NULL,
    form    TEXT COLLATE "C" NOT NULL,
    least   TEXT COLLATE "C" NOT NULL,
    types   TEXT COLLATE "C" NOT NULL, -- separated by a space
    state   TEXT COLLATE "C" NOT NULL,
    secrets BYTEA NOT NULL,
    seq     BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
);

-- How far each was sent. An entry that is sent once more counts once at the other end. Nothing that an auditor relies on.
CREATE TABLE feed_positions (
    tenant      TEXT COLLATE "C" NOT NULL,
    feed        TEXT COLLATE "C" NOT NULL,
    next        BIGINT NOT NULL,
    failed      INTEGER NOT NULL,
    again_at_ms BIGINT NOT NULL,
    sent_at     TEXT COLLATE "C",
    last_error  TEXT COLLATE "C",
    PRIMARY KEY (tenant, feed)
);
