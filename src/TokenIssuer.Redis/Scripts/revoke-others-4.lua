-- revoke-others-4: kills every other family of a user.
-- KEYS    1 user  2 state of the partition  3 state of the global log, or 2 again  4 log of the partition
-- ARGV    1-11 see step  12 user key and id of the family that stays (32 bytes)  13 reason
-- RETURNS {0, redis time, families killed, {id, entry, ...}}
-- INVARIANT one entry per other family, also for one that idled out: its last access token may still be good.
--         O(families of the user).
-- INCLUDES step, log, user, family
local kept = string.sub(ARGV[12], 17)
local killed = 0
local fields = redis.call('HGETALL', KEYS[1])
for i = 1, #fields, 2 do
  if fields[i] ~= kept and is_family(fields[i], fields[i + 1]) then
    if is_alive(fields[i + 1]) then killed = killed + 1 end
    kill(fields[i], tonumber(ARGV[13]), now + retention)
  end
end
close()
return {0, redis_now, killed, entries}
