-- A projection: claims that code meets requirements, whose markers are looked for again.

CREATE TABLE claims (
    tenant      TEXT NOT NULL,
    id          TEXT NOT NULL,
    seq         BIGINT NOT NULL,
    site        TEXT NOT NULL,
    issue       TEXT NOT NULL,
    repository  TEXT NOT NULL,
    standing    TEXT NOT NULL,
    checked_seq BIGINT,
    PRIMARY KEY (tenant, id)
);
-- Those of one repository are looked for at each of its pushes.
CREATE INDEX claims_by_repository ON claims (tenant, repository, seq);
