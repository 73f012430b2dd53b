-- What stands beside an entry is always asked for by its entry. An index by digest alone, whose values come in no order,
-- had every append write to a page of its own.

CREATE TABLE disclosures_anew (
    tenant     TEXT   NOT NULL,
    seq        BIGINT NOT NULL,
    digest     TEXT   NOT NULL,
    disclosure TEXT   NOT NULL,
    PRIMARY KEY (tenant, seq, digest)
);
INSERT INTO disclosures_anew SELECT tenant, seq, digest, disclosure FROM disclosures ORDER BY tenant, seq, digest;
DROP TABLE disclosures;
ALTER TABLE disclosures_anew RENAME TO disclosures;
