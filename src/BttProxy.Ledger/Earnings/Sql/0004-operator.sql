-- The newest claim of a channel, for the operator's list.
CREATE INDEX claim_by_channel ON claim (channel_id, id);

-- The epoch in which the operator closed the channel: nothing more is sold on it in that epoch.
ALTER TABLE channel ADD COLUMN closing_epoch INTEGER;
