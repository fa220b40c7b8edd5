-- Amounts are 16 bytes big-endian, so that they order as blobs; times are unix milliseconds, days count from 0001-01-01.
CREATE TABLE channel (
  id             BLOB    NOT NULL PRIMARY KEY,
  relay_id       BLOB    NOT NULL,
  payer          BLOB    NOT NULL,
  signer         BLOB    NOT NULL,
  payee          BLOB    NOT NULL,
  authorizer     BLOB    NOT NULL,
  token          BLOB    NOT NULL,
  withdraw_delay INTEGER NOT NULL,
  salt           BLOB    NOT NULL,
  epoch          INTEGER NOT NULL,
  reserved       BLOB    NOT NULL,
  signed         BLOB    NOT NULL,
  signature      BLOB,
  spent_before   BLOB    NOT NULL,
  created_at     INTEGER NOT NULL,
  updated_at     INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX channel_by_relay ON channel (relay_id);

CREATE TABLE spend (
  day      INTEGER NOT NULL,
  torrent  TEXT    NOT NULL,
  relay_id BLOB    NOT NULL,
  amount   BLOB    NOT NULL,
  bytes    INTEGER NOT NULL,
  PRIMARY KEY (day, torrent, relay_id)
) WITHOUT ROWID;
CREATE INDEX spend_by_torrent ON spend (torrent);
