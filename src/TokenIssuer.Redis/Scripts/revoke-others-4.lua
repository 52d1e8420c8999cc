-- revoke-others-4: kills every other family of a user.
-- KEYS    1 user  2 state of the partition  3 state of the global log, or 2 again  4 log of the partition
-- ARGV    1-11 see step  12 user key and id of the family that stays (32 bytes)  13 reason
-- RETURNS {0, redis time, families killed, {id, entry, ...}}
-- INVARIANT one entry per other family, also for one that idled out: its last access token may still be good. None for one
--         below the floor or past its absolute end: its access tokens are dead. O(families of the user).
-- INCLUDES step, log, user, family
local kept = string.sub(ARGV[12], 17)
local others = {}
local fields = redis.call('HGETALL', KEYS[1])
for i = 1, #fields, 2 do
  local field, value = fields[i], fields[i + 1]
  if field ~= kept and is_family(field, value) then
    if string.byte(value) ~= 1 then return {93, redis_now} end
    local family = read_family(value)
    if family.birth >= own_floor and now < family.absolute_end then
      others[#others + 1] = { id = field, alive = is_alive(value) }
    end
  end
end

local killed = 0
for _, other in ipairs(others) do
  if other.alive then killed = killed + 1 end
  kill(other.id, tonumber(ARGV[13]), now + retention)
end
close()
return {0, redis_now, killed, entries}
