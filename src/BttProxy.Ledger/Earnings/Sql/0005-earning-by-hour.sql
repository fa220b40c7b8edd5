-- What an hour brought besides vouchers: bytes handed to clients, and what the chain has paid. Hours before this script have none.
ALTER TABLE earning ADD COLUMN delivered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE earning ADD COLUMN claimed BLOB;

-- Fees by the time when their transactions ended.
CREATE INDEX claim_transaction_by_end ON claim_transaction (updated_at) WHERE fee IS NOT NULL;
