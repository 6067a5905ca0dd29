-- The enhanced status code of the reply that took a mail; NULL where a version before this one recorded it.
ALTER TABLE claims ADD COLUMN enhanced_code TEXT;
