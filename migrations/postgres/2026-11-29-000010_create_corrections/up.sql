-- A projection: what was last said of findings of tickets that somebody set right.

CREATE TABLE corrections (
    tenant     TEXT COLLATE "C" NOT NULL,
    site       TEXT COLLATE "C" NOT NULL,
    issue      TEXT COLLATE "C" NOT NULL,
    indicator  TEXT COLLATE "C" NOT NULL,
    correction TEXT COLLATE "C" NOT NULL,
    of_words   TEXT COLLATE "C",
    event      TEXT COLLATE "C" NOT NULL,
    seq        BIGINT NOT NULL,
    PRIMARY KEY (tenant, site, issue, indicator)
);
