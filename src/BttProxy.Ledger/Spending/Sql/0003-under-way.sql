-- The payer's signature under a channel's opening, kept before it is sent: a restart asks the relay again with the same.
CREATE TABLE opening (
  channel_id BLOB    NOT NULL PRIMARY KEY,
  epoch      INTEGER NOT NULL,
  amount     BLOB    NOT NULL,
  deadline   INTEGER NOT NULL,
  signature  BLOB    NOT NULL
) WITHOUT ROWID;

-- The wallet's own transaction for each purpose, kept before it is sent: a restart follows it instead of sending another.
CREATE TABLE wallet_transaction (
  purpose    TEXT    NOT NULL PRIMARY KEY,
  detail     TEXT    NOT NULL,
  id         BLOB    NOT NULL,
  expires_at INTEGER NOT NULL,
  payload    BLOB    NOT NULL
) WITHOUT ROWID;
