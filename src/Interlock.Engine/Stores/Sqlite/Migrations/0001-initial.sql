-- Rows keep what is queried or constrained as columns and the whole record as JSON in doc.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE story (
    id  TEXT PRIMARY KEY,
    ord INTEGER NOT NULL,
    doc TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE task (
    id      TEXT PRIMARY KEY,
    ord     INTEGER NOT NULL,
    story   TEXT NOT NULL,
    state   TEXT NOT NULL,
    waiting INTEGER NOT NULL CHECK (waiting IN (0, 1)),
    doc     TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX task_waiting ON task (id) WHERE waiting = 1;
CREATE INDEX task_by_story ON task (story, state);

-- AUTOINCREMENT: a fence is never handed out twice, not even after its row is gone.
CREATE TABLE lease (
    fence INTEGER PRIMARY KEY AUTOINCREMENT,
    task  TEXT,
    live  INTEGER NOT NULL CHECK (live IN (0, 1)),
    doc   TEXT NOT NULL
);
-- The second net under the claim rules: two live leases of one task cannot be stored.
CREATE UNIQUE INDEX lease_one_live ON lease (task) WHERE live = 1 AND task IS NOT NULL;
CREATE INDEX lease_live ON lease (live) WHERE live = 1;

CREATE TABLE landing (
    fence INTEGER PRIMARY KEY,
    task  TEXT NOT NULL,
    state TEXT NOT NULL,
    doc   TEXT NOT NULL
);
CREATE INDEX landing_open ON landing (state) WHERE state IN ('Submitted', 'Merging');

-- A request id that was answered once is answered the same again.
CREATE TABLE request (
    id     TEXT PRIMARY KEY,
    at     TEXT NOT NULL,
    result TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE event (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    at      TEXT NOT NULL,
    kind    TEXT NOT NULL,
    task    TEXT,
    agent   TEXT,
    fence   INTEGER,
    message TEXT NOT NULL,
    rows    TEXT NOT NULL
);
CREATE INDEX event_by_task ON event (task, seq);

CREATE TRIGGER event_is_append_only_update BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
CREATE TRIGGER event_is_append_only_delete BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;

CREATE TABLE message (
    id  TEXT PRIMARY KEY,
    at  TEXT NOT NULL,
    doc TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE delivery (
    message TEXT NOT NULL,
    agent   TEXT NOT NULL,
    at      TEXT NOT NULL,
    PRIMARY KEY (message, agent)
) WITHOUT ROWID;

-- What each projected file looked like when it was last written: the base of the three-way merge.
CREATE TABLE projection (
    path    TEXT PRIMARY KEY,
    content BLOB NOT NULL
) WITHOUT ROWID;
