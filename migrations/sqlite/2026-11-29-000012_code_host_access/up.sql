-- How a code host's own interface is open to us, if it is.

ALTER TABLE code_hosts ADD COLUMN access TEXT;
