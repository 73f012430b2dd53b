-- A projection: sites with the Forge app. A site is one customer's, whichever door it came through.

CREATE TABLE forge_installations (
    tenant          TEXT COLLATE "C" NOT NULL,
    site            TEXT COLLATE "C" NOT NULL,
    cloud_id        TEXT COLLATE "C" NOT NULL UNIQUE,
    installation_id TEXT COLLATE "C" NOT NULL,
    base_url        TEXT COLLATE "C" NOT NULL,
    state           TEXT COLLATE "C" NOT NULL,
    seq             BIGINT NOT NULL,
    PRIMARY KEY (tenant, site)
);
