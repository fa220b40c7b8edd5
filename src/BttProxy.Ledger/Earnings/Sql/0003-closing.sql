-- A close that was agreed with the client, kept before it is sent. Until its end is known the channel's vouchers are not claimed.
CREATE TABLE closing (
  channel_id BLOB    NOT NULL PRIMARY KEY,
  epoch      INTEGER NOT NULL,
  final      BLOB    NOT NULL,
  txid       BLOB    NOT NULL,
  payload    BLOB    NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;
