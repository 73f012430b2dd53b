DROP TABLE verifications;
DROP TABLE requirement_sets;
DROP TABLE approvals;
DROP TABLE tickets;
DROP TABLE people;
DROP TABLE settings;
DROP TABLE sites;
DROP TABLE tenants;
