-- The emergency in which a ticket was released: its entry and the project that released it, with a space between; and
-- until when somebody has to decide on it.

ALTER TABLE tickets ADD COLUMN release TEXT;
ALTER TABLE tickets ADD COLUMN released_until TEXT;
-- For the look through those whose time is over.
CREATE INDEX tickets_by_release ON tickets (released_until) WHERE released_until IS NOT NULL;
