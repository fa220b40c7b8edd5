-- Whether a channel has an open session, and when its last one ended, are asked at each look at what there is to claim.
DROP INDEX session_by_channel;
CREATE INDEX session_by_channel ON session (channel_id, closed_at);
