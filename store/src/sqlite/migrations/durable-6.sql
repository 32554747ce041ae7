PRAGMA user_version = 6;

-- The public_url that keys, metadata and the ids of readers were made under; kept at the
-- first start, so that another one in the configuration is noticed.
CREATE TABLE origin (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    public_url TEXT NOT NULL
) STRICT;
