-- record-seal-key-1: remembers the fingerprint of the refresh key that seals.
-- KEYS    1 state of the global log
-- ARGV    1 what was remembered, empty = nothing  2 what to remember
-- RETURNS {0, redis time, what is remembered}, or {92 unborn, redis time}
-- INVARIANT compare-and-set: of many issuers that find the same one writes, and the others are told what.
local time = redis.call('TIME')
local redis_now = time[1] * 1000 + math.floor(time[2] / 1000)
if redis.call('EXISTS', KEYS[1]) == 0 then return {92, redis_now} end
if (redis.call('HGET', KEYS[1], 'k') or '') == ARGV[1] then redis.call('HSET', KEYS[1], 'k', ARGV[2]) end
return {0, redis_now, redis.call('HGET', KEYS[1], 'k')}
