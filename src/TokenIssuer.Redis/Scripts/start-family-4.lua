-- start-family-4: starts a family after a login, within the session cap.
-- KEYS    1 user  2 state of the partition  3 state of the global log, or 2 again  4 log of the partition
-- ARGV    1-11 see step  12 user key and family id (32 bytes)  13 generation expected  14 family record  15 metadata
--         16 subject  17 absolute end (ms)  18 most sessions  19 0 = evict the oldest, 1 = refuse  20 reason of an eviction
--         21 id of the family whose place it takes (16 bytes), empty = none  22 reason of that
-- RETURNS {0, redis time, {id, entry, ...}}, or {20 generation moved | 21 cap reached, redis time}
-- INVARIANT a login that verified the old password starts nothing after the password changed; never more living families
--         than the cap. The family replaced is killed and logged in the same step, outside the cap, record or not, unless its
--         entry is in force. O(families of the user).
-- INCLUDES step, log, user, family
if effective.generation ~= tonumber(ARGV[13]) then return {20, redis_now} end

local id = string.sub(ARGV[12], 17)
local replaced = ARGV[21]
local living, dead = {}, {}
local fields = redis.call('HGETALL', KEYS[1])
for i = 1, #fields, 2 do
  local field, value = fields[i], fields[i + 1]
  if is_family(field, value) then
    if string.byte(value) ~= 1 then return {93, redis_now} end
    local alive, created = is_alive(value)
    if alive and field ~= replaced then
      living[#living + 1] = { id = field, created = created }
    elseif field ~= replaced and is_forgettable(value) then
      dead[#dead + 1] = field
      dead[#dead + 1] = string.sub(field, 1, 8)
    end
  elseif #field == 16 then
    local _, expiry = struct.unpack('>BI6', value)
    if expiry < now then
      dead[#dead + 1] = field
    elseif field == replaced then
      replaced = ''
    end
  end
end

local surplus = #living + 1 - tonumber(ARGV[18])
if surplus > 0 and ARGV[19] == '1' then return {21, redis_now} end
table.sort(living, function(a, b) return a.created < b.created or (a.created == b.created and a.id < b.id) end)
for _, field in ipairs(dead) do redis.call('HDEL', KEYS[1], field) end
if replaced ~= '' then kill(replaced, tonumber(ARGV[22]), now + retention) end
for i = 1, surplus do kill(living[i].id, tonumber(ARGV[20]), now + retention) end

user.generation = effective.generation
user.subject = ARGV[16]
put_user()
redis.call('HSET', KEYS[1], id, ARGV[14], string.sub(id, 1, 8), ARGV[15])
keep(tonumber(ARGV[17]) - now + 600000)
close()
return {0, redis_now, entries}
