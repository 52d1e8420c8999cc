-- raise-state-1: raises `all` and the epoch of one log's state.
-- KEYS    1 state of a partition or of the global log
-- ARGV    1 store id  2 all  3 epoch
-- RETURNS {0, redis time, all, epoch}, or {91 loss, redis time} when the state is missing or of another store
-- INVARIANT both merge by maximum, so repeating it, or doing it from many sides, changes nothing.
local time = redis.call('TIME')
local redis_now = time[1] * 1000 + math.floor(time[2] / 1000)
local state = redis.call('HMGET', KEYS[1], 'id', 'a', 'e')
if state[1] ~= ARGV[1] then return {91, redis_now} end
local all = math.max(tonumber(state[2]), tonumber(ARGV[2]))
local epoch = math.max(tonumber(state[3]), tonumber(ARGV[3]))
redis.call('HSET', KEYS[1], 'a', string.format('%.0f', all), 'e', string.format('%.0f', epoch))
return {0, redis_now, all, epoch}
