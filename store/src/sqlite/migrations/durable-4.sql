PRAGMA user_version = 4;

-- Keys that may pass to another person. `bound` and `refused` are keyed hashes, or the end
-- of a membership: nothing personal.
CREATE TABLE binding (
    key TEXT PRIMARY KEY,
    generation INTEGER NOT NULL DEFAULT 0,
    bound BLOB NOT NULL,
    refused BLOB,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
