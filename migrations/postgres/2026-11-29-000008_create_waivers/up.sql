-- A projection: requirements that tickets need not meet for a while.

CREATE TABLE waivers (
    tenant      TEXT COLLATE "C" NOT NULL,
    id          TEXT COLLATE "C" NOT NULL,
    seq         BIGINT NOT NULL,
    site        TEXT COLLATE "C" NOT NULL,
    issue       TEXT COLLATE "C" NOT NULL,
    requirement TEXT COLLATE "C" NOT NULL,
    until       TEXT COLLATE "C" NOT NULL,
    state       TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX waivers_by_ticket ON waivers (tenant, site, issue, seq);
-- Those whose end is near are looked for often.
CREATE INDEX waivers_by_end ON waivers (state, until);
