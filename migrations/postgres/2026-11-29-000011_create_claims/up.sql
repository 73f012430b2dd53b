-- A projection: claims that code meets requirements, whose markers are looked for again.

CREATE TABLE claims (
    tenant      TEXT COLLATE "C" NOT NULL,
    id          TEXT COLLATE "C" NOT NULL,
    seq         BIGINT NOT NULL,
    site        TEXT COLLATE "C" NOT NULL,
    issue       TEXT COLLATE "C" NOT NULL,
    repository  TEXT COLLATE "C" NOT NULL,
    standing    TEXT COLLATE "C" NOT NULL,
    checked_seq BIGINT,
    PRIMARY KEY (tenant, id)
);
-- Those of one repository are looked for at each of its pushes.
CREATE INDEX claims_by_repository ON claims (tenant, repository, seq);
