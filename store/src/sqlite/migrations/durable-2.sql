PRAGMA user_version = 2;

-- When a key begins to sign; until then it is published ahead.
ALTER TABLE key ADD COLUMN use_from INTEGER NOT NULL DEFAULT 0;
UPDATE key SET use_from = created;
-- When it was given up; `sealed` is empty from then on.
ALTER TABLE key ADD COLUMN withdrawn INTEGER;
