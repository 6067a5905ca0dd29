-- Starts an address's schedule over. KEYS[1]: its entry.
return redis.call('DEL', KEYS[1])
