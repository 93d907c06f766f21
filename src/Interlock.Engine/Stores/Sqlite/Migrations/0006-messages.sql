-- A delivery was an acknowledgement before; null still is one. 'Delivered': given to the agent, which has not come back since.
-- 'Dropped': taken out of a full inbox.
ALTER TABLE delivery ADD COLUMN state TEXT;
CREATE INDEX delivery_by_agent ON delivery (agent);

-- Questions whose answer has not come.
ALTER TABLE message ADD COLUMN awaited INTEGER NOT NULL DEFAULT 0 CHECK (awaited IN (0, 1));
CREATE INDEX message_awaited ON message (id) WHERE awaited = 1;
CREATE INDEX message_by_time ON message (at);

-- Tasks that agents found missing, until a person decides about them.
CREATE TABLE suggestion (
    id  TEXT PRIMARY KEY,
    doc TEXT NOT NULL
) WITHOUT ROWID;

-- When each agent was last heard of. Written every few seconds, so no event carries it and no replay rebuilds it.
CREATE TABLE sign_of_life (
    agent TEXT PRIMARY KEY,
    at    TEXT NOT NULL,
    how   TEXT NOT NULL
) WITHOUT ROWID;
