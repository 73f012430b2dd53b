DROP TABLE jira_syncs;
DROP TABLE api_key_uses;
DROP TABLE event_models;
DROP INDEX tickets_by_key;
DROP TABLE links;
DROP TABLE jira_integrations;
DROP TABLE code_hosts;
DROP TABLE api_keys;
