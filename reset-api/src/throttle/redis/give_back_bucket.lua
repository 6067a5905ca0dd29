-- Gives one back to a bucket.
-- KEYS[1]: the bucket. ARGV: clock offset, refill, capacity.
local full_at = tonumber(redis.call('GET', KEYS[1]) or 0)
local now = server_micros() + tonumber(ARGV[1])
local less = math.min(full_at, now + tonumber(ARGV[3])) - tonumber(ARGV[2])
if less > now then
  redis.call('SET', KEYS[1], digits(less), 'PX', digits(math.ceil((less - now) / 1000)))
else
  redis.call('DEL', KEYS[1])
end
return 0
