ALTER TABLE code_hosts DROP COLUMN access;
