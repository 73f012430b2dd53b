DROP TABLE api_key_uses;
DROP TABLE links;
DROP TABLE code_hosts;
DROP TABLE api_keys;
