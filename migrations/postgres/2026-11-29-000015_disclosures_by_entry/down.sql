ALTER TABLE disclosures DROP CONSTRAINT disclosures_pkey;
ALTER TABLE disclosures ADD PRIMARY KEY (tenant, digest);
CREATE INDEX disclosures_by_entry ON disclosures (tenant, seq, digest);
