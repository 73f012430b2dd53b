DROP TABLE disclosures;
DROP TABLE checkpoints;
DROP TABLE tiles;
DROP TABLE heads;
DROP TABLE entries;
DROP FUNCTION refuse_change();
