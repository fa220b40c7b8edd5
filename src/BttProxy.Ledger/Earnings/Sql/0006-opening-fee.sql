-- A voucher over the fee for opening or topping up a channel, kept before the transaction is sent. It counts when that is final on chain.
CREATE TABLE opening_fee (
  payer          BLOB    NOT NULL,
  signer         BLOB    NOT NULL,
  payee          BLOB    NOT NULL,
  authorizer     BLOB    NOT NULL,
  token          BLOB    NOT NULL,
  withdraw_delay INTEGER NOT NULL,
  salt           BLOB    NOT NULL,
  channel_id     BLOB    NOT NULL PRIMARY KEY,
  epoch          INTEGER NOT NULL,
  reserved       BLOB    NOT NULL,
  base           BLOB    NOT NULL,
  amount         BLOB    NOT NULL,
  signature      BLOB    NOT NULL,
  deadline       INTEGER NOT NULL
) WITHOUT ROWID;
