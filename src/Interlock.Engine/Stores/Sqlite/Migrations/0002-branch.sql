-- What the merge queue remembers of each branch it lands on.
CREATE TABLE branch (
    ref TEXT PRIMARY KEY,
    doc TEXT NOT NULL
) WITHOUT ROWID;
