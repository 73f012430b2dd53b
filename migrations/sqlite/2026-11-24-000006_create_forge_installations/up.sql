-- A projection: sites with the Forge app. A site is one customer's, whichever door it came through.

CREATE TABLE forge_installations (
    tenant          TEXT   NOT NULL,
    site            TEXT   NOT NULL,
    cloud_id        TEXT   NOT NULL UNIQUE,
    installation_id TEXT   NOT NULL,
    base_url        TEXT   NOT NULL,
    state           TEXT   NOT NULL,
    seq             BIGINT NOT NULL,
    PRIMARY KEY (tenant, site)
);
