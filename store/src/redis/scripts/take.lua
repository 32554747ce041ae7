-- KEYS: value. ARGV: now. The value, once, while it lives.
local held = redis.call('HMGET', KEYS[1], 'expires', 'value')
if not held[1] then return false end
redis.call('DEL', KEYS[1])
if tonumber(held[1]) <= tonumber(ARGV[1]) then return false end
return held[2]
