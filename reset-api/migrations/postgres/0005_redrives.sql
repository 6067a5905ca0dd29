-- How many lives the mail that carries the token has begun after its first: an operator's redrive begins the next. What is
-- reported of an earlier one ends nothing.
ALTER TABLE reset_tokens ADD COLUMN redrives integer NOT NULL DEFAULT 0;
