-- In whose place a decision was made: one authority counts once.

ALTER TABLE approvals ADD COLUMN in_place_of TEXT COLLATE "C";
