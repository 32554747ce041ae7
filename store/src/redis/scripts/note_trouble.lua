-- KEYS: all runs. ARGV: member, network, now, end of a run that counts now, networks at most, ttl.
-- A run is "since expires network network …".
local now, most = tonumber(ARGV[3]), tonumber(ARGV[5])
for member, run in (function()
    local all, place = redis.call('HGETALL', KEYS[1]), -1
    return function()
        place = place + 2
        return all[place], all[place + 1]
    end
end)() do
    if tonumber(string.match(run, '^%d+ (%d+)')) <= now then redis.call('HDEL', KEYS[1], member) end
end
local run = redis.call('HGET', KEYS[1], ARGV[1])
local since, ends, seen, count = ARGV[3], ARGV[4], '', 0
if run then
    local old_ends
    since, old_ends, seen = string.match(run, '^(%d+) (%d+)(.*)$')
    local known = false
    for network in string.gmatch(seen, '%S+') do
        count = count + 1
        known = known or network == ARGV[2]
    end
    if count < most and known then ends = old_ends end
    if count < most and not known then seen = seen .. ' ' .. ARGV[2] end
else
    seen = ' ' .. ARGV[2]
end
redis.call('HSET', KEYS[1], ARGV[1], since .. ' ' .. ends .. seen)
redis.call('PEXPIRE', KEYS[1], ARGV[6])
return 1
