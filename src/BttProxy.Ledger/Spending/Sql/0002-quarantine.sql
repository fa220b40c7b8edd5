-- Why nothing more is signed on a channel in its present epoch; null for one that may be used.
ALTER TABLE channel ADD COLUMN quarantine TEXT;
