-- assert-all-4: raises `all` in the global log to a value it has lost.
-- KEYS    1 marks of the global log (untouched)  2, 3 its state  4 its stream
-- ARGV    1-11 see step  12 value  13 reason  14 expiry of the entry (ms)
-- RETURNS {0, redis time, 0, {id, entry} or {}, value in force, epoch, store id}
-- INVARIANT `all` never falls; skips what is in effect.
-- INCLUDES step, log
local value = tonumber(ARGV[12])
if all >= value then return {0, redis_now, 0, {}, all, tonumber(log[2]), log[1]} end
local expiry = math.max(now, math.min(tonumber(ARGV[14]), latest))
redis.call('HSET', KEYS[2], 'a', string.format('%.0f', value), 'ar', ARGV[13])
append(5, tonumber(ARGV[13]), expiry, struct.pack('>I7', value))
close()
return {0, redis_now, 0, entries, value, tonumber(log[2]), log[1]}
