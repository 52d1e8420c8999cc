-- create-store-2: the birth of a store, in the global log.
-- KEYS    1 state of the global log  2 its stream
-- ARGV    1 now (ms)  2 store id to take  3 partitions  4 highest generation the caller has seen for anyone
--         5 retention (ms)  6 reason  7 doorbell
-- RETURNS {0, redis time, store id, epoch, all, partitions, 1 when every partition has joined}
-- INVARIANT of many issuers that find nothing one gives birth and all get the same store. It is born with an `all` above
--         everything a lost store may have given out, so generations never restart lower. The largest retention stays. The state never expires.
local time = redis.call('TIME')
local redis_now = time[1] * 1000 + math.floor(time[2] / 1000)
if redis.call('EXISTS', KEYS[1]) == 0 then
  local all = math.max(tonumber(ARGV[1]), tonumber(ARGV[4])) + 600000
  local expiry = tonumber(ARGV[1]) + tonumber(ARGV[5])
  local id = string.format('%.0f-0', redis_now)
  local packed = struct.pack('>BBBI6I6I4', 1, 5, tonumber(ARGV[6]), expiry, 0, 0) .. struct.pack('>I7', all)
  redis.call('UNLINK', KEYS[2])
  redis.call('XADD', KEYS[2], id, 'e', packed)
  redis.call('PEXPIRE', KEYS[2], string.format('%.0f', tonumber(ARGV[5]) + 600000))
  redis.call('HSET', KEYS[1], 'v', '1', 'id', ARGV[2], 'e', '1', 't', id, 'a', string.format('%.0f', all), 'r', ARGV[5],
    'n', ARGV[3], 'b', '0', 'ar', ARGV[6])
  redis.call('PUBLISH', ARGV[7], '')
end
local state = redis.call('HMGET', KEYS[1], 'id', 'e', 'a', 'n', 'b', 'r')
if tonumber(state[6]) < tonumber(ARGV[5]) then redis.call('HSET', KEYS[1], 'r', ARGV[5]) end
return {0, redis_now, state[1], tonumber(state[2]), tonumber(state[3]), tonumber(state[4]), tonumber(state[5])}
