DROP TABLE forge_installations;
