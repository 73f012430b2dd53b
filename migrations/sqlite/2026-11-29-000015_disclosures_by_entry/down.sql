CREATE TABLE disclosures_by_digest (
    tenant     TEXT   NOT NULL,
    seq        BIGINT NOT NULL,
    digest     TEXT   NOT NULL,
    disclosure TEXT   NOT NULL,
    PRIMARY KEY (tenant, digest)
);
INSERT INTO disclosures_by_digest SELECT tenant, seq, digest, disclosure FROM disclosures;
DROP TABLE disclosures;
ALTER TABLE disclosures_by_digest RENAME TO disclosures;
CREATE INDEX disclosures_by_entry ON disclosures (tenant, seq, digest);
