-- Asks for the right to send one mail.
-- KEYS[1]: the mail's entry. ARGV: clock offset, deadline, lease in microseconds, lifetime of the entry in milliseconds,
-- how many dots without an answer the mail knows of itself.
-- Returns {what, …}; numbers are text.
local server = server_micros()
if server > tonumber(ARGV[2]) then return {'late'} end
local now = server + tonumber(ARGV[1])
local entry = redis.call('HMGET', KEYS[1], 'fence', 'lease_until', 'dotted', 'unanswered',
  'accepted_at', 'attempt', 'relay_host', 'reply_code', 'reply_text', 'enhanced_code')
-- A version before this one wrote no enhanced code.
if entry[5] then return {'sent', entry[5], entry[6], entry[7], entry[8], entry[9], entry[10] or ''} end
local fence, lease_until = tonumber(entry[1] or 0), tonumber(entry[2] or 0)
if lease_until > now then return {'held', digits(lease_until - now)} end
local told = tonumber(ARGV[5])
local unanswered = math.max(tonumber(entry[3] or 0) + tonumber(entry[4] or 0), told)
if unanswered > 1 then
  if told > 1 then
    redis.call('HSET', KEYS[1], 'unanswered', told)
    redis.call('PEXPIRE', KEYS[1], ARGV[4])
  end
  return {'unknown'}
end

-- At least the server's clock: a claim made after the store was emptied is higher than those forgotten with it.
fence = math.max(fence + 1, server)
redis.call('HSET', KEYS[1], 'fence', digits(fence), 'lease_until', digits(now + tonumber(ARGV[3])),
  'dotted', 0, 'unanswered', unanswered)
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return {unanswered == 0 and 'fresh' or 'resend', digits(fence)}
