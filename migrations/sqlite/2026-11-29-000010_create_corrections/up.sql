-- A projection: what was last said of findings of tickets that somebody set right.

CREATE TABLE corrections (
    tenant     TEXT NOT NULL,
    site       TEXT NOT NULL,
    issue      TEXT NOT NULL,
    indicator  TEXT NOT NULL,
    correction TEXT NOT NULL,
    of_words   TEXT,
    event      TEXT NOT NULL,
    seq        BIGINT NOT NULL,
    PRIMARY KEY (tenant, site, issue, indicator)
);
