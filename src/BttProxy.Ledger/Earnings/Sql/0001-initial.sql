-- Amounts and prices are 16 bytes big-endian, so that they order as blobs; times are unix milliseconds.
CREATE TABLE channel (
  id              BLOB    NOT NULL PRIMARY KEY,
  payer           BLOB    NOT NULL,
  signer          BLOB    NOT NULL,
  payee           BLOB    NOT NULL,
  authorizer      BLOB    NOT NULL,
  token           BLOB    NOT NULL,
  withdraw_delay  INTEGER NOT NULL,
  salt            BLOB    NOT NULL,
  withdraw_at     INTEGER,
  settled_before  BLOB    NOT NULL,
  lost            BLOB    NOT NULL,
  opened_at       INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX channel_by_payer ON channel (payer);

-- What every voucher changes, in narrow rows apart from the terms: a group commit then writes few pages.
CREATE TABLE channel_money (
  id          BLOB    NOT NULL PRIMARY KEY REFERENCES channel (id),
  epoch       INTEGER NOT NULL,
  reserved    BLOB    NOT NULL,
  claimed     BLOB    NOT NULL,
  accepted    BLOB    NOT NULL,
  signature   BLOB,
  accepted_at INTEGER
) WITHOUT ROWID;

-- A channel's bytes and debt and a payer's window are read from here, so that saving a session writes one row.
CREATE TABLE session (
  id          BLOB    NOT NULL PRIMARY KEY,
  channel_id  BLOB    NOT NULL REFERENCES channel (id),
  epoch       INTEGER NOT NULL,
  price       BLOB    NOT NULL,
  base        BLOB    NOT NULL,
  outstanding BLOB    NOT NULL,
  delivered   INTEGER NOT NULL,
  forgiven    INTEGER NOT NULL,
  paid        INTEGER NOT NULL,
  window      INTEGER NOT NULL,
  debt        BLOB    NOT NULL,
  opened_at   INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL,
  closed_at   INTEGER
) WITHOUT ROWID;
CREATE INDEX session_by_channel ON session (channel_id);
CREATE INDEX session_open ON session (id) WHERE closed_at IS NULL;

CREATE TABLE claim (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  channel_id BLOB    NOT NULL REFERENCES channel (id),
  epoch      INTEGER NOT NULL,
  amount     BLOB    NOT NULL,
  signature  BLOB    NOT NULL,
  state      INTEGER NOT NULL,
  txid       BLOB,
  note       TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);
-- One claim of a channel under way at a time (states 0 queued, 1 broadcast).
CREATE UNIQUE INDEX claim_live ON claim (channel_id) WHERE state IN (0, 1);
CREATE INDEX claim_by_state ON claim (state);

CREATE TABLE earning (
  hour     INTEGER NOT NULL PRIMARY KEY,
  amount   BLOB    NOT NULL,
  vouchers INTEGER NOT NULL
);
