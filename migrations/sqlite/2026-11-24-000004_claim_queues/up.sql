-- Several servers work on the queues: a row in work is claimed under a token until a moment, and whoever claimed
-- it may end it. `subject` says which notifications are one piece of work. A lease is a claim on a job as a whole.

ALTER TABLE inbox ADD COLUMN subject TEXT NOT NULL DEFAULT '';
ALTER TABLE inbox ADD COLUMN claim TEXT;
ALTER TABLE inbox ADD COLUMN claimed_until_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN claim TEXT;
ALTER TABLE outbox ADD COLUMN claimed_until_ms BIGINT NOT NULL DEFAULT 0;
UPDATE inbox SET subject = id;

DROP INDEX inbox_due;
DROP INDEX outbox_due;
CREATE INDEX inbox_due ON inbox (tenant, dead, next_attempt_ms, id);
CREATE INDEX inbox_by_subject ON inbox (tenant, site, subject);
CREATE INDEX outbox_due ON outbox (tenant, dead, next_attempt_ms, id);

CREATE TABLE leases (
    name     TEXT   NOT NULL PRIMARY KEY,
    holder   TEXT   NOT NULL,
    until_ms BIGINT NOT NULL
);
