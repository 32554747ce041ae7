PRAGMA application_id = 0x52506475;
PRAGMA user_version = 1;

CREATE TABLE registry (
    version INTEGER PRIMARY KEY,
    content BLOB NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE TABLE account (
    id TEXT PRIMARY KEY,
    member TEXT NOT NULL,
    login TEXT NOT NULL,
    login_key TEXT NOT NULL,
    password TEXT,
    must_change INTEGER NOT NULL,
    role TEXT,
    profile TEXT NOT NULL,
    class TEXT,
    category TEXT,
    standing TEXT NOT NULL,
    valid_until INTEGER,
    affiliation TEXT NOT NULL,
    created INTEGER NOT NULL,
    password_set INTEGER,
    UNIQUE (member, login_key)
) STRICT;
CREATE INDEX account_of_member ON account (member, id);

CREATE TABLE suspension (
    reader TEXT PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE key (
    id TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    generation INTEGER NOT NULL,
    created INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    public BLOB NOT NULL,
    UNIQUE (purpose, generation)
) STRICT;

-- AUTOINCREMENT: the number of a writer is never given twice.
CREATE TABLE audit_writer (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    opened INTEGER NOT NULL,
    covered INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE audit_entry (
    writer INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    member TEXT,
    service TEXT,
    code TEXT,
    outcome TEXT,
    personal_hashes TEXT,
    personal TEXT,
    hash BLOB NOT NULL,
    PRIMARY KEY (writer, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_heads (
    n INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    heads TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;
