-- KEYS: session. ARGV: now, least distance of two notes. Never revives.
local held = redis.call('HMGET', KEYS[1], 'expires', 'idle', 'seen')
if not held[1] then return 0 end
local now, seen = tonumber(ARGV[1]), tonumber(held[3])
if now >= tonumber(held[1]) or now >= seen + tonumber(held[2]) then return 0 end
if now - seen < tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], 'seen', ARGV[1])
return 1
