-- Whether the server can be used: a write finds out what a PING does not (a replica, a full memory, a failing disk).
-- Returns the server's clock.
redis.call('SET', KEYS[1], 1, 'PX', 1000)
return server_micros()
