-- What was signed for that opening: asked again, or authorised anew, it is not paid twice.
ALTER TABLE opening ADD COLUMN fee BLOB NOT NULL DEFAULT x'00000000000000000000000000000000';
