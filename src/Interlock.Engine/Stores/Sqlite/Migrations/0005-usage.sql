-- What each attempt used, by the fence of its lease, and what is known of each provider that refused. Events rebuild both.
CREATE TABLE usage (
    fence INTEGER PRIMARY KEY,
    task  TEXT NOT NULL,
    doc   TEXT NOT NULL
);
CREATE INDEX usage_by_task ON usage (task, fence);

CREATE TABLE breaker (
    id  TEXT PRIMARY KEY,
    doc TEXT NOT NULL
) WITHOUT ROWID;
