-- W3C trace context of the work that wrote the event, or empty: publishing goes on from there.
ALTER TABLE outbox ADD COLUMN traceparent text NOT NULL DEFAULT '';
