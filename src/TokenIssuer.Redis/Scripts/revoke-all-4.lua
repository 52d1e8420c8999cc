-- revoke-all-4: kills everything of everybody, in the global log; the partitions follow (raise-state-1).
-- KEYS    1 marks of the global log (untouched)  2, 3 its state  4 its stream
-- ARGV    1-11 see step  12 highest generation the caller has seen for anyone  13 reason
--         14 epoch under which a rollback was seen, empty for a plain kill
-- RETURNS {0, redis time, 0, {id, entry}, value, epoch, store id, value before}; {22 epoch moved, ...} with nothing written
-- INVARIANT the value is above every generation in use; a rollback is answered once, however many saw it: the compare and
--         the raise of the epoch are one step.
-- INCLUDES step, log
local epoch = tonumber(log[2])
if ARGV[14] ~= '' then
  if epoch ~= tonumber(ARGV[14]) then return {22, redis_now, 0, {}, all, epoch, log[1], all} end
  epoch = epoch + 1
  redis.call('HSET', KEYS[2], 'e', string.format('%.0f', epoch))
end
-- What a lost store gave out last nobody may have seen; of this one everything is known, and a repeated kill stays near its time.
local step = ARGV[14] ~= '' and 600000 or 1000
local value = math.max(math.max(all, tonumber(ARGV[12])) + step, now + 600000)
redis.call('HSET', KEYS[2], 'a', string.format('%.0f', value), 'ar', ARGV[13])
append(5, tonumber(ARGV[13]), now + retention, struct.pack('>I7', value))
close()
return {0, redis_now, 0, entries, value, epoch, log[1], all}
