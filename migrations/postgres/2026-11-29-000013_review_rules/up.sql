-- How decisions are made (JSON), what each covers, and for which group its maker spoke.

ALTER TABLE settings ADD COLUMN rules TEXT COLLATE "C" NOT NULL DEFAULT '{}';
ALTER TABLE approvals ADD COLUMN scope TEXT COLLATE "C" NOT NULL DEFAULT 'PLAN';
ALTER TABLE approvals ADD COLUMN speaks_for TEXT COLLATE "C";
