-- KEYS: index. ARGV: now, prefix of sessions. The sealed sids of the running sessions.
local now, found = tonumber(ARGV[1]), {}
for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[1], '+inf')) do
    local held = redis.call('HMGET', ARGV[2] .. name, 'idle', 'seen', 'sid:' .. KEYS[1])
    if held[3] and now < tonumber(held[2]) + tonumber(held[1]) then found[#found + 1] = held[3] end
end
return found
