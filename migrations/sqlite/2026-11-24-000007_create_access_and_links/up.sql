-- Projections: keys to the API, code hosts, Jira sites that an API token opens, and links between events and tickets.

CREATE TABLE api_keys (
    tenant        TEXT    NOT NULL,
    id            TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    environment   TEXT    NOT NULL,
    scopes        TEXT    NOT NULL, -- separated by a space
    secret_digest TEXT    NOT NULL UNIQUE,
    expires_at    TEXT,
    revoked       BOOLEAN NOT NULL CHECK (revoked IN (0, 1)),
    seq           BIGINT  NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE TABLE code_hosts (
    tenant         TEXT   NOT NULL,
    id             TEXT   NOT NULL UNIQUE,
    kind           TEXT   NOT NULL,
    base_url       TEXT   NOT NULL,
    state          TEXT   NOT NULL,
    push_as        TEXT   NOT NULL,
    webhook_secret BLOB   NOT NULL,
    seq            BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE TABLE jira_integrations (
    tenant   TEXT   NOT NULL,
    site     TEXT   NOT NULL UNIQUE,
    base_url TEXT   NOT NULL,
    api_url  TEXT   NOT NULL,
    state    TEXT   NOT NULL,
    projects TEXT   NOT NULL, -- separated by a space
    secrets  BLOB   NOT NULL,
    seq      BIGINT NOT NULL,
    PRIMARY KEY (tenant, site)
);

CREATE TABLE links (
    tenant     TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    seq        BIGINT  NOT NULL,
    event      TEXT    NOT NULL,
    ticket_key TEXT    NOT NULL,
    site       TEXT, -- empty with issue: the ticket's tracker did not show it
    issue      TEXT,
    revoked    BOOLEAN NOT NULL CHECK (revoked IN (0, 1)),
    PRIMARY KEY (tenant, id)
);
CREATE INDEX links_by_event ON links (tenant, event, seq);
CREATE INDEX links_by_ticket ON links (tenant, site, issue, seq);

-- An event has one subject. Of one that is about a commit and a model it is the commit; the model stands here.
CREATE TABLE event_models (
    tenant TEXT   NOT NULL,
    model  TEXT   NOT NULL,
    seq    BIGINT NOT NULL,
    PRIMARY KEY (tenant, model, seq)
);

-- Tickets are asked for by the key that people use.
CREATE INDEX tickets_by_key ON tickets (tenant, ticket_key);

-- When each key was last used, to the minute: for people who tidy up. Nothing that an auditor relies on.
CREATE TABLE api_key_uses (
    tenant  TEXT NOT NULL,
    id      TEXT NOT NULL,
    used_at TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);

-- How far each of those sites was read, and what was heard of it: where the next reading begins. A site that is read once
-- more leads to the same entries. Nothing that an auditor relies on.
CREATE TABLE jira_syncs (
    tenant       TEXT   NOT NULL,
    site         TEXT   NOT NULL,
    read_to_ms   BIGINT NOT NULL,
    synced_at    TEXT,
    heard_at     TEXT,
    last_error   TEXT,
    PRIMARY KEY (tenant, site)
);
