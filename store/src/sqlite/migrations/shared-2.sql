PRAGMA user_version = 2;

-- Faults of a library since its last good login.
CREATE TABLE trouble (
    member TEXT PRIMARY KEY,
    since INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    -- JSON: hashed networks that saw them
    networks TEXT NOT NULL
) STRICT, WITHOUT ROWID;
