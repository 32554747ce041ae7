PRAGMA user_version = 3;

-- Second factors of accounts with a role. `sealed` opens under the master key alone;
-- `recovery` holds keyed hashes of 32 bytes, one a code that is left.
CREATE TABLE second_factor (
    account TEXT PRIMARY KEY,
    sealed BLOB NOT NULL,
    recovery BLOB NOT NULL,
    enrolled INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
