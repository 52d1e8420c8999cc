-- complete-store-1: notes that every partition has joined; one that is missing from now on was lost.
-- KEYS    1 state of the global log
-- ARGV    1 store id
-- RETURNS {0, redis time}
-- INVARIANT a store of another id is left alone.
local time = redis.call('TIME')
if redis.call('HGET', KEYS[1], 'id') == ARGV[1] then redis.call('HSET', KEYS[1], 'b', '1') end
return {0, time[1] * 1000 + math.floor(time[2] / 1000)}
