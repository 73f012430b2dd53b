-- A projection: addresses to which entries are sent as they come.

CREATE TABLE feeds (
    tenant  TEXT NOT NULL,
    id      TEXT NOT NULL,
    host    TEXT NOT NULL,
    form    TEXT NOT NULL,
    least   TEXT NOT NULL,
    types   TEXT NOT NULL, -- separated by a space
    state   TEXT NOT NULL,
    secrets BLOB NOT NULL,
    seq     BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
);

-- How far each was sent. An entry that is sent once more counts once at the other end. Nothing that an auditor relies on.
CREATE TABLE feed_positions (
    tenant      TEXT NOT NULL,
    feed        TEXT NOT NULL,
    next        BIGINT NOT NULL,
    failed      INTEGER NOT NULL,
    again_at_ms BIGINT NOT NULL,
    sent_at     TEXT,
    last_error  TEXT,
    PRIMARY KEY (tenant, feed)
);
