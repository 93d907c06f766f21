-- Answers of checks. They are found again by key and counted by name; they are no part of what events replay.
CREATE TABLE check_run (
    seq  INTEGER PRIMARY KEY AUTOINCREMENT,
    key  TEXT NOT NULL,
    name TEXT NOT NULL,
    result TEXT NOT NULL,
    at   TEXT NOT NULL,
    ms   INTEGER NOT NULL,
    runs INTEGER NOT NULL,
    log  TEXT
);
CREATE INDEX check_run_green ON check_run (key) WHERE result <> 'Failed';
CREATE INDEX check_run_by_name ON check_run (name, seq);
