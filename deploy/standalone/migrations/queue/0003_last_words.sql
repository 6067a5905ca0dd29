-- What was said last about a dead letter, masked.
ALTER TABLE dead_letters ADD COLUMN last_words TEXT NOT NULL DEFAULT '';
