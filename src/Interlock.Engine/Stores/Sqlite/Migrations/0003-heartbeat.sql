-- When each supervisor last reported. Written every few seconds, so no event carries it and no replay rebuilds it.
CREATE TABLE heartbeat (
    holder TEXT PRIMARY KEY,
    at     TEXT NOT NULL,
    ticks  INTEGER NOT NULL,
    boot   TEXT NOT NULL
) WITHOUT ROWID;
