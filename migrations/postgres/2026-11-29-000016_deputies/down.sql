ALTER TABLE approvals DROP COLUMN in_place_of;
