-- The transactions that carry claims, whole, so that what was begun before a crash is sent again as the same transaction.
CREATE TABLE claim_transaction (
  txid       BLOB    NOT NULL PRIMARY KEY,
  payload    BLOB    NOT NULL,
  state      INTEGER NOT NULL,
  fee_limit  INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  block      INTEGER,
  energy     INTEGER,
  fee        INTEGER,
  created_at INTEGER NOT NULL,
  sent_at    INTEGER,
  updated_at INTEGER NOT NULL
) WITHOUT ROWID;
-- States 0 simulated, 1 broadcast, 2 included.
CREATE INDEX claim_transaction_live ON claim_transaction (txid) WHERE state IN (0, 1, 2);
CREATE INDEX claim_by_txid ON claim (txid);

-- What was claimed of an epoch when its end overtook the claim.
ALTER TABLE claim ADD COLUMN claimed_then BLOB;

-- Claims of an older program lack their transaction; the contract pays each unit once, so they are begun anew.
UPDATE claim SET state = 0, txid = NULL WHERE state = 1;
