-- How decisions are made (JSON), what each covers, and for which group its maker spoke.

ALTER TABLE settings ADD COLUMN rules TEXT NOT NULL DEFAULT '{}';
ALTER TABLE approvals ADD COLUMN scope TEXT NOT NULL DEFAULT 'PLAN';
ALTER TABLE approvals ADD COLUMN speaks_for TEXT;
