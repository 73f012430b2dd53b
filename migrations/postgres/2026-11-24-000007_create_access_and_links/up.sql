-- Projections: keys to the API, code hosts, Jira sites that an API token opens, and links between events and tickets.

CREATE TABLE api_keys (
    tenant TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    environment TEXT COLLATE "C" NOT NULL,
    scopes TEXT COLLATE "C" NOT NULL, -- separated by a space
    secret_digest TEXT COLLATE "C" NOT NULL UNIQUE,
    expires_at TEXT COLLATE "C",
    revoked BOOLEAN NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE TABLE code_hosts (
    tenant TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL UNIQUE,
    kind TEXT COLLATE "C" NOT NULL,
    base_url TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    push_as TEXT COLLATE "C" NOT NULL,
    webhook_secret BYTEA NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE TABLE jira_integrations (
    tenant   TEXT COLLATE "C" NOT NULL,
    site     TEXT COLLATE "C" NOT NULL UNIQUE,
    base_url TEXT COLLATE "C" NOT NULL,
    api_url  TEXT COLLATE "C" NOT NULL,
    state    TEXT COLLATE "C" NOT NULL,
    projects TEXT COLLATE "C" NOT NULL, -- separated by a space
    secrets  BYTEA   NOT NULL,
    seq      BIGINT NOT NULL,
    PRIMARY KEY (tenant, site)
);

CREATE TABLE links (
    tenant TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    event TEXT COLLATE "C" NOT NULL,
    ticket_key TEXT COLLATE "C" NOT NULL,
    site TEXT COLLATE "C", -- empty with issue: the ticket's tracker did not show it
    issue TEXT COLLATE "C",
    revoked BOOLEAN NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX links_by_event ON links (tenant, event, seq);
CREATE INDEX links_by_ticket ON links (tenant, site, issue, seq);

-- An event has one subject. Of one that is about a commit and a model it is the commit; the model stands here.
CREATE TABLE event_models (
    tenant TEXT COLLATE "C" NOT NULL,
    model  TEXT COLLATE "C" NOT NULL,
    seq    BIGINT NOT NULL,
    PRIMARY KEY (tenant, model, seq)
);

-- Tickets are asked for by the key that people use.
CREATE INDEX tickets_by_key ON tickets (tenant, ticket_key);

-- When each key was last used, to the minute: for people who tidy up. Nothing that an auditor relies on.
CREATE TABLE api_key_uses (
    tenant TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    used_at TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, id)
);

-- How far each of those sites was read, and what was heard of it: where the next reading begins. A site that is read once
-- more leads to the same entries. Nothing that an auditor relies on.
CREATE TABLE jira_syncs (
    tenant       TEXT COLLATE "C" NOT NULL,
    site         TEXT COLLATE "C" NOT NULL,
    read_to_ms   BIGINT NOT NULL,
    synced_at    TEXT COLLATE "C",
    heard_at     TEXT COLLATE "C",
    last_error   TEXT COLLATE "C",
    PRIMARY KEY (tenant, site)
);
