-- KEYS: the values; ARGV: now, then expires and ttl of each.
-- 0 where all were free and are now used; else the place, from 1, of the first that was not.
local now = tonumber(ARGV[1])
local seen = {}
for place, key in ipairs(KEYS) do
  local held = redis.call('GET', key)
  if seen[key] or (held and tonumber(held) > now) then
    return place
  end
  seen[key] = true
end
for place, key in ipairs(KEYS) do
  redis.call('SET', key, ARGV[2 * place], 'PX', ARGV[2 * place + 1])
end
return 0
