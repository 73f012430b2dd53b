-- What stands beside an entry is always asked for by its entry. An index by digest alone, whose values come in no order,
-- had every append write to a page of its own.

ALTER TABLE disclosures DROP CONSTRAINT disclosures_pkey;
DROP INDEX disclosures_by_entry;
ALTER TABLE disclosures ADD PRIMARY KEY (tenant, seq, digest);
