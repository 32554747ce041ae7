PRAGMA application_id = 0x52507368;
PRAGMA user_version = 1;

CREATE TABLE one_use (
    key BLOB PRIMARY KEY,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX one_use_expires ON one_use (expires);

CREATE TABLE parked (
    key BLOB PRIMARY KEY,
    expires INTEGER NOT NULL,
    value BLOB NOT NULL
) STRICT;
CREATE INDEX parked_expires ON parked (expires);

CREATE TABLE counter (
    key BLOB PRIMARY KEY,
    expires INTEGER NOT NULL,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX counter_expires ON counter (expires);

CREATE TABLE session (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    reader TEXT NOT NULL,
    expires INTEGER NOT NULL,
    idle_ms INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    record BLOB NOT NULL,
    -- JSON: [[key, sealed sid], …], both in hex
    indexes TEXT
) STRICT;
CREATE INDEX session_reader ON session (reader);
CREATE INDEX session_expires ON session (expires);

CREATE TABLE session_index (
    key BLOB NOT NULL,
    session INTEGER NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    sid BLOB NOT NULL,
    PRIMARY KEY (key, session)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_index_session ON session_index (session);

-- A session and its indexes are one statement, so one round to the engine and no transaction.
CREATE TRIGGER session_indexes AFTER INSERT ON session WHEN NEW.indexes IS NOT NULL BEGIN
    INSERT OR IGNORE INTO session_index (key, session, sid)
        SELECT unhex(value ->> 0), NEW.id, unhex(value ->> 1) FROM json_each(NEW.indexes);
END;

CREATE TABLE session_service (
    session INTEGER NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    service TEXT NOT NULL,
    protocol TEXT NOT NULL,
    at INTEGER NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (session, service, protocol)
) STRICT, WITHOUT ROWID;

CREATE TABLE trace (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    at INTEGER NOT NULL,
    record BLOB NOT NULL
) STRICT;
