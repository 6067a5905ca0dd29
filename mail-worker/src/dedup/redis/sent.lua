-- The mail was accepted; true however late, so only a newer claim stands against it. It counts as well where the
-- store was emptied since the claim.
-- KEYS[1]: the mail's entry. ARGV: fence, lifetime of the entry in milliseconds, accepted_at, attempt, relay host, reply
-- code, reply text, enhanced code.
local fence = redis.call('HGET', KEYS[1], 'fence')
if fence and fence ~= ARGV[1] then return 'lost' end
redis.call('HSET', KEYS[1], 'fence', ARGV[1], 'lease_until', 0, 'accepted_at', ARGV[3], 'attempt', ARGV[4],
  'relay_host', ARGV[5], 'reply_code', ARGV[6], 'reply_text', ARGV[7], 'enhanced_code', ARGV[8])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 'done'
