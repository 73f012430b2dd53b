DROP INDEX tickets_by_release;
ALTER TABLE tickets DROP COLUMN released_until;
ALTER TABLE tickets DROP COLUMN release;
