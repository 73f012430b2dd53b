-- A projection: requirements that tickets need not meet for a while.

CREATE TABLE waivers (
    tenant      TEXT NOT NULL,
    id          TEXT NOT NULL,
    seq         BIGINT NOT NULL,
    site        TEXT NOT NULL,
    issue       TEXT NOT NULL,
    requirement TEXT NOT NULL,
    until       TEXT NOT NULL,
    state       TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX waivers_by_ticket ON waivers (tenant, site, issue, seq);
-- Those whose end is near are looked for often.
CREATE INDEX waivers_by_end ON waivers (state, until);
