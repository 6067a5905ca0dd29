-- Takes one from a bucket, or only looks.
-- KEYS[1]: the bucket, which is the instant at which it is full again.
-- ARGV: clock offset, deadline, refill, capacity, and 1 to take or 0 to look.
-- Returns -1 if the deadline is past, 0 if granted, else how long until it would be.
local server = server_micros()
if server > tonumber(ARGV[2]) then return -1 end
local now = server + tonumber(ARGV[1])
local refill, capacity = tonumber(ARGV[3]), tonumber(ARGV[4])

local full_at = tonumber(redis.call('GET', KEYS[1]) or now)
-- No bucket is fuller than full or, where its rate was slower before, or the clock ahead, emptier than empty.
full_at = math.min(math.max(full_at, now), now + capacity)
local taken = full_at + refill
local early = taken - (now + capacity)
if early > 0 then return early end
if ARGV[5] == '1' then
  -- Full, it changes no answer.
  redis.call('SET', KEYS[1], digits(taken), 'PX', digits(math.ceil((taken - now) / 1000)))
end
return 0
