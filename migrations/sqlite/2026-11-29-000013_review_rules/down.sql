ALTER TABLE approvals DROP COLUMN speaks_for;
ALTER TABLE approvals DROP COLUMN scope;
ALTER TABLE settings DROP COLUMN rules;
