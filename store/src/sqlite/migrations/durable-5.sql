PRAGMA user_version = 5;

-- Passkeys (WebAuthn). A credential belongs to exactly one account; `sealed` holds the
-- public key and opens for this account and credential alone, under the master key.
-- From here on `second_factor.sealed` is empty where the account has passkeys only.
CREATE TABLE passkey (
    credential BLOB PRIMARY KEY,
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    sealed BLOB NOT NULL,
    counter INTEGER NOT NULL,
    added INTEGER NOT NULL,
    used INTEGER,
    UNIQUE (account, name)
) STRICT, WITHOUT ROWID;
